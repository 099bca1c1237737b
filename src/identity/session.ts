// Browser sessions and their cookie. The cookie names the account and the session, and carries a secret;
// the account stores its digest. It is sealed, so a forged one reaches no account, even one with a known
// subject.
import type { SessionId, Subject } from '../ids.ts'
import { randomBytes, seal, sha256, toBase64url, unseal } from '../crypto.ts'
import { logFailure } from '../http/log.ts'
import type { SignedInPerson } from '../objects/account/views.ts'
import type { ToldClaims } from '../objects/account/profile.ts'
import { accountOf } from '../objects/index.ts'
import { macSecret } from '../tokens/signing-keys.ts'
import type { SessionDigest } from '../objects/account/sessions.ts'
import type { Place } from '../sender/location.ts'
import { countNewAccount, evenIfCut } from './wrong-codes.ts'

const SUBJECT_BYTES = 32
const ID_BYTES = 8
const SECRET_BYTES = 32
const PURPOSE = 'session'

export interface SessionCookie {
  readonly subject: Subject
  readonly digest: SessionDigest
}

export interface SignedIn extends SignedInPerson, SessionCookie {}

/** A new session of `subject`: the cookie's value, and the digest for the account. */
export const mintSession = (
  serverSecret: Uint8Array,
  subject: Subject,
): { value: string; digest: SessionDigest } => {
  const id = randomBytes(ID_BYTES)
  const secret = randomBytes(SECRET_BYTES)
  const account = new Uint8Array(Buffer.from(subject, 'hex'))
  return {
    value: seal(serverSecret, PURPOSE, Buffer.concat([account, id, secret])),
    digest: { id: toBase64url(id) as SessionId, secretHash: sha256(secret) },
  }
}

/** The contents of a session cookie, or undefined if we did not set it. */
export const parseSession = (
  serverSecret: Uint8Array,
  value: string,
): SessionCookie | undefined => {
  const bytes = unseal(serverSecret, PURPOSE, value)
  if (bytes?.length !== SUBJECT_BYTES + ID_BYTES + SECRET_BYTES) return undefined
  return {
    subject: Buffer.from(bytes.subarray(0, SUBJECT_BYTES)).toString('hex') as Subject,
    digest: {
      id: toBase64url(bytes.subarray(SUBJECT_BYTES, SUBJECT_BYTES + ID_BYTES)) as SessionId,
      secretHash: sha256(bytes.subarray(SUBJECT_BYTES + ID_BYTES)),
    },
  }
}

/** The person of a live session. Calls one object. */
export const signedInPerson = async (
  env: Cloudflare.Env,
  cookie: SessionCookie | undefined,
): Promise<SignedIn | undefined> => {
  if (cookie === undefined) return undefined
  const person = await accountOf(env, cookie.subject)?.session(cookie.digest)
  return person === undefined ? undefined : { ...person, ...cookie }
}

/** The browser and place of a sign-in, and the browser's previous session. */
export interface SignInContext {
  readonly browser: string
  readonly place: Place
  readonly previous: SessionCookie | undefined
}

/** Signed in: the value of the new session's cookie. */
export interface Opened {
  readonly outcome: 'signed_in'
  readonly cookie: string
}

/** Begins a session of `subject`, authenticated by `amr` (RFC 8176), now or at `atMs`. */
export const openAccount = async (
  env: Cloudflare.Env,
  subject: Subject,
  claims: ToldClaims | undefined,
  signIn: { readonly amr: readonly string[]; readonly provider?: string; readonly atMs?: number },
  { previous, ...where }: SignInContext,
): Promise<Opened | { readonly outcome: 'refused' }> => {
  const { value, digest } = mintSession(await macSecret(env), subject)
  const begun = {
    amr: signIn.amr,
    provider: signIn.provider,
    authTimeMs: signIn.atMs ?? Date.now(),
    ...where,
  }
  const open = async () => {
    const opened = await accountOf(env, subject)?.open(claims, digest, begun, previous?.digest)
    if (opened?.outcome === 'opened' && opened.isNew) await countNewAccount(env, subject)
    return opened
  }
  if ((await evenIfCut(open()))?.outcome !== 'opened') return { outcome: 'refused' }
  await endPrevious(env, previous)
  return { outcome: 'signed_in', cookie: value }
}

// SS-3: the browser's previous session ends. If its account cannot be reached it expires by itself; that
// must not fail the new sign-in.
const endPrevious = async (
  env: Cloudflare.Env,
  previous: SessionCookie | undefined,
): Promise<void> => {
  try {
    await endSession(env, previous)
  } catch (error) {
    logFailure(error)
  }
}

/** Ends a session on the server. */
export const endSession = async (
  env: Cloudflare.Env,
  cookie: SessionCookie | undefined,
): Promise<void> => {
  if (cookie !== undefined) await accountOf(env, cookie.subject)?.signOut(cookie.digest)
}
