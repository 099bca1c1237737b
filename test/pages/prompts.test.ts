// Subscribing a browser to push prompts, unsubscribing, and the one answer of a notification
// without a page.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PUSH_VARS, Resident, Subscription, csrfOf, pushWorker } from '../support/household.ts'
import { connectInternet } from '../support/internet.ts'
import { Person } from '../support/person.ts'
import { RECIFE, TURKU } from '../support/places.ts'
import { ISSUER, PUSH_KEY } from '../support/settings.ts'
import { PushSubscriber } from '../support/push-subscriber.ts'
import { freshAddress, sentFrom, url, worker, workerWith } from '../support/worker.ts'
import { named } from '../support/named.ts'

beforeEach(() => void connectInternet())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const ADD = '/devices/prompts/add'
const REMOVE = '/devices/prompts/remove'
const NOT_ME = '/devices/prompts/not-me'

const browsersOf = async ({ subject }: Resident) =>
  env.ACCOUNT.get(env.ACCOUNT.idFromString(subject)).prompt({
    codeHash: named(crypto.randomUUID()),
    clientId: 'tv',
    source: named('test'),
    location: { ...TURKU_HERE },
    proximityPolicy: EVERYWHERE,
    hintIssuedAtMs: undefined,
  })
const TURKU_HERE = {
  city: 'Turku',
  region: 'Southwest Finland',
  country: 'FI',
  operator: undefined,
  asn: undefined,
  networkPrefix: undefined,
}
const EVERYWHERE = {
  same_network: 'allow',
  same_operator: 'allow',
  same_city: 'allow',
  same_country: 'allow',
  far: 'allow',
  unknown: 'allow',
} as const

describe('/devices', () => {
  it('offers prompts to this browser, with the data for its script', async () => {
    const { browser } = await Resident.join()
    const page = await browser.open('/devices')
    expect(page.html).toContain(`data-push="${PUSH_KEY}"`)
    expect(page.html).toContain('data-worker="/device/push-worker.js?ui_locales=en"')
    expect(page.html).toContain('data-scope="/devices"')
    expect(page.html).toContain('<script src="/device/push.js" defer')
    const policy = page.headers.get('Content-Security-Policy') ?? ''
    expect(policy).toContain("worker-src 'self'")
    expect(policy).toContain("connect-src 'none'")
    expect(policy).not.toContain('unsafe')
    // A page without need for a worker may have none.
    const other = await browser.open('/device')
    expect(other.headers.get('Content-Security-Policy')).not.toContain('worker-src')
  })

  it('lists the browsers with prompts, with place and time', async () => {
    const resident = await Resident.join()
    await new Subscription().add(resident.browser)
    await new Subscription().add(await resident.elsewhere(RECIFE))
    const { html } = await resident.browser.open('/devices')
    const section = html.slice(html.indexOf('Sign-in notifications'), html.indexOf('Where you are'))
    expect(section.match(/<li>/g)).toHaveLength(2)
    expect(section.match(/This browser/g)).toHaveLength(1)
    expect(section).toContain('Turku, Southwest Finland, Finland')
    expect(section).toContain('Recife, Pernambuco, Brazil')
    expect(section.match(/just now/g)).toHaveLength(2)
    expect(html).not.toContain('push.js')
  })

  it('has no prompts while PUSH is off', async () => {
    const { browser } = await Resident.join(TURKU, worker)
    const page = await browser.open('/devices')
    expect(page.html).not.toMatch(/push|Sign-in notifications/)
    expect(page.headers.get('Content-Security-Policy')).not.toContain('worker-src')
    for (const file of ['push.js', 'push-worker.js'])
      expect((await worker(new Request(url(`/device/${file}`)))).status).toBe(404)
    const csrf = csrfOf(page.html)
    expect((await browser.post(ADD, { csrf, ...newFields() })).status).toBe(404)
    expect((await browser.post(NOT_ME, { csrf })).status).toBe(404)
  })
})

const newFields = () => new PushSubscriber('https://push.example/1').fields

const OFF_CURVE = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64url')

const join = async () => {
  const resident = await Resident.join()
  const page = await resident.browser.open('/devices')
  return { resident, csrf: csrfOf(page.html) }
}

