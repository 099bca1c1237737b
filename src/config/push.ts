// Web Push (RFC 8030): the VAPID key pair (RFC 8292) of PUSH in wrangler.toml. Without it push prompts
// are off.
import { createECDH } from 'node:crypto'
import * as z from 'zod/mini'

/** The hints by which clients may name an account; each value includes the ones before it. */
export const PUSH_HINTS = ['off', 'id_token_hint', 'login_hint'] as const
export type PushHints = (typeof PUSH_HINTS)[number]

const isContact = (uri: string): boolean => /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(uri)

/** An uncompressed P-256 point (RFC 8292 §3.2), in the form that browsers take. */
export const pushKey = z
  .string()
  .check(z.regex(/^B[\w-]{86}$/, 'must be an uncompressed P-256 key'))

export const pushSchema = z.strictObject({
  public_key: pushKey,
  // The name of a Worker secret; its value must not be in wrangler.toml.
  private_key: z
    .string()
    .check(z.regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a Worker secret')),
  // RFC 8292 §2.1: the operator's contact for the push services.
  sub: z.string().check(z.refine(isContact, 'must be a mailto: or https: address')),
})

export interface PushSettings {
  /** base64url, like every key here. */
  readonly publicKey: string
  readonly privateKey: string
  readonly contact: string
}

export type PushEntry = z.output<typeof pushSchema>
type SecretReader = (name: string) => string | undefined

/** The settings that an entry describes; `secret` reads a Worker secret. */
export const toPushSettings = (entry: PushEntry, secret: SecretReader): PushSettings => ({
  publicKey: entry.public_key,
  privateKey: secret(entry.private_key) ?? '',
  contact: entry.sub,
})

/** Problems of the key pair: with a wrong pair, browsers would subscribe but no message could be sent. */
export const pushProblems = (entry: PushEntry | undefined, secret: SecretReader): string[] => {
  if (entry === undefined) return []
  const { private_key: name, public_key: publicKey } = entry
  const privateKey = secret(name)
  if (privateKey === undefined) return [`PUSH.private_key: the Worker secret ${name} is not set`]
  const derived = publicKeyOf(privateKey)
  if (derived === undefined) return [`PUSH.private_key: ${name} does not hold a P-256 key`]
  return derived === publicKey ? [] : [`PUSH.public_key: does not match ${name}`]
}

/** The public key of a private key; undefined if that is invalid. */
export const publicKeyOf = (privateKey: string): string | undefined => {
  if (!/^[\w-]{43}$/.test(privateKey)) return undefined
  const pair = createECDH('prime256v1')
  try {
    pair.setPrivateKey(privateKey, 'base64url')
    return pair.getPublicKey('base64url')
  } catch {
    return undefined
  }
}
