// The people a code was shown to, which reveals a code that is passed around (RFC 10027 §6.1.4). Pure.
import type { Subject } from '../../ids.ts'
import { TOO_MANY_PEOPLE } from '../../config/limits.ts'
import { type Location, mayBeOneSender } from '../../sender/location.ts'

/** A person the code was shown to, and their country the first time. */
export interface Opening {
  readonly subject: Subject
  readonly country: string | undefined
}

/** The person who opens the code now; their network is not stored. */
export interface Opener extends Opening {
  readonly networkPrefix?: string | undefined
  /** They prove that this account was shown the request. */
  readonly wasShown?: boolean
}

/** True if the person shares the network of the device that started, and no other place polls. */
export const isOnDeviceNetwork = (
  { networkPrefix }: Opener,
  starter: Location,
  poller: Location | undefined,
): boolean =>
  networkPrefix !== undefined &&
  networkPrefix === starter.networkPrefix &&
  (poller === undefined ||
    networkPrefix === poller.networkPrefix ||
    mayBeOneSender(starter, poller))

/** True for people in different countries, or for three people: they do not look at one screen. */
export const isPassedAround = (openings: readonly Opening[]): boolean => {
  const countries = new Set(openings.map(({ country }) => country))
  countries.delete(undefined)
  return openings.length >= TOO_MANY_PEOPLE || countries.size > 1
}
