// POST /device/authorizations/{user_code}/decision: what an app sends for its person.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MINUTE } from '../../src/durations.ts'
import { upstreamAccount } from '../../src/identity/upstream.ts'
import { accountOf } from '../../src/objects/index.ts'
import { ApprovalApp } from '../support/approval-app.ts'
import { type Device, startDevice } from '../support/device.ts'
import { connectInternet } from '../support/internet.ts'
import { type Network, RECIFE, TURKU } from '../support/places.ts'
import { useUp, workerWith } from '../support/worker.ts'
import { TEST_VARS } from '../support/settings.ts'
import { TrustedIssuer } from '../support/trusted-issuer.ts'
import { named } from '../support/named.ts'

const acme = new TrustedIssuer()
const strict = {
  ...TEST_VARS.CLIENTS[0],
  client_id: 'strict-tv',
  proximity: { far: 'refuse' },
}
const fetch = workerWith({
  APPROVAL_ISSUERS: [acme.entry()],
  CLIENTS: [...TEST_VARS.CLIENTS, strict],
})

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  connectInternet()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
const later = (ms: number) => vi.setSystemTime(Date.now() + ms)

let people = 0
const newSub = () => `person-${(people += 1)}`

const appOf = async (sub = newSub(), place = {}) =>
  new ApprovalApp(fetch, `Bearer ${await acme.token(sub)}`, place)

const accountBehind = async (sub: string) => {
  const account = accountOf(env, await upstreamAccount(env, acme.issuer, sub, ''))
  if (account === undefined) throw new Error('there is no account')
  return account
}

/** The answer for the device. */
const outcome = async (device: Device): Promise<string> => {
  const { status, body } = await device.poll()
  return status === 200 ? 'tokens' : body.error
}

const from = (network: Network, request: Request): Request =>
  new Request(request, { cf: { ...network } as never })

const startIn = async (network: Network, clientId = 'tv'): Promise<Device> =>
  startDevice(clientId, { fetch: (request) => fetch(from(network, request)) })

const appIn = async (network: Network, sub = newSub()): Promise<ApprovalApp> =>
  new ApprovalApp((request) => fetch(from(network, request)), `Bearer ${await acme.token(sub)}`)

describe('a decision', () => {
  it.each([
    ['approve', 'approved', 'tokens'],
    ['deny', 'declined', 'access_denied'],
    ['report', 'reported', 'access_denied'],
  ])('AP-1 to %s is stored, returned and passed to the device', async (decision, status, heard) => {
    const app = await appOf()
    const device = await startDevice()
    const answer = await app.decide(device.userCode, { decision })
    expect([answer.status, answer.body]).toStrictEqual([200, { status }])
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(await outcome(device)).toBe(heard)
  })

  it.each(['approve', 'deny', 'report'])(
    'AP-2 is final: after %s, a further decision is refused and told the stored one',
    async (first) => {
      const app = await appOf()
      const device = await startDevice()
      const { body: taken } = await app.decide(device.userCode, { decision: first })
      for (const decision of ['approve', 'deny', 'report', first]) {
        const { status, body } = await app.decide(device.userCode, { decision })
        expect([status, body.error, body.status]).toStrictEqual([
          409,
          'already_decided',
          taken.status,
        ])
      }
      const { status, body } = await app.review(device.userCode)
      expect([status, body.status, body.policy]).toStrictEqual([200, taken.status, undefined])
      expect(await outcome(device)).toBe(first === 'approve' ? 'tokens' : 'access_denied')
    },
  )

  it('AP-2 is hidden from other people: their answer is that of an unknown code', async () => {
    const device = await startDevice()
    const gone = await startDevice('short-tv')
    await (await appOf()).decide(device.userCode, { decision: 'approve' })
    later(2 * MINUTE)
    const answers = []
    for (const code of [device.userCode, gone.userCode, 'ZZZZ-ZZZZ', 'nothing', '%ff', '%00']) {
      const app = await appOf()
      answers.push(await app.review(code), await app.decide(code, { decision: 'approve' }))
    }
    for (const { status, body } of answers)
      expect([status, body]).toStrictEqual([
        404,
        {
          error: 'unknown_code',
          error_description: 'The user code is invalid or has expired',
        },
      ])
  })

  it('AP-3 to report a request is listed in the account', async () => {
    const sub = newSub()
    const device = await startDevice('tv', { fields: { device_name: 'Den TV' } })
    await (await appOf(sub)).decide(device.userCode, { decision: 'report' })
    const account = await accountBehind(sub)
    const claim = { id: named('laptop'), secretHash: named('laptop') }
    await account.open(undefined, claim, {
      amr: [],
      authTimeMs: Date.now(),
      browser: 'A browser',
      place: { city: undefined, region: undefined, country: undefined },
    })
    const overview = await account.overview(claim)
    expect(overview?.events.map(({ kind, about }) => [kind, about])).toStrictEqual([
      ['signed_in', 'A browser'],
      ['request_reported', 'Den TV'],
    ])
  })

  it('AP-3 is taken once of two simultaneous ones, and both return the same status', async () => {
    const app = await appOf()
    const device = await startDevice()
    const both = await Promise.all([
      app.decide(device.userCode, { decision: 'approve' }),
      app.decide(device.userCode, { decision: 'approve' }),
    ])
    for (const { status, body } of both)
      expect([
        [200, 'approved'],
        [409, 'approved'],
      ]).toContainEqual([status, body.status])
    expect(await outcome(device)).toBe('tokens')
  })
})

