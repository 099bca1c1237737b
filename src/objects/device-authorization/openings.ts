// Who had a code shown to them, and whether it is being passed around (RFC 10027 §6.1.4). Pure.
import { TOO_MANY_PEOPLE } from '../../config/limits.ts'
import { type Location, mayBeOneSender } from '../../sender/location.ts'

/** Somebody who had the code shown to them, and where they were the first time. */
export interface Opening {
  readonly subject: string
  readonly country: string | undefined
}

/** Who has it shown to them now; the network is not kept. */
export interface Opener extends Opening {
  readonly network?: string | undefined
}

/** Whether somebody shares the network of the device that started, and nobody elsewhere polls. */
export const isBeside = (
  { network }: Opener,
  starter: Location,
  poller: Location | undefined,
): boolean =>
  network !== undefined &&
  network === starter.network &&
  (poller === undefined || network === poller.network || mayBeOneSender(starter, poller))

/** Two people in different countries do not look at one screen, and neither do three anywhere. */
export const isPassedAround = (openings: readonly Opening[]): boolean => {
  const countries = new Set(openings.map(({ country }) => country))
  countries.delete(undefined)
  return openings.length >= TOO_MANY_PEOPLE || countries.size > 1
}
