// Messages by Web Push: the judge decrypts what RFC 8291 has as its example, and what we send.
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PushSettings } from '../../src/config/push.ts'
import { pushRequest } from '../../src/push/message.ts'
import { PUSH_KEY, PUSH_SECRETS } from '../support/settings.ts'
import { PushSubscriber, verifyVapid } from '../support/push-subscriber.ts'

afterEach(() => {
  vi.useRealTimers()
})

const ENDPOINT = 'https://push.example:8443/wpush/v2/gAAAAABk'
const bytes = (text: string) => Buffer.from(text, 'base64url')

it('the test decryption reads the example of RFC 8291 §5', () => {
  const browser = new PushSubscriber(ENDPOINT, {
    privateKey: bytes('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94'),
    auth: bytes('BTBZMqHH6r4Tts7J_aSIgg'),
  })
  expect(browser.p256dh).toBe(
    'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  )
  const body = bytes(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz' +
      'AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  )
  expect(browser.decrypt(body)).toBe('When I grow up, I want to be a watermelon')
})

const settings: PushSettings = {
  publicKey: PUSH_KEY,
  privateKey: PUSH_SECRETS.PUSH_PRIVATE_KEY,
  contact: 'mailto:push@antenna.test',
}
const message = (payload: object) => ({ payload, ttlSeconds: 599, topic: 'a-topic' })
const send = (browser: PushSubscriber, payload: object = { device: '居間のテレビ' }) =>
  pushRequest(settings, browser.fields, message(payload))

describe('a message', () => {
  it('is decrypted by its browser, and by no other', async () => {
    const browser = new PushSubscriber(ENDPOINT)
    const body = Buffer.from((await send(browser)).body)
    expect(JSON.parse(browser.decrypt(body))).toStrictEqual({ device: '居間のテレビ' })
    expect(() => new PushSubscriber(ENDPOINT).decrypt(body)).toThrow()
  })

  it('has the same length for any content, within the limit of every push service', async () => {
    const browser = new PushSubscriber(ENDPOINT)
    const lengths = [{}, { device: 'x'.repeat(500) }].map(
      async (payload) => (await send(browser, payload)).body.length,
    )
    expect(await Promise.all(lengths)).toStrictEqual([4096, 4096])
  })

  it('is encrypted with a new key each time', async () => {
    const browser = new PushSubscriber(ENDPOINT)
    const [one, other] = await Promise.all([send(browser), send(browser)])
    expect(Buffer.from(one.body).subarray(0, 86)).not.toEqual(
      Buffer.from(other.body).subarray(0, 86),
    )
  })

  it('is signed for the origin of its push service, for an hour', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { headers } = await send(new PushSubscriber(ENDPOINT))
    const claims = await verifyVapid(
      headers['Authorization'] ?? '',
      'https://push.example:8443',
      PUSH_KEY,
    )
    expect(Object.keys(claims).toSorted()).toStrictEqual(['aud', 'exp', 'sub', 'typ'])
    expect(claims).toMatchObject({ sub: 'mailto:push@antenna.test', typ: 'JWT' })
    expect(claims.exp).toBe(Math.floor(Date.now() / 1000) + 3600)
  })

  it('carries its lifetime, its urgency and its topic', async () => {
    const { Authorization: _, ...headers } = (await send(new PushSubscriber(ENDPOINT))).headers
    expect(headers).toStrictEqual({
      'Content-Encoding': 'aes128gcm',
      'Content-Type': 'application/octet-stream',
      TTL: '599',
      Topic: 'a-topic',
      Urgency: 'high',
    })
  })
})
