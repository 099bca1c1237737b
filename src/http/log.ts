// The one place that writes to the log: named events with typed fields. No field holds a code, token,
// secret or email address, or tells which person decided. Names, addresses and error messages may hold
// text of strangers, so every text is cut: a request cannot fill the log.
import type { ProximityAction } from '../config/client-settings.ts'
import type { Proximity } from '../sender/location.ts'
import { cutText } from '../text/cut-text.ts'

const MAX_TEXT_LENGTH = 200
const MAX_FRAMES = 10
const MAX_CAUSES = 3

/** Every event with its fields. */
export interface LogEvents {
  'device_authorization.decided': {
    readonly clientId: string
    readonly outcome:
      | 'approved'
      | 'denied'
      | 'reported'
      | 'withdrawn'
      | 'refused_as_too_far'
      | 'check_not_passed'
      | 'opened_by_many'
      | 'client_gone'
    readonly proximity?: Proximity
    /** The action of the client's policy at that distance. */
    readonly proximityAction?: ProximityAction
  }
  /** A refused redemption: the device is farther from the person than they approved. */
  'device_authorization.collected_elsewhere': {
    readonly clientId: string
    readonly proximity: Proximity
    readonly proximityAction: ProximityAction
  }
  /** `outcome`: the status of the push service, or the reason of a failure. */
  'push.sent': { readonly clientId: string; readonly outcome: number | string }
  'passkey.counter_not_increased': { readonly before: number; readonly now: number }
  /**
   * A person came back from a provider, but did not sign in there recently, even when asked for its
   * login page; without an age, the provider sends no `auth_time`.
   */
  'identity_provider.sign_in_not_fresh': {
    readonly provider: string
    readonly ageSeconds?: number
  }
  /** At start: a setting that is valid and probably a mistake. */
  'config.warning': { readonly problem: string }
  /** An unexpected failure: the error and its causes, one line each. */
  failure: { readonly requestId: string; readonly error: readonly string[] }
}

const LEVELS = {
  'device_authorization.decided': 'info',
  'device_authorization.collected_elsewhere': 'info',
  'push.sent': 'info',
  'passkey.counter_not_increased': 'warn',
  'identity_provider.sign_in_not_fresh': 'warn',
  'config.warning': 'warn',
  failure: 'error',
} as const satisfies Record<keyof LogEvents, 'info' | 'warn' | 'error'>

/** Logs an event. */
export const logEvent = <Name extends keyof LogEvents>(
  event: Name,
  fields: LogEvents[Name],
): void => console[LEVELS[event]]({ event, ...withCutTexts(fields) })

/** Logs an unexpected failure, and returns the request id that finds it in the log. */
export const logFailure = (error: unknown): string => {
  const requestId = crypto.randomUUID()
  logEvent('failure', { requestId, error: describe(error, MAX_CAUSES) })
  return requestId
}

type Field = string | readonly string[] | number | undefined

const withCutTexts = (fields: object): Record<string, string | number | undefined> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, Field]) => [name, withCutText(value)]),
  )

const withCutText = (value: Field): string | number | undefined => {
  if (value === undefined || typeof value === 'number') return value
  return [value]
    .flat()
    .map((text) => cutText(text, MAX_TEXT_LENGTH))
    .join('\n')
}

const describe = (error: unknown, causesLeft: number): string[] => {
  if (!(error instanceof Error)) return [String(error)]
  const { cause } = error
  const lines = [`${error.name}: ${error.message}`, ...framesOf(error)]
  if (cause === undefined || causesLeft === 0) return lines
  const [first = '', ...rest] = describe(cause, causesLeft - 1)
  return [...lines, `caused by ${first}`, ...rest]
}

// The stack begins with the message, which may have any number of lines.
const framesOf = ({ message, stack = '' }: Error): string[] =>
  stack
    .slice(Math.max(0, stack.indexOf(message)) + message.length)
    .split('\n', MAX_FRAMES + 1)
    .filter((line) => line.trimStart().startsWith('at '))
