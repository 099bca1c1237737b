// The history of one device authorization: requests of its device and its person, times and
// answers. It holds only data that is visible on the wire.

/** A request to the server, by a device or a person, or a copy of one. */
export type Asked =
  | { readonly does: 'start' | 'poll' }
  /** A person opens the address of the picture. */
  | { readonly does: 'look' }
  | { readonly does: 'allow' | 'decline' }
  /** A page that only tells. */
  | { readonly does: 'read' }
  /** "This wasn't me", on the last page. */
  | { readonly does: 'withdraw' }
  /** Removes the device on /devices. */
  | { readonly does: 'remove' }
  | {
      readonly does: 'refresh' | 'revoke' | 'introspect' | 'introspect access' | 'userinfo'
      readonly token: string
    }

export interface Tokens {
  readonly accessToken: string
  /** Its `jti`. */
  readonly tokenId: string
  readonly refreshToken: string
  /** The subject and grant in the access token. */
  readonly grant: string
}

/** The relevant part of the answer. */
export type Answer =
  | { readonly is: 'started'; readonly deviceCode: string; readonly userCode: string }
  | ({ readonly is: 'tokens' } & Tokens)
  | { readonly is: 'pending' | 'slow_down' | 'denied' | 'expired' | 'invalid' }
  /** 503: the effect of the request is unknown. */
  | { readonly is: 'unavailable' }
  /** A page of ours, whatever it says. */
  | { readonly is: 'page' }
  /** Pages: the question, what was decided, that there is no such code. */
  | { readonly is: 'question'; readonly fields: Readonly<Record<string, string>> }
  | { readonly is: 'connected' | 'declined' | 'removed' | 'not valid' }
  /** /devices, after something was done there or instead of something that could not be done. */
  | { readonly is: 'devices' }
  /** 200 to a revocation; 200 and 401 to a use of an access token; introspection's `active`. */
  | { readonly is: 'revoked' | 'served' | 'unauthorized' | 'active' | 'inactive' }
  /** Politely sent away, 429. */
  | { readonly is: 'too many' }
  /** To the page for signing in. */
  | { readonly is: 'signed out' }
  /** Nothing that we may say. */
  | { readonly is: 'wrong'; readonly text: string }

export interface Happened {
  readonly asked: Asked
  readonly sentAtMs: number
  /** Time of the answer, or of the certainty that there is none. */
  readonly settledAtMs: number
  /**
   * The whole answer, if the server sent one. It may be lost for its sender, but is visible on the
   * wire.
   */
  readonly answer: Answer | undefined
  /** The fault on the way, if the sender has no answer. */
  readonly lost: string | undefined
  /** Without an answer, the request may take effect until then. */
  readonly openUntilMs: number
}

export interface History {
  readonly name: string
  /** The code that its device uses; undefined if it never got one. */
  readonly userCode: string | undefined
  /** Lifetime of the code. */
  readonly lifetimeMs: number
  readonly events: readonly Happened[]
}

/** A history to read, one line for each event, in the order they were sent. */
export const describe = ({ name, events }: History): string => {
  const beganAtMs = Math.min(...events.map(({ sentAtMs }) => sentAtMs))
  const lines = events
    .toSorted((a, b) => a.sentAtMs - b.sentAtMs)
    .map((event) => describeEvent(event, beganAtMs))
  return [name, ...lines].join('\n')
}

export const describeEvent = (
  { asked, sentAtMs, settledAtMs, openUntilMs, answer, lost }: Happened,
  beganAtMs = 0,
): string => {
  const at = (ms: number) => (ms - beganAtMs).toFixed(0).padStart(6)
  const what = 'token' in asked ? `${asked.does} ${brief(asked.token)}` : asked.does
  const fate = lost === undefined ? '' : ` LOST (${lost}, open until ${at(openUntilMs).trim()})`
  return `${at(sentAtMs)} –${at(settledAtMs)}  ${what} → ${answer === undefined ? '?' : say(answer)}${fate}`
}

const say = (answer: Answer): string => {
  if (answer.is === 'tokens')
    return `tokens ${brief(answer.refreshToken)} of ${brief(answer.grant)}`
  if (answer.is === 'started') return `started ${answer.userCode}`
  return answer.is === 'wrong' ? `WRONG ${answer.text}` : answer.is
}

const brief = (token: string): string => `…${token.slice(-8)}`
