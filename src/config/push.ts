// Web Push (RFC 8030): the key pair by which push services know us (VAPID, RFC 8292), from PUSH in
// wrangler.toml. Without it nobody is asked by push.
import { createECDH } from 'node:crypto'
import * as z from 'zod/mini'

/** What clients may name an account by when they start; each includes the ones before it. */
export const PUSH_HINTS = ['off', 'id_token_hint', 'login_hint'] as const
export type PushHints = (typeof PUSH_HINTS)[number]

const isContact = (uri: string): boolean => /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(uri)

/** An uncompressed point of P-256 (RFC 8292 §3.2), as browsers are told it. */
export const pushKey = z
  .string()
  .check(z.regex(/^B[\w-]{86}$/, 'must be an uncompressed P-256 key'))

export const pushSchema = z.strictObject({
  public_key: pushKey,
  // The name of a Worker secret: what it holds is not for wrangler.toml.
  private_key: z
    .string()
    .check(z.regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a Worker secret')),
  // RFC 8292 §2.1: whom a push service writes to when something is wrong with what we send.
  sub: z.string().check(z.refine(isContact, 'must be a mailto: or https: address')),
})

export interface PushSettings {
  /** In base64url, as all keys here. */
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

/** What is wrong with the two keys: browsers would be opted in to what can never be sent. */
export const pushProblems = (entry: PushEntry | undefined, secret: SecretReader): string[] => {
  if (entry === undefined) return []
  const { private_key: name, public_key: publicKey } = entry
  const privateKey = secret(name)
  if (privateKey === undefined) return [`PUSH.private_key: there is no Worker secret ${name}`]
  const derived = publicKeyOf(privateKey)
  if (derived === undefined) return [`PUSH.private_key: ${name} does not hold a P-256 key`]
  return derived === publicKey ? [] : [`PUSH.public_key: is not the public half of ${name}`]
}

/** The public half of a private key; undefined where that is none. */
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
