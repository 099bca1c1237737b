// What a request brings that is valid once: the `jti` of its client assertion (OpenID Connect Core §9) and
// of its DPoP proof (RFC 9449 §11.1). Each is verified where it is read, and used up last, when everything
// that needs no object is checked: a request that is refused before leaves no object behind, however many
// keys a stranger makes up. `answer` in endpoint.ts sees to it that no endpoint forgets.

/** Marks a value as used. Throws the refusal if it was used before. */
type UseOnce = () => Promise<void>

/** The verified one-time values of one request. */
export class OneTimeValues {
  readonly #unused: UseOnce[] = []

  add(useOnce: UseOnce): void {
    this.#unused.push(useOnce)
  }

  /** Uses them up, in the order in which they were verified. To be called before an object is asked. */
  async use(): Promise<void> {
    for (const useOnce of this.#unused.splice(0)) await useOnce()
  }

  get areUsed(): boolean {
    return this.#unused.length === 0
  }
}
