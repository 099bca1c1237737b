// A person who enters wrong codes: the waits, the pages, and the actions possible meanwhile.
// Conformance VP-5, VP-6, VP-22. The guesses of a day are in review/guesses-in-a-day.test.ts.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MINUTE, SECOND } from '../../src/durations.ts'
import { holdClock, pass } from '../support/clock.ts'
import { startDevice } from '../support/device.ts'
import { FORGED_PROOFS, type ForgedProof } from '../support/forged-proofs.ts'
import { Person } from '../support/person.ts'
import { freshAddress, useUp, worker } from '../support/worker.ts'
import { ISSUER } from '../support/settings.ts'
import { Member } from '../support/member.ts'
import { scan, waitOn, wrongCodesOf } from '../support/waiting-page.ts'

holdClock()
// What other tests enter within the same minute must not make these wait.
beforeEach(() => void vi.spyOn(env.EVERYONE_LIMIT, 'limit').mockResolvedValue({ success: true }))
afterEach(() => void vi.restoreAllMocks())

const signedIn = async () => {
  const ada = new Member()
  return { ada, person: await ada.browser() }
}

const enter = async (person: Person, userCode: string) =>
  person.submit(await person.open('/device'), '/device', { user_code: userCode })

const FIVE = [...'BCDFG'].map((letter) => letter.repeat(8))

const enterWrong = async (person: Person, codes = FIVE) => {
  // People need longer than this between two codes.
  pass(2 * SECOND)
  for (const code of codes) expect((await enter(person, code)).status).toBe(404)
}

const retryAfter = ({ headers }: { headers: Headers }) => Number(headers.get('Retry-After'))

describe('five wrong codes', () => {
  it('VP-5 are free; the next may be entered after ten seconds, and waits grow', async () => {
    const { person } = await signedIn()
    await enterWrong(person)
    const device = await startDevice()
    const refused = await enter(person, device.userCode)
    expect([refused.status, retryAfter(refused)]).toStrictEqual([429, 10])
    expect(refused.html).toContain('Too many attempts')
    expect(refused.html).toContain('Try again in 10 seconds.')
    pass(10 * SECOND)
    expect((await enter(person, device.userCode)).status).toBe(200)
    for (const [code, seconds] of [
      ['HHHHHHHH', 30],
      ['JJJJJJJJ', 60],
      ['KKKKKKKK', 120],
      ['LLLLLLLL', 300],
      ['MMMMMMMM', 900],
      ['NNNNNNNN', 900],
    ] as const) {
      await enterWrong(person, [code])
      expect(retryAfter(await enter(person, 'ZZZZZZZZ'))).toBe(seconds)
      pass(seconds * SECOND)
    }
  })

  it('VP-5 are the limit for requests to the waiting endpoint too', async () => {
    const { person } = await signedIn()
    const page = await scan(person, await startDevice())
    pass(2 * SECOND)
    for (const userCode of FIVE) expect((await waitOn(person, page, { userCode })).status).toBe(404)
    const sixth = await waitOn(person, page, { userCode: 'ZZZZZZZZ' })
    expect([sixth.status, retryAfter(sixth)]).toStrictEqual([429, 10])
  })
})

const copy = (from: Map<string, string>, to: Map<string, string>) => {
  for (const [name, value] of from) to.set(name, value)
}

describe('a repeated wrong code', () => {
  it('VP-5 VP-6 is reported again, and does not count again', async () => {
    const { ada, person } = await signedIn()
    for (let times = 0; times < 8; times += 1) await enterWrong(person, ['BBBBBBBB'])
    expect(await wrongCodesOf(ada)).toBe(1)
    await enterWrong(person)
    expect(await wrongCodesOf(ada)).toBe(5)
    expect((await enter(person, 'BBBBBBBB')).status, 'also while the account waits').toBe(404)
    expect((await enter(person, 'ZZZZZZZZ')).status).toBe(429)
  })

  it('VP-5 is not looked up again, so that it cannot be watched', async () => {
    const { person } = await signedIn()
    await enterWrong(person, ['BBBBBBBB'])
    const lookUps = vi.spyOn(env.DEVICE_AUTHORIZATION, 'getByName')
    await enterWrong(person, ['BBBBBBBB'])
    expect(lookUps).not.toHaveBeenCalled()
  })
})

describe('a request that this account was shown', () => {
  it.each([
    ['allowed', 'allow', 'You’re connected', undefined],
    ['declined', 'deny', 'Nothing was shared', 'access_denied'],
    ['reported', 'report', 'The request was stopped', 'access_denied'],
  ] as const)('VP-5 can be %s while the account waits', async (_, decision, title, error) => {
    const { ada, person } = await signedIn()
    const device = await startDevice()
    const question = await scan(person, device)
    await enterWrong(person)
    await ada.evict()
    expect((await enter(await ada.browser(), device.userCode)).status).toBe(429)
    const page = await person.submit(question, '/device/confirm', { decision })
    expect(page.html).toContain(title)
    expect((await device.poll()).body.error).toBe(error)
  })

  it('VP-5 is not a guess if the decision comes too late', async () => {
    const { ada, person } = await signedIn()
    const question = await scan(person, await startDevice('short-tv'))
    pass(2 * MINUTE)
    const late = await person.submit(question, '/device/confirm', { decision: 'allow' })
    expect(late.status).toBe(404)
    expect(await wrongCodesOf(ada)).toBe(0)
  })

  it('VP-5 is watched for a decision elsewhere while the account waits', async () => {
    const { person } = await signedIn()
    const device = await startDevice()
    const question = await scan(person, device)
    await enterWrong(person)
    await person.submit(question, '/device/confirm', { decision: 'deny' })
    expect((await waitOn(person, question, device)).status).toBe(200)
  })
})

