// Lifetime and single use of a DPoP proof (RFC 9449 §8, §11.1): conformance DP-4, DP-5, DC-22.
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { passSeconds } from '../support/clock.ts'
import { type Answer, approve, startDevice } from '../support/device.ts'
import { type ProofOptions, newKeyHolder, readyKeyHolder, sha256 } from '../support/dpop.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'
import { somebody } from '../support/member.ts'
import { formRequest, url, worker } from '../support/worker.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  // Nonces count whole seconds.
  vi.setSystemTime(Math.ceil(Date.now() / 1000) * 1000)
})
afterEach(() => {
  vi.useRealTimers()
})

const guardOf = (jkt: string) => env.REPLAY_GUARD.getByName(`dpop:${jkt}`)

const summary = ({ status, body }: Answer): string => `${status} ${body.error ?? 'tokens'}`
const TOKENS = '200 tokens'
const PENDING = '400 authorization_pending'
const USED = '400 invalid_dpop_proof'
const NONCE_WANTED = '400 use_dpop_nonce'

/** The answer to a new device's poll with this proof. */
const pollWith = async (proof: string): Promise<Answer> =>
  (await startDevice()).poll({}, { DPoP: proof })

/** The one DPoP-Nonce header of an answer; two would show as a list. */
const nonceOf = ({ headers }: Answer): string | undefined => {
  const nonce = headers.get('DPoP-Nonce')
  if (nonce !== null) expect(nonce).toMatch(/^[\w-]{27}$/)
  return nonce ?? undefined
}

describe('a used proof', () => {
  it('DP-4 is refused for as long as it could be valid', async () => {
    const holder = await readyKeyHolder()
    const proof = await holder.proof()
    expect(summary(await pollWith(proof))).toBe(PENDING)
    expect(summary(await pollWith(proof))).toBe(USED)
    passSeconds(299)
    expect(await runDurableObjectAlarm(guardOf(holder.jkt))).toBe(true)
    expect(summary(await pollWith(proof))).toBe(USED)
    passSeconds(1)
    expect(summary(await pollWith(proof))).toBe(NONCE_WANTED)
  })

  it('DP-4 is stored as a digest, in the object of its key only', async () => {
    const holder = await readyKeyHolder()
    const jti = crypto.randomUUID()
    await pollWith(await holder.proof({ claims: { jti } }))
    const guard = guardOf(holder.jkt)
    const keys = await runInDurableObject(guard, async (_, { storage }) => [
      ...(await storage.list()).keys(),
    ])
    expect(keys).toStrictEqual([sha256(jti)])
  })

  it('DP-4 is accepted once of many simultaneous requests', async () => {
    const holder = await readyKeyHolder()
    const proof = await holder.proof()
    const heard = await Promise.all(Array.from({ length: 10 }, () => pollWith(proof)))
    expect(heard.map(summary).toSorted()).toStrictEqual([
      PENDING,
      ...Array.from({ length: 9 }, () => USED),
    ])
  })

  it('DP-4 is recognised by its jti, whatever else differs', async () => {
    const holder = await readyKeyHolder()
    const claims = { jti: 'once' }
    expect(summary(await pollWith(await holder.proof({ claims })))).toBe(PENDING)
    expect(summary(await pollWith(await holder.proof({ claims: { ...claims, iat: 1 } })))).toBe(
      USED,
    )
    await holder.learnNonce()
    expect(summary(await pollWith(await holder.proof({ claims })))).toBe(USED)
  })

  it('DP-4 is not confused with another key’s proof of the same jti', async () => {
    const claims = { jti: 'once' }
    for (const holder of [await readyKeyHolder(), await readyKeyHolder()])
      expect(summary(await pollWith(await holder.proof({ claims })))).toBe(PENDING)
  })

  // RFC 9449 §11.1 would allow one use of a jti per address; no client needs that.
  it('DP-4 is refused at another address of ours too', async () => {
    const holder = await readyKeyHolder()
    const { tokens } = await connectDevice('tv', { fetch: holder.fetch })
    const token = tokens.access_token
    const claims = { jti: 'once' }
    expect(summary(await pollWith(await holder.proof({ claims })))).toBe(PENDING)
    const address = url('/userinfo')
    const headers = {
      Authorization: `DPoP ${token}`,
      DPoP: await holder.proof({ method: 'GET', address, token, claims }),
    }
    expect((await worker(new Request(address, { headers }))).status).toBe(401)
    expect((await askUserinfo(token, { scheme: 'DPoP', fetch: holder.fetch })).status).toBe(200)
  })

  it('DP-4 DC-22 is not used up by a request that is refused for another reason', async () => {
    const holder = await readyKeyHolder()
    const jti = { jti: 'once' }
    const options: ProofOptions[] = [
      { claims: { ...jti, htm: 'GET' } },
      { claims: { ...jti, nonce: 'nosuch' } },
      { claims: jti, signer: (await newKeyHolder()).secret },
    ]
    for (const wrong of options)
      expect(summary(await pollWith(await holder.proof(wrong)))).not.toBe(PENDING)
    expect(summary(await pollWith(await holder.proof({ claims: jti })))).toBe(PENDING)
  })
})

