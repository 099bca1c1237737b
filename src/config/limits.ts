// Every lifetime and limit, with its reason. Settings of an operator are in settings.ts.
import { DAY, HOUR, MINUTE, SECOND } from '../durations.ts'

/** The longest lifetime of a code that a client may be configured with (RFC 8628 §5.4). */
export const MAX_CODE_LIFETIME_MS = 15 * MINUTE
/** A decision made in time can still be redeemed this long after the code expires. */
export const COLLECTION_GRACE_MS = 30 * SECOND
/** Retention after that: late polls get the true outcome, and the code is not reused. */
export const AUTHORIZATION_RETENTION_MS = 5 * MINUTE
/** The same redemption may be repeated within this: time for a television to notice and retry. */
export const RECOVERY_UNTIL_MS = 60 * SECOND
/**
 * A refresh token leads to its successor for this long after the successor's first use: another process
 * may have read the shared token file just before it was rewritten.
 */
export const CATCH_UP_MS = 60 * SECOND
/** The most such tokens of one chain at once: a command line refreshes once a second at most. */
export const MAX_CATCH_UP_TOKENS = 60
/** Consecutive tokens that return later than that: more lost answers are a thief taking turns.
 * No time limit between them: a device that refreshes once a week shares its chain with a slow thief. */
export const MAX_LATE_RETURNS = 3
/** Retention of an ended grant: longer than its code can be redeemed again. */
export const ENDED_GRANT_RETENTION_MS = 1 * HOUR
/** Time that an approved device which never collected its tokens stays in the recent activity. */
export const LAPSED_APPROVAL_RETENTION_MS = 30 * DAY
/**
 * Polls this soon after the device authorization are answered at once and do not count: some programs
 * poll before they show the code, and a held answer would keep it from the person.
 */
export const NOT_SHOWN_YET_MS = SECOND / 2
/**
 * The longest hold of a client that does not ask for one: the platform gives running requests 30 s when
 * it updates itself, and the HTTP stacks of many televisions time out at about the same time.
 */
export const MAX_HOLD_MS = 25 * SECOND
/** The longest that a request may prefer: HTTP stacks and proxies that wait longer often stop at 60 s. */
export const MAX_PREFERRED_HOLD_MS = 55 * SECOND
/** The increase of the interval after `slow_down` (RFC 8628 §3.5). */
export const SLOW_DOWN_MS = 5 * SECOND

/** A family may open one code together; this many accounts suggest an attack (RFC 10027 §6.1.4). */
export const TOO_MANY_PEOPLE = 3

/** Pages that wait for one decision, such as a laptop and a phone; the oldest stops waiting first. */
export const MAX_WAITING_PAGES = 4

/** Bounds the use of a stolen session cookie. */
export const SESSION_LIFETIME_MS = 30 * DAY
/** The oldest sign-in that may approve a device: phones are handed around. */
export const FRESH_SIGN_IN_MS = 12 * HOUR
/**
 * Failed sign-ins count for this long after the last one, with or without an account: a difference
 * would reveal which. Waiting for the reset allows fewer guesses than taking the back-off.
 */
export const FAILURES_RESET_MS = 1 * DAY
/** A typed or scanned code is kept this long during the sign-in: no code lives longer. */
export const KEPT_CODE_MS = MAX_CODE_LIFETIME_MS
/** A browser keeps the proof that a question was shown this long: until its record is deleted. */
export const KEPT_SHOWN_MS = MAX_CODE_LIFETIME_MS + AUTHORIZATION_RETENTION_MS
/** Time to read and reload the last page. */
export const KEPT_RESULT_MS = 5 * MINUTE
/** Time for the redirect to the page that says which device or passkey was removed. */
export const REMOVED_NAME_MS = 1 * MINUTE

/** Wrong user codes an account may enter before the back-off begins (RFC 8628 §5.1). */
export const FREE_WRONG_CODES = 5
/**
 * Wrong codes count for this long after the last one. Waiting for the reset allows fewer guesses (10,
 * then a day of silence) than taking the back-off (96 a day).
 */