const proofOn = (html: string) => /name="shown" value="([^"]+)"/.exec(html)?.[1] ?? ''
const tokenOn = (html: string) => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? ''

const shownTo = async (person: Person) => {
  const device = await startDevice()
  const { html } = await scan(person, device)
  return { device, proof: proofOn(html), csrf: tokenOn(html) }
}

describe('a proof of an earlier view', () => {
  it.each<ForgedProof>([...FORGED_PROOFS, ['that is no proof', () => '9'.repeat(10_000)]])(
    'VP-5 %s opens nothing while the account waits',
    async (_, forge) => {
      const [{ ada, person }, { person: eve }] = [await signedIn(), await signedIn()]
      const { device, proof, csrf } = await shownTo(person)
      const { html } = await scan(eve, device)
      await enterWrong(person)
      await ada.evict()
      const shown = forge(proof, proofOn(html))
      const fields = { csrf, user_code: device.userCode, decision: 'allow', shown }
      person.cookies.set('__Host-shown', [shown, shown].join('.'))
      expect((await person.post('/device/confirm', fields)).status).toBe(429)
    },
  )

  it('VP-5 opens no other code', async () => {
    const { person } = await signedIn()
    const { proof, csrf } = await shownTo(person)
    await enterWrong(person)
    const { userCode } = await startDevice()
    const fields = { csrf, user_code: userCode, decision: 'allow', shown: proof }
    expect((await person.post('/device/confirm', fields)).status).toBe(429)
  })
})

describe('the page with the time to wait', () => {
  it('VP-22 keeps the code hidden, and its button continues with it', async () => {
    const { person } = await signedIn()
    await enterWrong(person)
    const device = await startDevice()
    const page = await enter(person, device.userCode)
    expect(page.html.replace(/value="[^"]*"/g, '')).not.toContain(device.userCode)
    expect(page.html).toContain('data-seconds="10"')
    const early = await person.submit(page, '/device')
    expect([early.status, retryAfter(early)]).toStrictEqual([429, 10])
    pass(10 * SECOND)
    const question = await person.submit(early, '/device')
    expect(question.html).toContain(device.userCode)
  })

  it('VP-22 keeps the code if the limit of the address is reached', async () => {
    const address = freshAddress()
    const ada = new Member()
    const browser = await ada.browser()
    const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': address })
    copy(browser.cookies, person.cookies)
    useUp(env.PERSON_LIMIT, `confirm ${address.replace('::1', ':0')}`)
    const device = await startDevice()
    const page = await enter(person, device.userCode)
    expect([page.status, retryAfter(page)]).toStrictEqual([429, 60])
    vi.restoreAllMocks()
    expect((await person.submit(page, '/device')).html).toContain(device.userCode)
  })
})

describe('while everyone enters wrong codes, or creates accounts', () => {
  it('VP-5 waits begin with the first wrong code, and valid ones are answered', async () => {
    useUp(env.EVERYONE_LIMIT, 'wrong code')
    const { person } = await signedIn()
    const [device, later] = [await startDevice(), await startDevice()]
    expect((await enter(person, device.userCode)).status).toBe(200)
    await enterWrong(person, ['BBBBBBBB'])
    const refused = await enter(person, later.userCode)
    expect([refused.status, retryAfter(refused)]).toStrictEqual([429, 10])
    pass(10 * SECOND)
    expect((await person.submit(refused, '/device')).html).toContain(later.userCode)
  })

  it('VP-5 a wrong code is counted even if the common limit fails', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    vi.spyOn(env.EVERYONE_LIMIT, 'limit').mockRejectedValue(new Error('no answer'))
    const { ada, person } = await signedIn()
    await enterWrong(person, ['BBBBBBBB'])
    expect(await wrongCodesOf(ada)).toBeGreaterThan(0)
    expect((await enter(person, 'ZZZZZZZZ')).status).toBe(429)
  })

  it('VP-5 a new account waits ten seconds before its first code, and keeps it', async () => {
    useUp(env.EVERYONE_LIMIT, 'new account')
    const device = await startDevice()
    const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    await enter(person, device.userCode)
    const page = await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
    expect([page.status, retryAfter(page)]).toStrictEqual([429, 10])
    pass(10 * SECOND)
    expect((await person.submit(page, '/device')).html).toContain(device.userCode)
  })

  it('VP-5 an existing account does not wait', async () => {
    const person = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    const email = `${crypto.randomUUID()}@example.com`
    await person.createAccount('Ada', email)
    useUp(env.EVERYONE_LIMIT, 'new account')
    const another = new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    const device = await startDevice()
    await enter(another, device.userCode)
    expect((await another.signIn(email)).html).toContain(device.userCode)
  })

  it('VP-5 the limit on wrong codes is one for all accounts together', async () => {
    const limit = vi.spyOn(env.EVERYONE_LIMIT, 'limit')
    for (const code of ['BBBBBBBB', 'CCCCCCCC']) {
      const { person } = await signedIn()
      await enterWrong(person, [code])
    }
    expect(limit.mock.calls).toStrictEqual([[{ key: 'wrong code' }], [{ key: 'wrong code' }]])
  })
})
