// The plan of a device and its person, before any fault.
import type { Random } from './random.ts'

const SECOND = 1000

/** Clients of the server: without a hold, with a hold, and with the shortest lifetime of codes. */
export type ClientName = 'now' | 'held' | 'brief'

export const HOLD_SECONDS = 2
export const LIFETIME_SECONDS: Readonly<Record<ClientName, number>> = {
  now: 600,
  held: 600,
  brief: 60,
}

export interface Plan {
  readonly client: ClientName
  readonly decision: 'allow' | 'decline' | 'both' | 'none'
  readonly decidesAfterMs: number
  /** The device asks once, and then not until this. */
  readonly sleepsMs: number
  /** "This wasn't me", so long after the last page; undefined: never. */
  readonly withdrawsAfterMs: number | undefined
  /** Number of refreshes by the device. */
  readonly refreshes: number
  readonly ending: 'revoke' | 'remove' | 'thief' | 'stay'
  /** Delay of a thief after the last refresh. */
  readonly thiefAfterMs: number
  /** The device has its tokens, does not use them, and asks for them again after this time. */
  readonly idlesMs: number | undefined
}

/** A sign-in of some seconds. */
export const soon = (random: Random): Plan => ({
  client: random.pick('now', 'held', 'held'),
  decision: random.weigh({ allow: 78, decline: 14, both: 5, none: 3 }),
  decidesAfterMs: random.between(0, 2500),
  sleepsMs: random.isLucky(0.1) ? random.between(3000, 15_000) : 0,
  withdrawsAfterMs: random.isLucky(0.05) ? random.between(0, 2500) : undefined,
  refreshes: Math.floor(random.between(0, 5)),
  ending: random.weigh({ revoke: 30, remove: 20, thief: 15, stay: 35 }),
  thiefAfterMs: 0,
  idlesMs: random.isLucky(0.08) ? random.between(0, 4000) : undefined,
})

/** The same in a hurry. */
export const hasty = (random: Random): Plan => ({
  ...soon(random),
  decidesAfterMs: random.between(0, 1000),
  sleepsMs: 0,
  refreshes: Math.floor(random.between(0, 3)),
  idlesMs: random.isLucky(0.1) ? random.between(0, 1500) : undefined,
})

/** One that lasts to the end of its code's life, and beyond. */
export const late = (random: Random): Plan => {
  const lifetimeMs = LIFETIME_SECONDS.brief * SECOND
  return {
    ...soon(random),
    client: 'brief',
    withdrawsAfterMs: undefined,
    ...random.pick<Partial<Plan>>(
      // No decision.
      { decision: 'none', sleepsMs: lifetimeMs + random.between(-2000, 5000) },
      // Decided in the last moment, or just not.
      { decidesAfterMs: lifetimeMs + random.between(-1500, 1500), sleepsMs: lifetimeMs - 2000 },
      // Decided in time, and redeemed within the grace, at its last moment, just after, or later.
      {
        decidesAfterMs: random.between(0, lifetimeMs - 3000),
        sleepsMs: lifetimeMs + random.between(0, 28_000),
      },
      { sleepsMs: lifetimeMs + random.between(28_500, 32_500) },
      { sleepsMs: lifetimeMs + random.between(33_000, 60_000) },
      // Redeemed, and once more when the minute for that is almost, or just, over.
      { idlesMs: random.between(55_000, 65_000) },
      // A used token that returns when its minute is almost, or just, over.
      {
        refreshes: 4,
        ending: 'thief',
        thiefAfterMs: random.between(57_000, 65_000),
        idlesMs: undefined,
      },
    ),
  }
}
