// The cost of each request: objects called, storage writes, signatures. A change that raises a
// number here states its reason.
import type { Subject } from '../src/ids.ts'
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { mintDeviceCode, mintUserCode, parseUserCode } from '../src/codes.ts'
import { mintSession } from '../src/identity/session.ts'
import { requestLocation } from '../src/sender/location.ts'
import { NOTHING, costOf, fetch, startCounting, timesAsked } from './support/cost.ts'
import { approve, authorizationBehind, deny, startDevice } from './support/device.ts'
import { newPerson, signInNow } from './support/member.ts'
import { hold } from './support/held-poll.ts'
import { STRANGERS_SECRET, sentFrom, serverSecret } from './support/worker.ts'
import { RECIFE, TURKU, freshAddress } from './support/places.ts'
import { Person } from './support/person.ts'
import { ISSUER } from './support/settings.ts'
import { DECISION, holdPage, scan } from './support/waiting-page.ts'
import { named } from './support/named.ts'

const MINUTE = 60_000

const start = (clientId = 'tv') => startDevice(clientId, { fetch })

let anna: { subject: Subject; email: string; name: string }
const allow = (userCode: string) => approve(userCode, { subject: anna.subject })

beforeAll(async () => {
  anna = await newPerson()
  await startCounting()
})

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

describe('a device', () => {
  it('that starts costs one object, one write and one alarm', async () => {
    expect(await costOf(() => start())).toEqual({ ...NOTHING, objects: 1, writes: 1, alarms: 1 })
  })

  it('that names its account costs no more while PUSH is off', async () => {
    const hints = { id_token_hint: 'a.b.c', login_hint: anna.email }
    const cost = await costOf(() => startDevice('tv', { fields: hints, fetch }))
    expect(cost).toEqual({ ...NOTHING, objects: 1, writes: 1, alarms: 1 })
    expect(timesAsked()).toBe(1)
  })

  it('that is refused costs nothing', async () => {
    expect(await costOf(() => start('nobody').catch(() => undefined))).toEqual(NOTHING)
  })

  it('that polls costs one object and no write, an early poll too', async () => {
    const device = await start()
    vi.setSystemTime(Date.now() + 500)
    const poll = async (error: string) => expect((await device.poll()).body.error).toBe(error)
    const cost = { ...NOTHING, objects: 1 }
    expect(await costOf(() => poll('authorization_pending'))).toEqual(cost)
    expect(await costOf(() => poll('slow_down'))).toEqual(cost)
  })

  it('with a poll held to the end costs one object, called once, and no write', async () => {
    const device = await start('held-tv')
    vi.setSystemTime(Date.now() + 500)
    const cost = await costOf(async () => {
      const { answer } = await hold(device, {})
      await vi.advanceTimersByTimeAsync(1000)
      expect((await answer).body.error).toBe('authorization_pending')
    })
    expect(cost).toEqual({ ...NOTHING, objects: 1 })
    expect(timesAsked()).toBe(1)
  })

  it.each([
    ['denied', 'access_denied', deny],
    ['expired', 'expired_token', async () => vi.setSystemTime(Date.now() + 601_000)],
  ])('that is told %s costs one object and no write', async (_, error, bring) => {
    const device = await start()
    await bring(device.userCode)
    const cost = await costOf(async () => expect((await device.poll()).body.error).toBe(error))
    expect(cost).toEqual({ ...NOTHING, objects: 1 })
  })

  it.each([
    ['without openid', 'plain-tv', 1],
    ['with openid, RS256', 'tv', 2],
    ['with openid, ES256', 'es256-tv', 2],
  ])(
    'that collects, %s, costs two objects, with one write in each',
    async (_, client, expected) => {
      const device = await start(client)
      await allow(device.userCode)
      const cost = await costOf(async () => expect((await device.poll()).status).toBe(200))
      expect(cost).toEqual({ ...NOTHING, objects: 2, writes: 2, signatures: expected })
    },
  )

  it('that collects from elsewhere costs as much: the denial, and an event for its person', async () => {
    const home = { network: TURKU, address: freshAddress() }
    const device = await startDevice('tv', { fetch: sentFrom(home, fetch) })
    const location = requestLocation(
      new Request(ISSUER, {
        cf: { ...TURKU } as never,
        headers: { 'CF-Connecting-IP': home.address },
      }),
    )
    const allowance = { proximity: 'same_network', action: 'allow' } as const
    await approve(device.userCode, {
      subject: anna.subject,
      allowance: { ...allowance, deviceLocation: location, personLocation: location },
    })
    const abroad = sentFrom({ network: RECIFE, address: freshAddress() }, fetch)
    const poll = async () =>
      expect((await device.poll({}, {}, abroad)).body.error).toBe('access_denied')
    expect(await costOf(poll)).toEqual({ ...NOTHING, objects: 2, writes: 2 })
    expect(await costOf(poll), 'once').toEqual({ ...NOTHING, objects: 1 })
  })

  it('with a poll held until the approval costs no more', async () => {
    const device = await start('held-tv')
    vi.setSystemTime(Date.now() + 500)
    const cost = await costOf(async () => {
      const { answer } = await hold(device, {})
      await allow(device.userCode)
      expect((await answer).status).toBe(200)
    })
    // One of the writes is the approval's.
    expect(cost).toEqual({ ...NOTHING, objects: 2, writes: 1 + 2, signatures: 2 })
  })

  it('that floods does not reach its object each time (DC-8)', async () => {
    const device = await start()
    const polls = () => Promise.all(Array.from({ length: 100 }, () => device.poll()))
    expect(await costOf(polls)).toEqual({ ...NOTHING, objects: 1 })
    expect(timesAsked()).toBeLessThan(100)
  })
})