describe('a device far away', () => {
  const IN_FRONT = { in_front: true }

  it('AP-4 is approved with its code entered and its presence confirmed', async () => {
    const app = await appIn(TURKU)
    const device = await startIn(RECIFE)
    const typed_code = device.userCode.toLowerCase().replace('-', ' ')
    const body = { decision: 'approve', typed_code, ...IN_FRONT }
    expect((await app.decide(device.userCode, body)).status).toBe(200)
    expect(await outcome(device)).toBe('tokens')
  })

  it.each<[string, object, string[]]>([
    ['no check', {}, ['typed_code', 'in_front']],
    ['only its presence confirmed', IN_FRONT, ['typed_code']],
    ['another code', { typed_code: 'BCDF-GHJK', ...IN_FRONT }, ['typed_code']],
    ['its presence denied', { typed_code: 'own', in_front: false }, ['in_front']],
    ['only the code entered', { typed_code: 'own' }, ['in_front']],
  ])('AP-4 is not approved with %s, and stays pending', async (_name, check, missing) => {
    const app = await appIn(TURKU)
    const device = await startIn(RECIFE)
    const own = 'typed_code' in check && check.typed_code === 'own'
    const { status, body } = await app.decide(device.userCode, {
      decision: 'approve',
      ...check,
      ...(own && { typed_code: device.userCode }),
    })
    expect([status, body.error, body.missing]).toStrictEqual([422, 'check_not_passed', missing])
    expect(await outcome(device)).toBe('authorization_pending')
  })

  it('AP-4 is denied without either', async () => {
    const device = await startIn(RECIFE)
    expect((await (await appIn(TURKU)).decide(device.userCode, { decision: 'deny' })).status).toBe(
      200,
    )
    expect(await outcome(device)).toBe('access_denied')
  })

  it('AP-4 is not approved from afar if its client refuses that, only from nearby', async () => {
    const device = await startIn(RECIFE, 'strict-tv')
    const body = { decision: 'approve', typed_code: device.userCode, ...IN_FRONT }
    const far = await (await appIn(TURKU)).decide(device.userCode, body)
    expect([far.status, far.body.error]).toStrictEqual([403, 'too_far'])
    expect(await outcome(device)).toBe('authorization_pending')
  })
})

describe('a body', () => {
  const good = { decision: 'approve' }
  const text = JSON.stringify(good)
  const FORM = 'application/x-www-form-urlencoded'

  it.each<[string, object | string, string, number]>([
    ['is missing', '', 'application/json', 400],
    ['is not JSON', '{', 'application/json', 400],
    ['is not an object', '[]', 'application/json', 400],
    ['is null', 'null', 'application/json', 400],
    ['is not UTF-8', '{"decision":"\uD800"}', 'application/json', 400],
    ['has no decision', {}, 'application/json', 400],
    ['has an unknown decision', { decision: 'allow' }, 'application/json', 400],
    ['has a list of decisions', { decision: ['approve'] }, 'application/json', 400],
    ['has an unknown member', { ...good, force: true }, 'application/json', 400],
    ['has a text for a boolean', { ...good, in_front: 'yes' }, 'application/json', 400],
    ['has a code that is a number', { ...good, typed_code: 1 }, 'application/json', 400],
    ['has an overlong code', { ...good, typed_code: 'B'.repeat(65) }, 'application/json', 400],
    ['has a proof that is a number', { ...good, shown_proof: 1 }, 'application/json', 400],
    ['has an overlong proof', { ...good, shown_proof: 'B'.repeat(129) }, 'application/json', 400],
    ['is a form', 'decision=approve', FORM, 400],
    ['is declared as a form', text, FORM, 400],
    ['is declared as text', text, 'text/plain', 400],
    ['is too large', { ...good, typed_code: 'B'.repeat(70_000) }, 'application/json', 413],
  ])('AP-5 is refused if it %s', async (_name, body, type, status) => {
    const app = await appOf()
    const device = await startDevice()
    const answer = await app.decide(device.userCode, body, { 'Content-Type': type })
    expect([answer.status, answer.body.error]).toStrictEqual([status, 'invalid_request'])
    expect(await outcome(device)).toBe('authorization_pending')
    expect((await app.decide(device.userCode, good)).status, 'and can be mended').toBe(200)
  })
})

