// One message to one browser: encrypted for it (RFC 8291), signed for its push service (VAPID, RFC 8292).
import { encryptNotification } from '@block65/webcrypto-web-push'
import { type CryptoKey, SignJWT, importJWK } from 'jose'
import { fromBase64url, toBase64url } from '../crypto.ts'
import { HOUR } from '../durations.ts'
import type { PushAddress } from '../objects/account/push-subscriptions.ts'
import type { PushSettings } from '../config/push.ts'

const ALGORITHM = 'ES256'
/** RFC 8292 §2 allows a day; one request needs only an allowance for clocks that differ. */
const TOKEN_LIFETIME_MS = 1 * HOUR

export interface PushMessage {
  readonly payload: object
  /** The time that a push service stores it for a browser that is offline. */
  readonly ttlSeconds: number
  /** A later message of the same topic replaces it (RFC 8030 §5.4). */
  readonly topic: string
}

/** The POST request to the browser's push service. Throws if the browser's keys are malformed. */
export const pushRequest = async (
  settings: PushSettings,
  { endpoint, p256dh, auth }: PushAddress,
  { payload, ttlSeconds, topic }: PushMessage,
): Promise<{ headers: Readonly<Record<string, string>>; body: Uint8Array }> => {
  const subscription = { endpoint, expirationTime: null, keys: { p256dh, auth } }
  // Padded: the length of names must not leak.
  const body = await encryptNotification(
    subscription,
    new TextEncoder().encode(JSON.stringify(payload)),
  )
  const token = await signToken(settings, new URL(endpoint).origin)
  return {
    headers: {
      Authorization: `vapid t=${token}, k=${settings.publicKey}`,
      'Content-Encoding': 'aes128gcm',
      'Content-Type': 'application/octet-stream',
      TTL: String(ttlSeconds),
      Topic: topic,
      Urgency: 'high',
    },
    body,
  }
}

const signToken = async (settings: PushSettings, audience: string): Promise<string> =>
  new SignJWT({ aud: audience, sub: settings.contact })
    .setProtectedHeader({ typ: 'JWT', alg: ALGORITHM })
    .setExpirationTime(new Date(Date.now() + TOKEN_LIFETIME_MS))
    .sign(await signingKey(settings))

const imported = new WeakMap<PushSettings, Promise<CryptoKey | Uint8Array>>()

const signingKey = (settings: PushSettings): Promise<CryptoKey | Uint8Array> => {
  const key = imported.get(settings) ?? importKey(settings)
  imported.set(settings, key)
  return key
}

const importKey = ({ publicKey, privateKey }: PushSettings) => {
  const point = fromBase64url(publicKey) ?? new Uint8Array()
  const [x, y] = [toBase64url(point.subarray(1, 33)), toBase64url(point.subarray(33))]
  return importJWK({ kty: 'EC', crv: 'P-256', x, y, d: privateKey }, ALGORITHM)
}
