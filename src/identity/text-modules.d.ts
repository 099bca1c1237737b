// Text files that wrangler bundles as strings.
declare module '*.txt' {
  const text: string
  export default text
}

declare module '*.umd.min.js' {
  const script: string
  export default script
}
