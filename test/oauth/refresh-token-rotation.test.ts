// The fate of rotated refresh tokens (RFC 9700 §4.14.2): conformance RF-5, RF-6 and DC-6.
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { holdClock, passSeconds } from '../support/clock.ts'
import { connectConfidential, introspect, refresh, refreshed, revoke } from '../support/grants.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'

holdClock()

const heard = async (token: string, clientId = 'tv'): Promise<string> => {
  const { status, body } = await refresh(token, { clientId })
  return `${status} ${body.error ?? 'tokens'}`
}
/** From here on a successor in use is in use for more than a minute. */
const passAMinute = () => passSeconds(61)
const next = async (token: string): Promise<string> => (await refreshed(token)).refresh_token
const first = async (): Promise<string> => (await connectDevice()).tokens.refresh_token

describe('a rotated refresh token', () => {
  it('RF-5 ends the family if it comes back a minute after its successor was used', async () => {
    const r1 = await first()
    const r2 = await next(r1)
    const r3 = await next(r2)
    passAMinute()
    expect(await heard(r1)).toBe('400 invalid_grant')
    for (const token of [r3, r2, r1]) expect(await heard(token)).toBe('400 invalid_grant')
  })

  it('RF-5 ends the family much later too, after many rotations', async () => {
    const r1 = await first()
    let latest = r1
    for (let day = 0; day < 5; day += 1) {
      passSeconds(86_400)
      latest = await next(latest)
    }
    expect(await heard(r1)).toBe('400 invalid_grant')
    expect(await heard(latest)).toBe('400 invalid_grant')
  })

  it('RF-5 ends the access tokens of the family at UserInfo and introspection', async () => {
    const { tokens } = await connectDevice()
    const second = await refreshed(tokens.refresh_token)
    const third = await refreshed(second.refresh_token)
    const all = [tokens, second, third].map(({ access_token: token }) => token)
    for (const token of all) {
      expect((await askUserinfo(token)).status).toBe(200)
      expect((await introspect(token)).active).toBe(true)
    }
    passAMinute()
    await refresh(tokens.refresh_token)
    for (const token of all) {
      expect((await askUserinfo(token)).status).toBe(401)
      expect(await introspect(token)).toStrictEqual({ active: false })
    }
  })

  it('RF-5 ends the family of a confidential client too', async () => {
    const { tokens } = await connectConfidential()
    const options = { clientId: 'post' }
    const second = await refreshed(tokens.refresh_token, options)
    const third = await refreshed(second.refresh_token, options)
    passAMinute()
    for (const { refresh_token: token } of [tokens, third])
      expect(await heard(token, 'post')).toBe('400 invalid_grant')
  })

  it('RF-5 ends nothing if another client presents it', async () => {
    const r1 = await first()
    const r3 = await next(await next(r1))
    passAMinute()
    expect(await heard(r1, 'other-tv')).toBe('400 invalid_grant')
    expect(await heard(r3)).toBe('200 tokens')
  })

  it('RF-5 ends no other grant of the person', async () => {
    const other = await first()
    const r1 = await first()
    await next(await next(r1))
    passAMinute()
    expect(await heard(r1)).toBe('400 invalid_grant')
    expect(await heard(other)).toBe('200 tokens')
  })
})

describe('two clients with one refresh token', () => {
  it('RF-5 are both signed out once one comes back a minute after the other refreshed', async () => {
    const stolen = await first()
    // The thief is first, and the owner gets the same: they cannot be told apart yet.
    const thief = await next(stolen)
    const owner = await next(stolen)
    expect(owner).toBe(thief)
    const thiefs = await next(thief)
    passAMinute()
    expect(await heard(owner), 'its successor is unused').toBe('200 tokens')
    const further = await next(thiefs)
    passAMinute()
    expect(await heard(owner), 'its successor is in use').toBe('400 invalid_grant')
    expect(await heard(further)).toBe('400 invalid_grant')
  })

  it('RF-5 are both signed out at the third late repeat in a row if they take turns', async () => {
    const said: string[] = []
    let token = await first()
    for (let round = 0; round < 3; round += 1) {
      const followed = await next(token)
      passSeconds(300)
      said.push(await heard(token))
      passSeconds(300)
      token = followed
    }
    expect(said).toEqual(['200 tokens', '200 tokens', '400 invalid_grant'])
    expect(await heard(token)).toBe('400 invalid_grant')
  })

  it('RF-6 both continue as long as they refresh within a minute', async () => {
    let [one, other] = [await first(), '']
    for (let round = 0; round < 20; round += 1) {
      other = one
      one = await next(await next(one))
      passSeconds(60)
      other = await next(await next(other))
      expect(other).toBe(one)
      passSeconds(86_400)
    }
  })

  it('RF-6 get one successor for any number of simultaneous refreshes', async () => {
    const r1 = await first()
    const answers = await Promise.all(Array.from({ length: 20 }, () => refreshed(r1)))
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1)
    expect(new Set(answers.map(({ access_token: token }) => decodeJwt(token).jti)).size).toBe(20)
    for (const { access_token: token } of answers)
      expect((await askUserinfo(token)).status).toBe(200)
    expect(await heard(answers[0]?.refresh_token)).toBe('200 tokens')
  })
})

