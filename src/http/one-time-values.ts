// Values that are valid once: the `jti` of a client assertion (OpenID Connect Core §9) and of a DPoP proof
// (RFC 9449 §11.1). Each is verified at its reader, and used last, after every check that needs no
// object: a refused request leaves no object behind, however many keys a stranger makes up. `answer` in
// endpoint.ts fails if an endpoint forgets it.

/** Marks a value as used. Throws the refusal if it was used before. */
type UseOnce = () => Promise<void>

/** The verified one-time values of one request. */
export class OneTimeValues {
  readonly #unused: UseOnce[] = []

  add(useOnce: UseOnce): void {
    this.#unused.push(useOnce)
  }

  /** Uses all, in the order of their verification. Call this before any other object. */
  async use(): Promise<void> {
    for (const useOnce of this.#unused.splice(0)) await useOnce()
  }

  get areUsed(): boolean {
    return this.#unused.length === 0
  }
}