const pollWith = async (deviceCode: string, error: string) => {
  const device = await start()
  return costOf(async () => {
    const answer = await device.poll({ device_code: deviceCode })
    expect(answer.body.error).toBe(error)
  })
}
const ours = async (userCode: string, afterMs: number) =>
  mintDeviceCode(await serverSecret(), named(userCode), Date.now() + afterMs).text
const forged = (userCode: string, afterMs: number) =>
  mintDeviceCode(STRANGERS_SECRET, named(userCode), Date.now() + afterMs).text

describe('an invalid device_code', () => {
  it.each([
    ['malformed', () => 'no code of ours', 'invalid_grant'],
    ['of the right length', () => 'A'.repeat(79), 'invalid_grant'],
    ['forged', () => forged('BCDFGHJK', 5 * MINUTE), 'invalid_grant'],
    ['forged, and expired', () => forged('BCDFGHJK', -MINUTE), 'invalid_grant'],
    ['long expired', () => ours('BCDFGHJK', -60 * MINUTE), 'expired_token'],
  ])('that is %s starts no object', async (_, code, error) => {
    expect(await pollWith(await code(), error)).toEqual(NOTHING)
  })

  it.each([
    ['expired', -MINUTE, 'expired_token'],
    ['deleted', 5 * MINUTE, 'invalid_grant'],
  ])('that is %s costs one object and stores nothing', async (_, afterMs, error) => {
    const userCode = mintUserCode('letters')
    const cost = await pollWith(await ours(userCode, afterMs), error)
    expect(cost).toEqual({ ...NOTHING, objects: 1 })
    const stored = await runInDurableObject(
      env.DEVICE_AUTHORIZATION.getByName(userCode),
      async (__, { storage }) => [...(await storage.list()), await storage.getAlarm()],
    )
    expect(stored).toEqual([null])
  })

  it('forged for a pending device starts no object', async () => {
    const victim = await start()
    const userCode = parseUserCode(victim.userCode) ?? ''
    expect(await pollWith(forged(userCode, 5 * MINUTE), 'invalid_grant')).toEqual(NOTHING)
    expect(await pollWith(forged(userCode, -MINUTE), 'invalid_grant')).toEqual(NOTHING)
  })
})

const signedIn = async (headers = {}) => {
  const { subject } = await newPerson()
  const { value, digest: claim } = mintSession(await serverSecret(), subject)
  const account = env.ACCOUNT.get(env.ACCOUNT.idFromString(subject))
  await account.open(undefined, claim, signInNow())
  const person = new Person(fetch, ISSUER, headers)
  person.cookies.set('__Host-session', value)
  return person
}

