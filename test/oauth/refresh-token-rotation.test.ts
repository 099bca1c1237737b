// What becomes of rotated refresh tokens (RFC 9700 §4.14.2): conformance RF-5, RF-6 and DC-6.
import { describe, expect, it } from 'vitest'
import { holdClock, passSeconds } from '../support/clock.ts'
import { connectConfidential, introspect, refresh, refreshed, revoke } from '../support/grants.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'

holdClock()

const heard = async (token: string, clientId = 'tv'): Promise<string> => {
  const { status, body } = await refresh(token, { clientId })
  return `${status} ${body.error ?? 'tokens'}`
}
const next = async (token: string): Promise<string> => (await refreshed(token)).refresh_token
const first = async (): Promise<string> => (await connectDevice()).tokens.refresh_token

describe('a rotated refresh token', () => {
  it('RF-5 ends the family when it comes back after its successor was used', async () => {
    const r1 = await first()
    const r2 = await next(r1)
    const r3 = await next(r2)
    expect(await heard(r1)).toBe('400 invalid_grant')
    for (const token of [r3, r2, r1]) expect(await heard(token)).toBe('400 invalid_grant')
  })

  it('RF-5 ends it also much later, and after many rotations', async () => {
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
    for (const { refresh_token: token } of [tokens, third])
      expect(await heard(token, 'post')).toBe('400 invalid_grant')
  })

  it('RF-5 ends nothing when another client brings it', async () => {
    const r1 = await first()
    const r3 = await next(await next(r1))
    expect(await heard(r1, 'other-tv')).toBe('400 invalid_grant')
    expect(await heard(r3)).toBe('200 tokens')
  })

  it('RF-5 ends no other grant of the person', async () => {
    const other = await first()
    const r1 = await first()
    await next(await next(r1))
    expect(await heard(r1)).toBe('400 invalid_grant')
    expect(await heard(other)).toBe('200 tokens')
  })
})

describe('a refresh whose answer was lost', () => {
  it('RF-6 is repeated: the unused successor is replaced, and dies alone', async () => {
    const r1 = await first()
    const r2 = await next(r1)
    const r2b = await next(r1)
    expect(r2b).not.toBe(r2)
    expect(await heard(r2), 'replaced, but no sign of theft').toBe('400 invalid_grant')
    const r3 = await next(r2b)
    expect(await heard(r2), 'still none').toBe('400 invalid_grant')
    const r4 = await next(r3)
    expect(await heard(r1), 'this is one (RF-5)').toBe('400 invalid_grant')
    expect(await heard(r4)).toBe('400 invalid_grant')
  })

  it('RF-6 RF-5 ends the family if the old token comes back once the replacement was used', async () => {
    const r1 = await first()
    await next(r1)
    const r2b = await next(r1)
    const r3 = await next(r2b)
    expect(await heard(r1)).toBe('400 invalid_grant')
    expect(await heard(r3)).toBe('400 invalid_grant')
  })

  it('RF-6 is repeated as often and as late as the device likes', async () => {
    const r1 = await first()
    let latest = ''
    for (let times = 0; times < 6; times += 1) {
      latest = await next(r1)
      passSeconds(86_400)
    }
    expect(await heard(latest)).toBe('200 tokens')
  })

  it('RF-6 is repeated by its own client only', async () => {
    const r1 = await first()
    const r2 = await next(r1)
    expect(await heard(r1, 'other-tv')).toBe('400 invalid_grant')
    expect(await heard(r2)).toBe('200 tokens')
  })

  it('RF-6 has both answered if they come at the same time, and one successor lives', async () => {
    const r1 = await first()
    const answers = await Promise.all([refreshed(r1), refreshed(r1)])
    const successors = answers.map((answer) => answer.refresh_token)
    for (const { access_token: token } of answers)
      expect((await askUserinfo(token)).status).toBe(200)
    const said = await Promise.all(successors.map((token) => heard(token)))
    expect(said.toSorted()).toStrictEqual(['200 tokens', '400 invalid_grant'])
  })
})

describe('the redeemed device_code', () => {
  it('DC-6 gives another refresh token where the answer was lost, and the one before is dead', async () => {
    const { device, tokens } = await connectDevice()
    passSeconds(2)
    const again = await device.poll()
    expect(again.status).toBe(200)
    expect(await heard(tokens.refresh_token)).toBe('400 invalid_grant')
    expect(await heard(again.body.refresh_token), 'it was no replay').toBe('200 tokens')
  })

  it('DC-6 gives no more once the refresh token has been used, which lives on', async () => {
    const { device, tokens } = await connectDevice()
    const r2 = await next(tokens.refresh_token)
    passSeconds(2)
    const { status, body } = await device.poll()
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
    expect(await heard(r2)).toBe('200 tokens')
  })

  it('DC-6 gives no more after 60 s, which revokes nothing', async () => {
    const { device, tokens } = await connectDevice()
    passSeconds(61)
    const { status, body } = await device.poll()
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
    expect(await heard(tokens.refresh_token)).toBe('200 tokens')
  })

  it('DC-6 RV-6 does not bring an access token back that was revoked', async () => {
    const { device, tokens } = await connectDevice()
    expect(await revoke(tokens.access_token)).toBe('200')
    passSeconds(2)
    await device.poll()
    expect((await askUserinfo(tokens.access_token)).status).toBe(401)
  })

  it('DC-6 RV-6 does not bring a grant back that was revoked', async () => {
    const { device, tokens } = await connectDevice()
    expect(await revoke(tokens.refresh_token)).toBe('200')
    passSeconds(2)
    const { status, body } = await device.poll()
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
  })

  it('DC-6 RF-5 does not bring a family back that a replay ended', async () => {
    const { device, tokens } = await connectDevice()
    await next(await next(tokens.refresh_token))
    expect(await heard(tokens.refresh_token)).toBe('400 invalid_grant')
    passSeconds(2)
    const { status, body } = await device.poll()
    expect([status, body.error]).toStrictEqual([400, 'invalid_grant'])
  })
})
