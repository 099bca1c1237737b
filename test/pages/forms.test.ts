// Common rules of every page and every form: headers, form tokens, origins, TLS.
import { describe, expect, it } from 'vitest'
import { startDevice } from '../support/device.ts'
import { Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { freshAddress, url, worker, workerWith } from '../support/worker.ts'

const PAGES = [
  '/device',
  '/device?user_code=nonsense',
  '/device/sign-in',
  '/device/create-account',
  '/device/confirm',
  '/device/result',
  '/device/nothing-here',
  '/authorize',
]

const visitor = (headers = {}) =>
  new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress(), ...headers })

describe('every page', () => {
  it.each(PAGES)(
    'VP-13 VP-14 HH-10 %s is not framed, not cached, and loads nothing foreign',
    async (path) => {
      const page = await visitor().open(path)
      const policy = page.headers.get('Content-Security-Policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(page.headers.get('X-Frame-Options')).toBe('DENY')
      expect(page.headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(page.headers.get('Referrer-Policy')).toBe('no-referrer')
      expect(page.headers.get('Strict-Transport-Security')).toMatch(/max-age=\d{8}/)
      expect(page.headers.get('Cache-Control')).toBe('no-store')
      expect(page.html).toMatch(/^<!doctype html><html lang="en" dir="ltr">/)
      expect(page.html).toMatch(/<title>[^<]+<\/title>/)
      expect(page.html).not.toMatch(/(src|href|action)="(https?:)?\/\//)
      expect(page.html).not.toMatch(/ style=| on[a-z]+=/)
    },
  )

  it('HH-13 is closed to other origins', async () => {
    for (const path of PAGES) {
      const preflight = await worker(
        new Request(url(path), {
          method: 'OPTIONS',
          headers: { Origin: 'https://evil.test', 'Access-Control-Request-Method': 'POST' },
        }),
      )
      expect(preflight.headers.get('Access-Control-Allow-Origin')).toBeNull()
    }
  })

  it('is one HTML and one style sheet with the colours of the brand, and an icon with them', async () => {
    const { html } = await visitor().open('/device')
    expect(html.match(/<link rel="stylesheet"/g)).toHaveLength(1)
    const branded = workerWith({ BRAND_ACCENT: '#d97f00', BRAND_ACCENT_DARK: '#2f6fde' })
    const sheet = await (await branded(new Request(url('/device/style.css')))).text()
    expect(sheet).toContain('--accent:#d97f00;--accent-ink:#000;')
    expect(sheet).toContain('--accent-dark:#2f6fde;--accent-dark-ink:#fff')
    const icon = /<link rel="icon" type="image\/svg\+xml" href="([^"]+)"/.exec(html)?.[1] ?? ''
    const picture = await branded(new Request(url(icon)))
    expect(picture.headers.get('Content-Type')).toBe('image/svg+xml')
    expect(await picture.text()).toContain(
      '<style>rect{fill:#d97f00}path{stroke:#000}' +
        '@media(prefers-color-scheme:dark){rect{fill:#2f6fde}path{stroke:#fff}}</style>',
    )
  })

  it('is below the path of the issuer', async () => {
    const below = new Person(workerWith({ ISSUER: `${ISSUER}/t1` }), ISSUER)
    const page = await below.open('/t1/device?user_code=BCDF-BCDF')
    expect(page.url.pathname).toBe('/t1/device/sign-in')
    expect(page.html).toContain('action="/t1/device/sign-in"')
    expect((await below.open('/t1')).url.pathname).toBe('/t1/device')
    expect((await below.open('/device')).status).toBe(404)
  })
})

describe('every form', () => {
  const FORMS = [
    '/device',
    '/device/sign-in',
    '/device/sign-out',
    '/device/create-account',
    '/device/confirm',
  ]

  it.each(FORMS)('VP-12 %s is refused without a token', async (action) => {
    const person = visitor()
    await person.open('/device')
    expect((await person.post(action, {})).status).toBe(403)
  })

  it.each(FORMS)('VP-12 %s is refused with the token of another browser', async (action) => {
    const other = await visitor().open('/device')
    const csrf = /name="csrf" value="([^"]+)"/.exec(other.html)?.[1] ?? ''
    const person = visitor()
    await person.open('/device')
    expect((await person.post(action, { csrf })).status).toBe(403)
  })

  it.each([
    ['of another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['of a sibling host', { 'Sec-Fetch-Site': 'same-site' }],
    [
      'of another origin, in an older browser',
      { 'Sec-Fetch-Site': '', Origin: 'https://evil.test' },
    ],
  ])('VP-12 is refused %s even with the right token', async (_, headers) => {
    const person = visitor()
    const page = await person.open('/device')
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
    expect((await person.post('/device', { csrf, user_code: 'BCDF-BCDF' }, headers)).status).toBe(
      403,
    )
  })

  it('is accepted from a browser that calls our origin null', async () => {
    const person = visitor()
    const page = await person.open('/device')
    const headers = { Origin: 'null', 'Sec-Fetch-Site': '' }
    const next = await person.submit(page, '/device', { user_code: 'BCDF-BCDF' }, headers)
    expect(next.url.pathname).toBe('/device/sign-in')
  })

  it('is answered with a hint at cookies if there are none', async () => {
    const page = await visitor().post('/device', { csrf: 'x', user_code: 'BCDF-BCDF' })
    expect(page.status).toBe(403)
    expect(page.html).toContain('This page needs cookies')
  })

  it('is refused in any other encoding', async () => {
    const person = visitor()
    await person.open('/device')
    const headers = { 'Content-Type': 'multipart/form-data' }
    expect((await person.post('/device', { csrf: 'x' }, headers)).status).toBe(403)
  })

  it('VP-15 is answered with 303, so that a reload sends nothing twice', async () => {
    const device = await startDevice()
    const person = visitor()
    const page = await person.open('/device')
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
    const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await worker(
      new Request(url('/device'), {
        method: 'POST',
        body: new URLSearchParams({ csrf, user_code: device.userCode }),
        headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' },
        redirect: 'manual',
      }),
    )
    expect(response.status).toBe(303)
    expect(response.headers.get('Location')).toMatch(/^\/device\/confirm\?waiting=[\w-]+$/)
  })

  it('VP-15 never redirects to another site', async () => {
    const person = visitor()
    for (const evil of ['//evil.test', 'https:evil.test', '\\evil.test']) {
      const page = await person.open(`/device/sign-in?return_to=${encodeURIComponent(evil)}`)
      expect(page.html).not.toContain('evil')
    }
  })

  it('is refused with 413 at 65 KiB', async () => {
    const person = visitor()
    await person.open('/device')
    expect((await person.post('/device', { user_code: 'x'.repeat(66_000) })).status).toBe(413)
  })

  it('HH-14 is refused over http, and pages redirect to https', async () => {
    const insecure = ISSUER.replace('https', 'http')
    const posted = await worker(
      new Request(`${insecure}/device`, {
        method: 'POST',
        body: new URLSearchParams({ csrf: 'x' }),
      }),
    )
    expect(posted.status).toBe(403)
    const opened = await worker(new Request(`${insecure}/device`, { redirect: 'manual' }))
    expect(opened.status).toBe(308)
    expect(opened.headers.get('Location')).toBe(`${ISSUER}/device`)
  })
})

describe('/authorize', () => {
  it.each([
    ['GET', '?response_type=code&client_id=tv&redirect_uri=https://evil.test/&state=canary'],
    ['GET', '?response_type=token&redirect_uri=https://evil.test/'],
    ['POST', ''],
  ])('MD-6 refuses %s %s with the same page, and never redirects', async (method, query) => {
    const response = await worker(
      new Request(url(`/authorize${query}`), { method, redirect: 'manual' }),
    )
    expect(response.status).toBe(400)
    expect(response.headers.get('Location')).toBeNull()
    const html = await response.text()
    expect(html).toContain('Sign-in starts on your device')
    expect(html).toContain('unsupported_response_type')
    expect(html).not.toMatch(/evil|canary/)
  })
})
