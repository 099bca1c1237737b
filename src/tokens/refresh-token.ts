// Refresh tokens: opaque to clients, but they name the account and the grant that check them. They are
// sealed, so a forged one reaches no account, even one with a known subject.
import type { Digest, GrantId, Subject } from '../ids.ts'
import { createHmac } from 'node:crypto'
import { fromBase64url, randomBytes, seal, sha256, toBase64url, unseal } from '../crypto.ts'
import type { RefreshTokenDigest } from '../objects/account/refresh-chain.ts'

const SUBJECT_BYTES = 32
const GENERATION_BYTES = 4
const FAMILY_BYTES = 16
const SECRET_BYTES = 32
const GRANT_ID_BYTES = 16
const LENGTH = SUBJECT_BYTES + GRANT_ID_BYTES + GENERATION_BYTES + FAMILY_BYTES + SECRET_BYTES
const PURPOSE = 'refresh_token'

/** The contents of a refresh token. */
export interface RefreshToken {
  readonly subject: Subject
  readonly grantId: GrantId
  readonly generation: number
  /** The same in all tokens of one chain. */
  readonly family: Uint8Array
  readonly secret: Uint8Array
}

/** The id of a new grant: unguessable, but not secret. */
export const mintGrantId = (): GrantId => toBase64url(randomBytes(GRANT_ID_BYTES)) as GrantId

/**
 * The first refresh token of a grant, the same each time its code is redeemed. It is derived from the
 * server's secret and the code's: neither alone suffices, nor does the content of an access token.
 */
export const firstRefreshToken = (
  serverSecret: Uint8Array,
  subject: Subject,
  grantId: GrantId,
  deviceCodeSecretHash: Digest,
): RefreshToken => {
  const redemption = `${subject} ${grantId} ${deviceCodeSecretHash}`
  return {
    subject,
    grantId,
    generation: 0,
    family: derive(serverSecret, `refresh token family ${redemption}`).subarray(0, FAMILY_BYTES),
    secret: derive(serverSecret, `refresh token secret ${redemption}`),
  }
}

/** The successor of a token, the same each time the token is presented. */
export const nextRefreshToken = (serverSecret: Uint8Array, token: RefreshToken): RefreshToken => {
  const { subject, grantId, generation, secret } = token
  const after = `${subject} ${grantId} ${generation} ${toBase64url(secret)}`
  return {
    ...token,
    generation: generation + 1,
    secret: derive(serverSecret, `refresh token after ${after}`),
  }
}

const derive = (secret: Uint8Array, text: string): Uint8Array =>
  createHmac('sha256', secret).update(text).digest()

/** The stored form of a token. */
export const digestOf = ({ generation, family, secret }: RefreshToken): RefreshTokenDigest => ({
  generation,
  familyHash: sha256(family),
  secretHash: sha256(secret),
})

/** A refresh token as text for its client. */
export const formatRefreshToken = (serverSecret: Uint8Array, token: RefreshToken): string => {
  const generation = Buffer.alloc(GENERATION_BYTES)
  generation.writeUInt32BE(token.generation)
  const subject = Buffer.from(token.subject, 'hex')
  const grantId = fromBase64url(token.grantId) ?? new Uint8Array()
  const { family, secret } = token
  const bytes = Buffer.concat([subject, grantId, generation, family, secret])
  return seal(serverSecret, PURPOSE, bytes)
}

/** The contents of a refresh token, or undefined if we did not issue it. */
export const parseRefreshToken = (
  serverSecret: Uint8Array,
  text: string,
): RefreshToken | undefined => {
  const bytes = unseal(serverSecret, PURPOSE, text)
  if (bytes?.length !== LENGTH) return undefined
  let offset = 0
  const take = (length: number): Buffer => {
    offset += length
    return Buffer.from(bytes.subarray(offset - length, offset))
  }
  return {
    subject: take(SUBJECT_BYTES).toString('hex') as Subject,
    grantId: toBase64url(take(GRANT_ID_BYTES)) as GrantId,
    generation: take(GENERATION_BYTES).readUInt32BE(),
    family: take(FAMILY_BYTES),
    secret: take(SECRET_BYTES),
  }
}
