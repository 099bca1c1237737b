// Values that are expensive to make: made at their first use, then kept for as long as the isolate lives.

/** Calls `make` the first time only. */
export const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** Calls `make` once for each of the last `limit` keys. */
export const oncePer = <T>(limit: number, make: (key: string) => T): ((key: string) => T) => {
  const made = new Map<string, { readonly value: T }>()
  return (key) => {
    const known = made.get(key) ?? { value: make(key) }
    // A map remembers the order of insertion, so the least recently used key comes first.
    made.delete(key)
    made.set(key, known)
    const [oldest] = made.keys()
    if (made.size > limit && oldest !== undefined) made.delete(oldest)
    return known.value
  }
}