describe('wrong codes', () => {
  it('AP-6 are counted per account: a wait follows the fifth, and is reported', async () => {
    const sub = newSub()
    const app = await appOf(sub)
    for (const letter of 'BCDFG') {
      later(2000)
      expect((await app.review(`ZZZZ-ZZZ${letter}`)).status).toBe(404)
    }
    const device = await startDevice()
    for (const again of [app, await appOf(sub)]) {
      const { status, body, headers } = await again.decide(device.userCode, {
        decision: 'approve',
      })
      expect([status, body.error]).toStrictEqual([429, 'temporarily_unavailable'])
      expect(headers.get('Retry-After')).toBe('10')
    }
    expect((await (await appOf()).review(device.userCode)).status, 'others').toBe(200)
    expect(await outcome(device)).toBe('authorization_pending')
  })

  it('AP-6 make every other code wait, but no answer to a request that the app was shown', async () => {
    const app = await appOf()
    const device = await startDevice()
    const { status, body } = await app.review(device.userCode)
    expect(status).toBe(200)
    later(2000)
    for (const letter of 'BCDFG') expect((await app.review(`ZZZZ-ZZZ${letter}`)).status).toBe(404)
    expect((await app.review('ZZZZ-ZZZZ')).status).toBe(429)
    expect((await app.review('ZZZZ-ZZZG')).status, 'the same once more').toBe(404)
    const { shown_proof } = body
    expect((await app.decide(device.userCode, { decision: 'deny', shown_proof })).status).toBe(200)
  })

  it('AP-6 make a new account wait before its first code while everyone creates accounts', async () => {
    useUp(env.EVERYONE_LIMIT, 'new account')
    const app = await appOf()
    const device = await startDevice()
    const { status, headers } = await app.review(device.userCode)
    expect([status, headers.get('Retry-After')]).toStrictEqual([429, '10'])
    expect((await app.review(device.userCode)).status, 'the same code again').toBe(429)
    later(10_000)
    expect((await app.review(device.userCode)).status).toBe(200)
  })

  it('AP-6 a new account looks up no code before it is counted as new', async () => {
    const account = await accountBehind(newSub())
    const claims = { name: 'Ada', email: undefined, isEmailVerified: false }
    const first = await account.tryCodeByClaims(claims, {
      userCode: named('BBBBBBBB'),
      wasShown: false,
    })
    expect(first).toStrictEqual({ codeWaitMs: 0, isNew: true })
    await account.waitBeforeFirstCode()
    const second = await account.tryCodeByClaims(claims, {
      userCode: named('BBBBBBBB'),
      wasShown: false,
    })
    expect(second).toStrictEqual({ codeWaitMs: 10_000, isNew: false })
  })

  it('AP-6 are limited to five at the same time', async () => {
    const app = await appOf()
    const codes = [...'BCDFGHJK'].map((letter) => `XXXX-XXX${letter}`)
    const answers = await Promise.all(codes.map((code) => app.review(code)))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toStrictEqual([
      404, 404, 404, 404, 404, 429, 429, 429,
    ])
  })

  it('AP-6 are limited by address, for all accounts together', async () => {
    const place = { 'CF-Connecting-IP': '192.0.2.77' }
    const statuses = new Set<number>()
    // Twice the limit, and one: the minute may turn in between.
    for (let times = 0; times < 241 && !statuses.has(429); times += 1) {
      const app = new ApprovalApp(fetch, 'Bearer nothing', place)
      statuses.add((await app.review('ZZZZ-ZZZZ')).status)
    }
    expect([...statuses]).toStrictEqual([401, 429])
  })
})
