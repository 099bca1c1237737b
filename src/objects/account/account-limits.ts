// How much of each kind one account keeps, and what goes when that is full. People do not meet these
// limits. Scripts that sign in again and again do, and clients that have gone wrong.

/**
 * Sessions: of more the oldest ends. A browser that signs in anew ends the one before, so a person has
 * as many as browsers; private windows leave theirs behind.
 */
export const MAX_SESSIONS = 100

/**
 * Grants, ended ones included as long as they are remembered: devices, and command lines that never
 * sign out, each until it has idled for 90 days. Of more an ended one is forgotten, or else the one
 * that was unused for longest ends; what was allowed before either cannot be collected any more.
 */
export const MAX_GRANTS = 200

/**
 * Access tokens of one grant that were revoked one by one and have not run out. A client revokes one
 * for every refresh at most, and they live for ten minutes. Of more the grant ends: if one were
 * forgotten instead, it would come back to life.
 */
export const MAX_REVOKED_TOKENS = 100

/**
 * Grants by whose tokens one was allowed: an app lets in an app that lets in an app. With more of them
 * in a row it does not begin.
 */
export const MAX_APPROVERS = 10

/**
 * Passkeys: no further one is added, and the page says why. Whoever adds one must not lose another one
 * by it. Each of them is sent to the browser when one is added.
 */
export const MAX_PASSKEYS = 20

/**
 * Clients whose ID tokens from before a time name the account no more: one for every client whose
 * device was removed. Of more the oldest go, and ID tokens of all clients from before that count no more.
 */
export const MAX_VOIDED_HINTS = 100

/** Security events: the oldest goes. The page shows them all. */
export const MAX_SECURITY_EVENTS = 50

/**
 * Prompts: the oldest goes. A notification stays there for hours, and may still be told that nobody
 * here started it; no more than three come in an hour.
 */
export const MAX_REMEMBERED_PROMPTS = 20

/** Sources that the person silenced: the one silenced first may ask again before its 30 days are over. */
export const MAX_SILENCED_SOURCES = 100

/** Browsers that are asked by push: the oldest is no more. Nobody uses more, and each costs a request. */
export const MAX_PUSH_SUBSCRIPTIONS = 10

/** Wrong user codes that are known again: the oldest has to be guessed anew, which counts. */
export const MAX_KNOWN_WRONG_CODES = 5

/** Codes that stay within reach while the account waits, in memory: the oldest one is a guess again. */
export const MAX_SHOWN_CODES = 20