export const WRONG_CODES_RESET_MS = 1 * DAY
/** Within this window only FREE_WRONG_CODES codes are looked up: parallel guesses outrun the count. */
export const CODES_AT_ONCE_WINDOW_MS = 1 * SECOND
/** Consecutive failed sign-ins before the back-off begins, which doubles with each further one. */
export const FREE_SIGN_IN_FAILURES = 5
/** The longest such wait: at most 100 guesses a day, and a stranger's failures lock the owner out. */
export const MAX_SIGN_IN_WAIT_MS = 15 * MINUTE

/** Push prompts to one account in any hour: after two without an answer, the person is away. */
export const MAX_PROMPTS = 3
export const PROMPTS_WINDOW_MS = 1 * HOUR
/** Prompts from a source that the person disowned are muted this long: a guest's television moves on. */
export const SOURCE_MUTED_MS = 30 * DAY
/** The oldest ID token that may name an account: the default lifetime of a refresh token chain. */
export const ID_TOKEN_HINT_LIFETIME_MS = 400 * DAY

/** The tolerated difference between a client's clock and the server's. */
export const CLOCK_SKEW_MS = 1 * MINUTE
/** A client assertion is made for one request, so it needs no longer lifetime. */
export const ASSERTION_LIFETIME_MS = 10 * MINUTE
/** Time to use a passkey (WebAuthn §15.1). */
export const PASSKEY_CHALLENGE_LIFETIME_MS = 5 * MINUTE
/** Per-isolate cache lifetime of an identity provider's metadata. */
export const PROVIDER_CACHE_MS = 1 * HOUR
/** Time for the redirect from the provider's callback to the confirmation page. */
export const RETURN_MS = 1 * MINUTE
/** Time to sign in at an identity provider. */
export const UPSTREAM_SIGN_IN_MS = 10 * MINUTE
/** Per-isolate cache lifetime of a registered client: changes made elsewhere apply after it. */
export const CLIENT_CACHE_MS = 1 * MINUTE
/** The bounds of a metadata document's cache lifetime (RFC 9111). */
export const MIN_DOCUMENT_CACHE_MS = 1 * MINUTE
export const MAX_DOCUMENT_CACHE_MS = 1 * HOUR
/** A DPoP proof is made for one request, so its nonce may expire soon. */
export const DPOP_NONCE_LIFETIME_MS = 5 * MINUTE
/** Per-isolate cache lifetime of a client's jwks_uri. */
export const KEYS_CACHE_MS = 10 * MINUTE
/** The shortest time between fetches for an unknown key id. */
export const KEYS_COOLDOWN_MS = 1 * MINUTE

/**
 * Fetched keys, metadata and documents remain valid this long while their host is down: through a
 * night. Meanwhile an attacker who blocks the host can use a key that its owner withdrew.
 */
export const LAST_GOOD_MS = 12 * HOUR
/**
 * The same while a limit of this server keeps it from asking. It is short, because an attacker can use
 * up the requests to a host: a withdrawn key must not stay valid for a night.
 */
export const LAST_GOOD_UNASKED_MS = 1 * HOUR
/** The interval of retries to such a host. */
export const HOST_AWAY_RETRY_MS = 1 * MINUTE

/** HTTP cache lifetime of the key set, the metadata and the app-link documents. */
export const KEY_SET_MAX_AGE_SECONDS = 60 * 60
/** Per-isolate cache lifetime of the signing keys. */
export const KEYRING_CACHE_MS = 5 * MINUTE
/** Time for which a key signs. */
export const KEY_LIFETIME_MS = 30 * DAY
/** A key is published this long before its first use: far longer than any cache keeps a key set. */
export const KEY_ANNOUNCED_MS = 1 * DAY
/** It stays published this long after its last use: the longest token lifetime plus cache slack. */
export const KEY_RETIRED_MS = 3 * HOUR

/** Browsers use only https for a year after their first visit. */
export const STRICT_TRANSPORT_SECURITY = 'max-age=31536000'