describe('a refresh with a lost answer', () => {
  it('RF-6 is repeated with the same answer, after a second or a month', async () => {
    const r1 = await first()
    const r2 = await next(r1)
    for (const seconds of [0, 1, 60, 86_400, 30 * 86_400]) {
      passSeconds(seconds)
      expect(await next(r1)).toBe(r2)
    }
    expect(await heard(r2)).toBe('200 tokens')
  })

  it('RF-6 gets a new access token each time, with a full lifetime', async () => {
    const r1 = await first()
    const before = await refreshed(r1)
    passSeconds(3600)
    const after = await refreshed(r1)
    expect(after.expires_in).toBe(600)
    expect((await askUserinfo(before.access_token)).status).toBe(401)
    expect((await askUserinfo(after.access_token)).status).toBe(200)
  })

  it('RF-6 RF-9 extends no lifetime when it is repeated', async () => {
    const r1 = await first()
    await next(r1)
    passSeconds(89 * 86_400)
    expect(await heard(r1)).toBe('200 tokens')
    passSeconds(86_400)
    expect(await heard(r1)).toBe('400 invalid_grant')
  })

  it('RF-6 is repeated for a minute even if the device has used the successor', async () => {
    const r1 = await first()
    const r2 = await next(r1)
    const r3 = await next(r2)
    passSeconds(60)
    expect(await next(r1)).toBe(r2)
    expect(await next(r2)).toBe(r3)
    passSeconds(1)
    expect(await heard(r1)).toBe('400 invalid_grant')
  })

  it('RF-6 is repeated by its own client only', async () => {
    const r1 = await first()
    const r2 = await next(r1)
    expect(await heard(r1, 'other-tv')).toBe('400 invalid_grant')
    expect(await heard(r2)).toBe('200 tokens')
  })
})

describe('a redeemed device_code', () => {
  it('DC-6 gives the same refresh token for a lost answer', async () => {
    const { device, tokens } = await connectDevice()
    passSeconds(2)
    const again = await device.poll()
    expect(again.body.refresh_token).toBe(tokens.refresh_token)
    expect(await heard(tokens.refresh_token)).toBe('200 tokens')
  })

  it('DC-6 gives nothing once the refresh token was used, which stays valid', async () => {
    const { device, tokens } = await connectDevice()
    const r2 = await next(tokens.refresh_token)
    passSeconds(2)
    const { status, body } = await device.poll()
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
    expect(await heard(r2)).toBe('200 tokens')
  })

  it('DC-6 gives nothing after 60 s, and revokes nothing', async () => {
    const { device, tokens } = await connectDevice()
    passSeconds(61)
    const { status, body } = await device.poll()
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
    expect(await heard(tokens.refresh_token)).toBe('200 tokens')
  })

  it('DC-6 RV-6 does not restore a revoked access token', async () => {
    const { device, tokens } = await connectDevice()
    expect(await revoke(tokens.access_token)).toBe('200')
    passSeconds(2)
    await device.poll()
    expect((await askUserinfo(tokens.access_token)).status).toBe(401)
  })

  it('DC-6 RV-6 does not restore a revoked grant', async () => {
    const { device, tokens } = await connectDevice()
    expect(await revoke(tokens.refresh_token)).toBe('200')
    passSeconds(2)
    const { status, body } = await device.poll()
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
  })

  it('DC-6 RF-5 does not restore a family that a replay ended', async () => {
    const { device, tokens } = await connectDevice()
    await next(await next(tokens.refresh_token))
    passAMinute()
    expect(await heard(tokens.refresh_token)).toBe('400 invalid_grant')
    const { status, body } = await device.poll()
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
  })
})
