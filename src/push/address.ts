// The push endpoint and keys that a browser sends (Push API, `PushSubscription`).
import { fromBase64url } from '../crypto.ts'
import { isLoopback } from '../config/loopback.ts'
import type { PushAddress } from '../objects/account/push-subscriptions.ts'

// The push services of Chromium, Safari, Firefox and Edge.
const PUSH_SERVICES: readonly string[] = ['fcm.googleapis.com', 'web.push.apple.com']
const PUSH_SERVICE_DOMAINS = ['.push.services.mozilla.com', '.notify.windows.com']

// Endpoints of these push services have 100 to 700 characters.
const MAX_ENDPOINT_LENGTH = 2048
const POINT_BYTES = 65
const SECRET_BYTES = 16

/** The address, if it is well-formed. Reachable hosts are checked when a message is sent. */
export const parsePushAddress = async (
  { endpoint, p256dh, auth }: PushAddress,
  { allowsLoopback }: { allowsLoopback: boolean },
): Promise<PushAddress | undefined> => {
  const url = endpoint.length > MAX_ENDPOINT_LENGTH ? null : URL.parse(endpoint)
  if (url === null || url.username !== '' || url.password !== '') return undefined
  const isAllowedLoopback = allowsLoopback && url.protocol === 'http:' && isLoopback(url.hostname)
  if (url.protocol !== 'https:' && !isAllowedLoopback) return undefined
  if (fromBase64url(auth)?.length !== SECRET_BYTES) return undefined
  return (await isPublicKey(p256dh)) ? { endpoint: url.href, p256dh, auth } : undefined
}

/** True for the push service of a known browser, which expects many messages. */
export const isAtPushService = (endpoint: string): boolean => {
  const { hostname } = new URL(endpoint)
  return (
    PUSH_SERVICES.includes(hostname) ||
    PUSH_SERVICE_DOMAINS.some((domain) => hostname.endsWith(domain))
  )
}

const isPublicKey = async (text: string): Promise<boolean> => {
  const point = fromBase64url(text)
  if (point?.length !== POINT_BYTES) return false
  try {
    await crypto.subtle.importKey('raw', point, { name: 'ECDH', namedCurve: 'P-256' }, false, [])
    return true
  } catch {
    return false
  }
}
