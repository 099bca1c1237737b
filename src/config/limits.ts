// Every lifetime and limit, with its reason. Settings of an operator are in settings.ts.
import { DAY, HOUR, MINUTE, SECOND } from '../durations.ts'

/** RFC 8628 §5.4: the longest that a code may live, whatever a client is configured with. */
export const MAX_CODE_LIFETIME_MS = 15 * MINUTE
/** A decision made in time can be collected a little after the code has run out. */
export const COLLECTION_GRACE_MS = 30 * SECOND
/** How long an object keeps its record after that: devices hear the true outcome, codes rest. */
export const AUTHORIZATION_RETENTION_MS = 5 * MINUTE
/** A redemption is repeated no later than this: time for a television to notice and ask again. */
export const RECOVERY_UNTIL_MS = 60 * SECOND
/**
 * How long a refresh token leads to its successor once that is in use: processes that share a file may
 * have read it just before another one wrote it.
 */
export const CATCH_UP_MS = 60 * SECOND
/** Tokens of one chain that do so at once: a command line refreshes every second at the very most. */
export const MAX_CATCH_UP_TOKENS = 60
/** Tokens in a row that come back later than that: so many lost answers are a thief taking turns. */
export const MAX_LATE_RETURNS = 3
/** How long an ended grant is remembered: longer than anybody can redeem its code again. */
export const ENDED_GRANT_KEPT_MS = 1 * HOUR
/** Clients answer `slow_down` with this much more (RFC 8628 §3.5). */
export const SLOW_DOWN_SECONDS = 5

/** A family looks at one code together; this many accounts do not (RFC 10027 §6.1.4). */
export const TOO_MANY_PEOPLE = 3

/** A person looks at the question on a laptop and a phone; of more pages the oldest stops waiting. */
export const MAX_WAITING_PAGES = 4

/** A stolen session cookie ends by itself. */
export const SESSION_LIFETIME_MS = 30 * DAY
/** Allowing a device asks for a sign-in no older than this: phones are handed around. */
export const FRESH_SIGN_IN_MS = 12 * HOUR
/**
 * How long failed sign-ins count after the last one, whether or not there is an account: a
 * difference would tell. Who waits for it gets fewer guesses in than who sits out the waits.
 */
export const FAILURES_FORGOTTEN_MS = 1 * DAY
/** How long a typed or scanned code waits for its person to sign in: no code lives longer. */
export const KEPT_CODE_SECONDS = MAX_CODE_LIFETIME_MS / SECOND
/** Long enough to read the last page and to reload it. */
export const KEPT_RESULT_SECONDS = 5 * 60

/** Wrong user codes an account may enter before each further one has to wait (RFC 8628 §5.1). */
export const FREE_WRONG_CODES = 5
/**
 * How long wrong codes count after the last one. Waiting for that allows fewer guesses (10 and a day of
 * silence) than taking the waits (96 a day).
 */
export const WRONG_CODES_FORGOTTEN_MS = 1 * DAY
/** No more different ones than are free are looked up within this: together they outrun the count. */
export const CODES_AT_ONCE_WINDOW_MS = 1 * SECOND
/** Failed sign-ins in a row after which each further one has to wait, twice as long every time. */
export const FREE_SIGN_IN_FAILURES = 5
/** The longest such wait: 100 guesses a day at most, while a stranger's keep the owner out. */
export const MAX_SIGN_IN_WAIT_MS = 15 * MINUTE

/** Prompts pushed to one account in any hour: who answers the third with silence is not there. */
export const MAX_PROMPTS = 3
export const PROMPTS_WINDOW_MS = 1 * HOUR
/** How long a source that the person does not know is kept quiet: a guest's television moves on. */
export const SOURCE_SILENCED_MS = 30 * DAY
/** How old an ID token may be that names an account: no chain of refresh tokens lasts longer. */
export const ID_TOKEN_HINT_LIFETIME_MS = 400 * DAY

/** How far apart the clock of a client and ours may be. */
export const CLOCK_SKEW_MS = 1 * MINUTE
/** A client assertion is made for one request: nobody needs one that is good for longer. */
export const ASSERTION_LIFETIME_MS = 10 * MINUTE
/** How long somebody may take to use a passkey (WebAuthn §15.1). */
export const PASSKEY_CHALLENGE_LIFETIME_MS = 5 * MINUTE
/** How long an isolate knows an identity provider's metadata. */
export const PROVIDER_CACHE_MS = 1 * HOUR
/** How long coming back from an identity provider may take to get from our callback to the question. */
export const RETURN_SECONDS = 60
/** How long somebody may take to sign in at an identity provider. */
export const UPSTREAM_SIGN_IN_SECONDS = 10 * 60
/** How long an isolate knows a client that registered, also if that has changed elsewhere. */
export const CLIENT_CACHE_MS = 1 * MINUTE
/** How long at least, and at most, a client's metadata document is believed (RFC 9111 in between). */
export const MIN_DOCUMENT_CACHE_MS = 1 * MINUTE
export const MAX_DOCUMENT_CACHE_MS = 1 * HOUR
/** A DPoP proof is made for one request, so its nonce need not be good for long. */
export const DPOP_NONCE_LIFETIME_MS = 5 * MINUTE
/** How long an isolate uses the keys of a client's jwks_uri before it fetches them again. */
export const KEYS_CACHE_MS = 10 * MINUTE
/** … and how often at most for the sake of a key that is not among them. */
export const KEYS_COOLDOWN_MS = 1 * MINUTE

/**
 * How long keys, metadata and documents of others go on while their host does not answer: through a
 * night. Meanwhile a key that its owner takes back works for whoever keeps the host from answering.
 */
export const LAST_GOOD_MS = 12 * HOUR
/** … and how often such a host is asked again. */
export const HOST_AWAY_RETRY_MS = 1 * MINUTE

/** How long caches may keep the key set, the metadata, and which apps open our links. */
export const KEY_SET_MAX_AGE_SECONDS = 60 * 60
/** How long an isolate signs with the keys it knows before it asks the Keyring again. */
export const KEYRING_CACHE_MS = 5 * MINUTE
/** How long a signing key is used. */
export const KEY_LIFETIME_MS = 30 * DAY
/** How long a key is published before it is used: far longer than any cache keeps a key set. */
export const KEY_ANNOUNCED_MS = 1 * DAY
/** How long it stays published afterwards: the longest token life, and every cache's slack. */
export const KEY_RETIRED_MS = 3 * HOUR

/** Once seen over TLS, a browser asks for nothing else for a year. */
export const STRICT_TRANSPORT_SECURITY = 'max-age=31536000'
