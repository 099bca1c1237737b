// Refresh tokens: opaque to their client, but they name the account and the grant that check them. They
// are sealed, so that a made-up one does not reach the account of a person whose subject is known.
import { createHmac } from 'node:crypto'
import { fromBase64url, randomBytes, seal, sha256, toBase64url, unseal } from '../crypto.ts'
import type { RefreshTokenClaim } from '../objects/grant-state.ts'

const SUBJECT_BYTES = 32
const GENERATION_BYTES = 4
const FAMILY_BYTES = 16
const SECRET_BYTES = 32
const GRANT_ID_BYTES = 16
const LENGTH = SUBJECT_BYTES + GRANT_ID_BYTES + GENERATION_BYTES + FAMILY_BYTES + SECRET_BYTES
const PURPOSE = 'refresh_token'

/** What a refresh token consists of. */
export interface RefreshToken {
  readonly subject: string
  readonly grantId: string
  readonly generation: number
  /** The same in all tokens of one chain. */
  readonly family: Uint8Array
  readonly secret: Uint8Array
}

/** The name of a new grant: unguessable, though no secret. */
export const mintGrantId = (): string => toBase64url(randomBytes(GRANT_ID_BYTES))

/**
 * The refresh token that a redemption hands out, also if it is repeated at once. Nobody else can
 * make it: `secret` is the server's.
 */
export const deriveRefreshToken = (
  secret: Uint8Array,
  subject: string,
  grantId: string,
): RefreshToken => ({
  subject,
  grantId,
  generation: 0,
  family: derive(secret, `refresh token family ${subject} ${grantId}`).subarray(0, FAMILY_BYTES),
  secret: derive(secret, `refresh token secret ${subject} ${grantId}`),
})

const derive = (secret: Uint8Array, text: string): Uint8Array =>
  createHmac('sha256', secret).update(text).digest()

/** Another first refresh token of a grant, which replaces the one before. */
export const mintRefreshToken = (subject: string, grantId: string): RefreshToken => ({
  subject,
  grantId,
  generation: 0,
  family: randomBytes(FAMILY_BYTES),
  secret: randomBytes(SECRET_BYTES),
})

/** The token that follows, once its generation is known. */
export const succeed = (token: RefreshToken): RefreshToken => ({
  ...token,
  secret: randomBytes(SECRET_BYTES),
})

/** All that is stored of a token. */
export const claimOf = ({ generation, family, secret }: RefreshToken): RefreshTokenClaim => ({
  generation,
  familyHash: sha256(family),
  secretHash: sha256(secret),
})

/** A refresh token as its client gets it. */
export const formatRefreshToken = (serverSecret: Uint8Array, token: RefreshToken): string => {
  const generation = Buffer.alloc(GENERATION_BYTES)
  generation.writeUInt32BE(token.generation)
  const subject = Buffer.from(token.subject, 'hex')
  const grantId = fromBase64url(token.grantId) ?? new Uint8Array()
  const { family, secret } = token
  const bytes = Buffer.concat([subject, grantId, generation, family, secret])
  return seal(serverSecret, PURPOSE, bytes)
}

/** The contents of a refresh token, or undefined if we did not make it. */
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
    subject: take(SUBJECT_BYTES).toString('hex'),
    grantId: toBase64url(take(GRANT_ID_BYTES)),
    generation: take(GENERATION_BYTES).readUInt32BE(),
    family: take(FAMILY_BYTES),
    secret: take(SECRET_BYTES),
  }
}