describe('a signed-in person', () => {
  it('with a scanned picture costs two objects and one write, once, to record the opening', async () => {
    const device = await start()
    const person = await signedIn()
    const cost = await costOf(async () => {
      const page = await person.open(`/device?user_code=${device.userCode}`)
      expect(page).toMatchObject({ status: 200, html: expect.stringContaining(device.userCode) })
    })
    expect(cost).toEqual({ ...NOTHING, objects: 2, writes: 1 })
    const again = await costOf(() => person.open(`/device?user_code=${device.userCode}`))
    expect(again).toEqual({ ...NOTHING, objects: 2 })
  })

  it('with a picture scanned on the device’s network costs two objects and no write', async () => {
    const home = { 'CF-Connecting-IP': freshAddress() }
    const device = await startDevice('tv', { fetch, headers: home })
    const person = await signedIn(home)
    const cost = await costOf(async () => {
      const page = await person.open(`/device?user_code=${device.userCode}`)
      expect(page).toMatchObject({ status: 200, html: expect.stringContaining(device.userCode) })
    })
    expect(cost).toEqual({ ...NOTHING, objects: 2 })
  })

  // Allowed while no poll is held: its account shows the device as waiting.
  it.each([
    ['allow', 2],
    ['deny', 1],
  ] as const)('with a decision to %s costs two objects and %i writes', async (decision, writes) => {
    const device = await start()
    const person = await signedIn()
    const page = await person.open(`/device?user_code=${device.userCode}`)
    const cost = await costOf(async () =>
      expect((await person.decide(page, decision)).url.pathname).toBe('/device/result'),
    )
    expect(cost).toEqual({ ...NOTHING, objects: 2, writes })
    const state = await authorizationBehind(device.userCode).open({
      subject: named('another'),
      country: undefined,
    })
    expect(state, 'and it is decided').toEqual({ outcome: 'not_valid' })
  })

  it('who allows a device whose poll is held costs two objects and one write', async () => {
    const device = await start('held-tv')
    vi.setSystemTime(Date.now() + 500)
    const person = await signedIn()
    const page = await person.open(`/device?user_code=${device.userCode}`)
    const { answer } = await hold(device, {})
    const cost = await costOf(async () => {
      await person.decide(page, 'allow')
      expect((await answer).status).toBe(200)
    })
    // Two of the writes and the signatures are those of the device that collects.
    expect(cost).toEqual({ ...NOTHING, objects: 2, writes: 1 + 2, signatures: 2 })
  })

  it('with a malformed code costs no object', async () => {
    const person = await signedIn()
    const page = await person.open('/device')
    const cost = await costOf(async () => {
      const again = await person.submit(page, '/device', { user_code: 'AEIO-UAEI' })
      expect(again.status).toBe(400)
    })
    expect(cost).toEqual(NOTHING)
  })

  it('with an unknown code costs one write, in their own account', async () => {
    const person = await signedIn()
    const userCode = mintUserCode('letters')
    const cost = await costOf(async () =>
      expect((await person.open(`/device?user_code=${userCode}`)).status).toBe(404),
    )
    expect(cost).toEqual({ ...NOTHING, objects: 2, writes: 1 })
    const stored = await runInDurableObject(
      env.DEVICE_AUTHORIZATION.getByName(userCode),
      async (_, { storage }) => [...(await storage.list())],
    )
    expect(stored).toEqual([])
    const again = await costOf(async () =>
      expect((await person.open(`/device?user_code=${userCode}`)).status).toBe(404),
    )
    expect(again, 'the same once more').toEqual({ ...NOTHING, objects: 1 })
  })

  it('with a wait after wrong codes costs one object and no write', async () => {
    const person = await signedIn()
    for (const letter of 'BCDFG') await person.open(`/device?user_code=${letter.repeat(8)}`)
    const cost = await costOf(async () =>
      expect((await person.open('/device?user_code=ZZZZ-ZZZZ')).status).toBe(429),
    )
    expect(cost).toEqual({ ...NOTHING, objects: 1 })
  })
})

const openQuestion = async () => {
  const [device, person] = [await start(), await signedIn()]
  return { device, person, page: await scan(person, device) }
}

describe('a page that waits for a decision elsewhere', () => {
  it('costs two objects in 25 s, each called once, and no write', async () => {
    const { device, person, page } = await openQuestion()
    const cost = await costOf(async () => {
      const { answer } = await holdPage(person, page, device)
      await vi.advanceTimersByTimeAsync(25_000)
      expect((await answer).status).toBe(204)
    })
    expect(cost).toEqual({ ...NOTHING, objects: 2 })
    expect(timesAsked()).toBe(2)
  })

  it('costs no more when the decision comes', async () => {
    const { device, person, page } = await openQuestion()
    const cost = await costOf(async () => {
      const { answer } = await holdPage(person, page, device)
      await deny(device.userCode)
      expect((await answer).status).toBe(404)
    })
    // The write is the denial's.
    expect(cost).toEqual({ ...NOTHING, objects: 2, writes: 1 })
    expect(timesAsked()).toBe(2)
  })

  it('costs nothing once there is nothing to wait for', async () => {
    const person = await signedIn()
    expect(await costOf(() => person.open(DECISION))).toEqual(NOTHING)
  })
})

it('a stranger with a scanned picture costs nothing', async () => {
  const device = await start()
  const stranger = new Person(fetch, ISSUER)
  const cost = await costOf(() => stranger.open(`/device?user_code=${device.userCode}`))
  expect(cost).toEqual(NOTHING)
})
