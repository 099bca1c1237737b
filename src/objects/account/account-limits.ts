// Limits on the records of one account, and which record goes when one is full. People do not reach
// these limits. Scripts that sign in again and again do, and faulty clients.

/**
 * Sessions: beyond the limit the oldest ends. Each sign-in of a browser ends its previous session, so a
 * person has one per browser, and one for each private window that was closed without signing out.
 */
export const MAX_SESSIONS = 100

/**
 * Grants, including ended ones while they are remembered: devices, and command lines that never sign
 * out, each until it has idled for 90 days. Beyond the limit an ended one is forgotten, or else the one
 * unused for longest ends; approvals from before that one's approval can no longer be collected.
 */
export const MAX_GRANTS = 200

/**
 * Unexpired access tokens of one grant that were revoked one by one. A client revokes at most one per
 * refresh, and they live for ten minutes. Beyond the limit the grant ends: a forgotten revocation would
 * make its token valid again.
 */
export const MAX_REVOKED_TOKENS = 100

/**
 * Length of a chain of approvals: an app approves an app that approves an app, each with the token of
 * its grant. A grant with a longer chain does not begin.
 */
export const MAX_APPROVERS = 10

/**
 * Passkeys: beyond the limit no further one is added, and the page says why. Adding one must not remove
 * another. All of them are sent to the browser when one is added.
 */
export const MAX_PASSKEYS = 20

/**
 * Clients with ID tokens that are void up to a time: one for every client of a removed device. Beyond
 * the limit the oldest go, and ID tokens of all clients from before that time are void.
 */
export const MAX_VOIDED_HINTS = 100

/** Security events: the oldest goes. The page shows them all. */
export const MAX_SECURITY_EVENTS = 50

/**
 * Prompts: the oldest goes. A notification stays on screen for hours, and "Not me" must still find its
 * prompt; no more than three come in an hour.
 */
export const MAX_REMEMBERED_PROMPTS = 20

/** Sources that the person silenced: beyond the limit the first one may ask again before its 30 days end. */
export const MAX_SILENCED_SOURCES = 100

/** Browsers with push notifications: the oldest subscription goes. Each costs a request per prompt. */
export const MAX_PUSH_SUBSCRIPTIONS = 10

/** Wrong user codes that are recognised: the oldest is forgotten, and counts again when it is repeated. */
export const MAX_KNOWN_WRONG_CODES = 5
