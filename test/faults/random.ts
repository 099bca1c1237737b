// Repeatable chance: the same seed gives the same choices in the same order.

export class Random {
  readonly #seed: number
  #state: number

  constructor(seed: number) {
    this.#seed = seed
    this.#state = seed >>> 0
  }

  /** An independent sequence, whatever others draw. */
  fork(index: number): Random {
    return new Random(Math.imul(this.#seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b))
  }

  /** At least `from`, less than `to`. */
  between(from: number, to: number): number {
    return from + this.#next() * (to - from)
  }

  isLucky(share: number): boolean {
    return this.#next() < share
  }

  pick<T>(...choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.#next() * choices.length)] ?? choices[0]
  }

  /** A choice by its weight. */
  weigh<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][]
    let left = this.#next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [choice, weight] of entries) {
      left -= weight
      if (left < 0) return choice
    }
    throw new RangeError('nothing to choose from')
  }

  // mulberry32
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