describe('a subscription', () => {
  it.each<[string, object]>([
    ['without an endpoint', { endpoint: '' }],
    ['without a key', { p256dh: '' }],
    ['without a secret', { auth: '' }],
    ['with an endpoint that is no address', { endpoint: 'push.example' }],
    ['over http', { endpoint: 'http://push.example/1' }],
    ['of this machine', { endpoint: 'http://localhost:9000/1' }],
    ['in a file', { endpoint: 'file:///etc/passwd' }],
    ['with a password', { endpoint: 'https://a:b@push.example/1' }],
    ['with a very long endpoint', { endpoint: `https://push.example/${'x'.repeat(2048)}` }],
    ['with a key that is not on the curve', { p256dh: OFF_CURVE }],
    ['with a compressed key', { p256dh: `A${newFields().p256dh.slice(1, 44)}` }],
    ['with a secret that is too short', { auth: 'AAAA' }],
    ['with padding', { auth: `${newFields().auth}==` }],
  ])('is refused %s', async (_, more) => {
    const { resident, csrf } = await join()
    const page = await resident.browser.post(ADD, { csrf, ...newFields(), ...more })
    expect(page.status).toBe(400)
    expect(page.html).toContain('does not let us show notifications')
    expect(await browsersOf(resident)).toStrictEqual([])
  })

  it('VP-12 is refused without the form token, and from another site', async () => {
    const { resident, csrf } = await join()
    const { browser } = resident
    expect((await browser.post(ADD, newFields())).status).toBe(403)
    expect((await browser.post(REMOVE, { id: 'x' })).status).toBe(403)
    const foreign = { 'Sec-Fetch-Site': 'cross-site' }
    expect((await browser.post(ADD, { csrf, ...newFields() }, foreign)).status).toBe(403)
    expect(await browsersOf(resident)).toStrictEqual([])
  })

  it('is refused without a session', async () => {
    const stranger = new Person(sentFrom({ network: TURKU }, pushWorker), ISSUER, {
      'CF-Connecting-IP': freshAddress(),
    })
    const csrf = csrfOf((await stranger.open('/device/sign-in')).html)
    expect((await stranger.post(ADD, { csrf, ...newFields() })).url.pathname).toBe(
      '/device/sign-in',
    )
  })

  it('on this machine is accepted in the demo only', async () => {
    const here = { endpoint: 'http://127.0.0.1:9000/1' }
    const tries: readonly [object, number][] = [
      [{ DEMO: 'on', ISSUER: 'http://localhost:8787' }, 200],
      [{ DEMO: 'off', ISSUER: 'http://localhost:8787' }, 400],
      [{ DEMO: 'on' }, 400],
    ]
    for (const [vars, status] of tries) {
      const fetch = workerWith({ ...PUSH_VARS, ...vars })
      const { browser } = await Resident.join(TURKU, fetch)
      const csrf = csrfOf((await browser.open('/devices')).html)
      expect((await browser.post(ADD, { csrf, ...newFields(), ...here })).status).toBe(status)
    }
  })

  it('replaces that of the same browser, and ten are the limit', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const resident = await Resident.join()
    const first = await new Subscription().add(resident.browser)
    const again = await resident.elsewhere()
    await new Subscription(first.host).add(again)
    expect(await browsersOf(resident)).toHaveLength(1)
    for (let count = 0; count < 10; count += 1) {
      vi.setSystemTime(Date.now() + 1000)
      await new Subscription().add(await resident.elsewhere())
    }
    const endpoints = (await browsersOf(resident)).map(({ endpoint }) => endpoint)
    expect(endpoints).toHaveLength(10)
    expect(endpoints).not.toContain(first.host.uri)
  })

  it('can be removed from another browser of its person only', async () => {
    const resident = await Resident.join()
    await new Subscription().add(resident.browser)
    const [subscribed] = await browsersOf(resident)
    const stranger = (await Resident.join()).browser
    const id = subscribed?.sessionId ?? ''
    await stranger.post(REMOVE, { csrf: csrfOf((await stranger.open('/devices')).html), id })
    expect(await browsersOf(resident)).toHaveLength(1)
    const other = await resident.elsewhere()
    const page = await other.submit(await other.open('/devices'), REMOVE)
    expect(page.html).toContain('That browser will no longer ask you.')
    expect(await browsersOf(resident)).toStrictEqual([])
  })
})

const load = async (path: string, fetch = pushWorker) => {
  const response = await fetch(new Request(url(path)))
  return { headers: response.headers, script: await response.text() }
}

describe('the service worker', () => {
  it('may control /devices, contacts only us, and is below the issuer’s path', async () => {
    const below = workerWith({ ...PUSH_VARS, ISSUER: `${ISSUER}/t1` })
    const { headers, script } = await load('/t1/device/push-worker.js', below)
    expect(headers.get('Service-Worker-Allowed')).toBe('/t1/devices')
    expect(headers.get('Content-Type')).toBe('text/javascript; charset=utf-8')
    expect(headers.get('Content-Security-Policy')).toBe("default-src 'none'; connect-src 'self'")
    expect(script).toContain('"base":"/t1"')
  })

  it.each([
    ['de', '"language":"de","direction":"ltr"', 'Nicht ich'],
    ['ar', '"language":"ar","direction":"rtl"', 'لست أنا'],
    ['xx"};alert(1)//', '"language":"en","direction":"ltr"', 'Not me'],
  ])('has the language of the browser that subscribed: %s', async (tag, language, words) => {
    const { script } = await load(`/device/push-worker.js?ui_locales=${encodeURIComponent(tag)}`)
    expect(script).toContain(language)
    expect(script).toContain(words)
    expect(script).not.toContain('alert')
  })

  it('calls televisions of a known make as its language does', async () => {
    const { script } = await load('/device/push-worker.js?ui_locales=de')
    expect(script).toContain('"Samsung TV":"Samsung-Fernseher"')
    expect(script).toContain('"":"Ein Gerät"')
  })
})