const altered = (nonce: string): string => {
  const bytes = Buffer.from(nonce, 'base64url')
  bytes[19] = (bytes[19] ?? 0) ^ 1
  return bytes.toString('base64url')
}

describe('the nonce of a proof', () => {
  it.each<[string, (nonce: string) => unknown]>([
    ['missing', () => undefined],
    ['empty', () => ''],
    ['made up', () => 'nosuch'],
    ['altered by one bit', altered],
    ['of another length', (nonce) => `${nonce}AAAA`],
    ['in a list', (nonce) => [nonce]],
    ['a number', () => 7],
    ['null', () => null],
  ])('DP-5 DC-22 that is %s: use_dpop_nonce, a new nonce, and no poll', async (_name, change) => {
    const holder = await newKeyHolder()
    const nonce = change(await holder.learnNonce())
    const device = await startDevice()
    const refusal = await device.poll({}, { DPoP: await holder.proof({ claims: { nonce } }) })
    expect(summary(refusal)).toBe(NONCE_WANTED)
    holder.nonce = nonceOf(refusal)
    expect(summary(await device.poll({}, { DPoP: await holder.proof() }))).toBe(PENDING)
  })

  it('DP-5 is not required without a proof', async () => {
    const { tokens } = await connectDevice()
    expect(tokens.token_type).toBe('Bearer')
    const answer = await (await startDevice()).poll()
    expect([summary(answer), nonceOf(answer)]).toStrictEqual([PENDING, undefined])
  })

  it('DP-5 is required by the device authorization endpoint too', async () => {
    const holder = await newKeyHolder()
    const address = url('/device_authorization')
    const start = async () =>
      worker(
        formRequest(
          '/device_authorization',
          { client_id: 'tv' },
          { DPoP: await holder.proof({ address }) },
        ),
      )
    const refusal = await start()
    expect(refusal.status).toBe(400)
    expect(await refusal.json()).toMatchObject({ error: 'use_dpop_nonce' })
    holder.nonce = refusal.headers.get('DPoP-Nonce') ?? ''
    expect((await start()).status).toBe(200)
  })

  it('DP-5 differs from second to second, for any client', async () => {
    const seen = new Set<string>()
    for (let second = 0; second < 5; second += 1) {
      seen.add(await (await newKeyHolder()).learnNonce())
      passSeconds(1)
    }
    expect(seen.size).toBe(5)
  })

  it.each([
    [0, TOKENS, false],
    [149, TOKENS, false],
    [151, TOKENS, true],
    [240, TOKENS, true],
    [299, TOKENS, true],
    [300, NONCE_WANTED, true],
    [360, NONCE_WANTED, true],
  ])('DP-4 DP-5 of %i s ago is %s, and the next is sent: %s', async (seconds, expected, isTold) => {
    const holder = await readyKeyHolder()
    const device = await startDevice()
    await approve(device.userCode, { subject: (await somebody()).subject })
    passSeconds(seconds)
    const answer = await device.poll({}, { DPoP: await holder.proof() })
    expect(summary(answer)).toBe(expected)
    const next = nonceOf(answer)
    expect(next !== undefined).toBe(isTold)
    expect(next).not.toBe(holder.nonce)
  })

  it('DP-5 comes with other answers too, so that a steady device is never refused', async () => {
    const holder = await readyKeyHolder()
    const device = await startDevice()
    const heard: string[] = []
    for (let minute = 0; minute < 9; minute += 1) {
      passSeconds(60)
      const answer = await device.poll({}, { DPoP: await holder.proof() })
      holder.nonce = nonceOf(answer) ?? holder.nonce
      heard.push(summary(answer))
    }
    expect(heard).toStrictEqual(heard.map(() => PENDING))
  })
})

describe('a device with a wrong clock', () => {
  it.each([
    ['a day behind', -86_400],
    ['a day ahead', 86_400],
    ['at the beginning of time', -Date.now() / 1000],
  ])('DP-4 makes valid proofs: %s', async (_name, seconds) => {
    const holder = await readyKeyHolder()
    const iat = Math.floor(Date.now() / 1000 + seconds)
    const answer = await pollWith(await holder.proof({ claims: { iat } }))
    expect(summary(answer)).toBe(PENDING)
  })
})
