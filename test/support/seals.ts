// The secret that the server seals with, and one that a stranger makes up.
import { env } from 'cloudflare:workers'
import { macSecret } from '../../src/tokens/signing-keys.ts'

export const serverSecret = (): Promise<Uint8Array> => macSecret(env)

/** Whatever is sealed with it has the right form, and is a forgery. */
export const STRANGERS_SECRET = new Uint8Array(32).fill(7)
