// Text files that wrangler bundles as strings.
declare module '*.txt' {
  const text: string
  export default text
}
