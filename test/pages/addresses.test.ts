// The addresses that people type and that lead to the page for codes, and those that lead nowhere.
import { describe, expect, it } from 'vitest'
import { startDevice } from '../support/device.ts'
import { Person } from '../support/person.ts'
import { readQrPicture } from '../support/qr-reader.ts'
import { ISSUER } from '../support/settings.ts'
import { type Fetch, freshAddress, workerWith } from '../support/worker.ts'

const SHORT = 'https://example.tv'

const get = (fetch: Fetch, address: string, init: RequestInit = {}): Promise<Response> =>
  fetch(new Request(address, { redirect: 'manual', ...init }))

const leadsTo = async (
  fetch: Fetch,
  address: string,
  init?: RequestInit,
): Promise<readonly [status: number, location: string | null]> => {
  const { status, headers } = await get(fetch, address, init)
  return [status, headers.get('Location')]
}

const SPELLINGS = [
  '/Device',
  '/DEVICE',
  '/device/',
  '/device//',
  '/device.',
  '/device./',
  '/device,',
  '/device%20',
  '/device%E3%80%80',
  '/device%2F',
  '/device%2E',
  '/%64evice',
  '/dEvIcE%20.%20',
]

describe.each([
  ['at the root', ISSUER, ''],
  ['below a path', `${ISSUER}/Auth/tv`, '/Auth/tv'],
])('of an issuer %s', (_, issuer, base) => {
  const fetch = workerWith({ ISSUER: issuer })
  const open = (path: string, init?: RequestInit) =>
    leadsTo(fetch, new URL(ISSUER).origin + base + path, init)

  it.each(SPELLINGS)('VP-25 %s leads to the page, with the code', async (path) => {
    expect(await open(path)).toEqual([302, `${base}/device`])
    expect(await open(`${path}?user_code=wdjb mjht`)).toEqual([
      302,
      `${base}/device?user_code=WDJB-MJHT`,
    ])
    const devices = path.replace(/d?evice|EVICE|eVICE|EvIcE/i, (word) => `${word}s`)
    expect(await open(devices)).toEqual([302, `${base}/devices`])
  })

  it.each(['//device', '/device//?user_code=WDJB-MJHT'])(
    'VP-25 %s with doubled slashes does, too',
    async (path) => {
      expect((await open(path))[1]).toMatch(new RegExp(`^${base}/device`))
    },
  )

  it('VP-25 the bare host or path leads there, too', async () => {
    for (const path of base === '' ? ['/', '/.'] : ['', '/', '.'])
      expect(await open(`${path}?user_code=WDJB-MJHT`)).toEqual([
        302,
        `${base}/device?user_code=WDJB-MJHT`,
      ])
  })

  it.each([
    ['user_code=WDJB', ''],
    ['user_code=AEIO-UAEI', ''],
    [`user_code=${'B'.repeat(100)}`, ''],
    ['user_code=%3Cscript%3E', ''],
    ['redirect_uri=https://evil.example&user_code=WDJBMJHT', '?user_code=WDJB-MJHT'],
    ['user_code=WDJBMJHT&user_code=BBBBBBBB', '?user_code=WDJB-MJHT'],
    ['ui_locales=de%20en&user_code=WDJBMJHT', '?user_code=WDJB-MJHT&ui_locales=de+en'],
    ['ui_locales=%22%3E%3Cscript', ''],
    ['next=//evil.example', ''],
  ])('VP-25 nothing but a code and a language goes on from ?%s', async (query, kept) => {
    expect(await open(`/DEVICE?${query}`)).toEqual([302, `${base}/device${kept}`])
  })

  it('VP-25 the answer stays in no cache and tells no other page of the code', async () => {
    const { headers } = await get(fetch, `${ISSUER}${base}/Device?user_code=WDJB-MJHT`)
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.has('Set-Cookie')).toBe(false)
  })

  it('VP-25 a form that was sent to another spelling goes nowhere', async () => {
    expect((await open('/Device', { method: 'POST', body: 'a=b' }))[1]).toBeNull()
  })

  it('VP-25 the pages below and the page itself are left alone', async () => {
    for (const path of ['/device', '/devices', '/device/sign-in', '/device/style.css'])
      expect([path, (await open(path))[1]]).not.toEqual([path, `${base}/device`])
  })

  it.each(['/nowhere', '/device/nowhere', '/devices/nowhere', '/devce', '/deviceX'])(
    'VP-25 a browser at %s gets a page with the field for the code',
    async (path) => {
      const address = ISSUER + base + path
      const headers = { Accept: 'text/html,*/*;q=0.8', 'CF-Connecting-IP': freshAddress() }
      const person = new Person(fetch, ISSUER, headers)
      const page = await person.open(address)
      expect(page.status).toBe(404)
      expect(page.html).toContain('This page does not exist')
      expect(page.html).toContain('<label for="user_code">')
      expect(page.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
      expect(page.headers.get('Cache-Control')).toBe('no-store')
      const device = await startDevice('tv', { fetch: below })
      const next = await person.submit(page, `${base}/device`, { user_code: device.userCode })
      expect(next.url.pathname).toBe(`${base}/device/sign-in`)
    },
  )

  const below: Fetch = (request) =>
    fetch(new Request(ISSUER + base + new URL(request.url).pathname, request))

  it.each<[string, RequestInit]>([
    ['a program', {}],
    ['a script', { headers: { Accept: 'application/json' } }],
    [
      'a script that takes anything',
      {
        headers: { Accept: 'text/html, */*', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty' },
      },
    ],
    ['a form', { method: 'POST', headers: { Accept: 'text/html' }, body: 'a=b' }],
    [
      'a frame',
      {
        headers: { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
      },
    ],
  ])('VP-25 %s at an unknown address gets JSON', async (__, init) => {
    const response = await get(fetch, `${ISSUER}${base}/nowhere`, init)
    expect([response.status, await response.json()]).toEqual([404, { error: 'not_found' }])
  })
})

describe('VERIFICATION_URI', () => {
  const ADDRESSES: readonly [shown: string, opened: string, issuer?: string][] = [
    [SHORT, `${SHORT}/`],
    [`${SHORT}/go`, `${SHORT}/go`],
    [`${SHORT}/Go`, `${SHORT}/GO/`],
    [`${SHORT}/device`, `${SHORT}/device`],
    [ISSUER, `${ISSUER}/`],
    [`${ISSUER}/go`, `${ISSUER}/go.`, `${ISSUER}/auth`],
  ]

  it.each(ADDRESSES)(
    'DA-5 %s is in the answer and the picture, and leads to the page: %s',
    async (shown, opened, issuer = ISSUER) => {
      const fetch = workerWith({ ISSUER: issuer, VERIFICATION_URI: shown })
      const below: Fetch = (request) =>
        fetch(new Request(issuer + new URL(request.url).pathname, request))
      const { answer, userCode } = await startDevice('tv', { fetch: below })
      expect(answer.verification_uri).toBe(shown)
      const complete = new URL(answer.verification_uri_complete)
      expect(complete.href).toBe(`${new URL(shown).href}?user_code=${userCode}`)
      const picture = await get(fetch, answer.verification_uri_qr)
      expect(readQrPicture(await picture.text()).text).toBe(complete.href)
      const [status, location] = await leadsTo(fetch, `${opened}?user_code=${userCode}&a=b`)
      expect(status).toBe(302)
      expect(new URL(location ?? '', opened).href).toBe(`${issuer}/device?user_code=${userCode}`)
    },
  )

  it('DA-5 leads nowhere but to the page of the issuer', async () => {
    const fetch = workerWith({ ISSUER, VERIFICATION_URI: `${SHORT}/go` })
    for (const query of ['?next=https://evil.example', '?user_code=//evil.example', '#x', ''])
      expect(await leadsTo(fetch, `${SHORT}/go${query}`)).toEqual([302, `${ISSUER}/device`])
    for (const address of [`${SHORT}/go/evil.example`, 'https://evil.example/go'])
      expect((await get(fetch, address)).status).toBe(404)
  })

  it('DA-5 a scan that comes by it goes straight to the question', async () => {
    const fetch = workerWith({ ISSUER, VERIFICATION_URI: SHORT })
    const person = new Person(fetch, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
    const { answer, userCode } = await startDevice('tv', { fetch })
    // Fetch Metadata §2.3: a navigation that the browser's user began stays `none` across redirects.
    const headers = {
      'Sec-Fetch-Site': 'none',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    }
    const question = await person.open(answer.verification_uri_complete, headers)
    expect(question.url.origin + question.url.pathname).toBe(`${ISSUER}/device/confirm`)
    expect(question.html).toContain(userCode)
  })

  it('DA-5 is listed for the service’s own apps beside the page', async () => {
    const fetch = workerWith({
      ISSUER: `${ISSUER}/auth`,
      VERIFICATION_URI: SHORT,
      APPLE_APPS: ['ABCDE12345.com.example.tv'],
    })
    const response = await get(fetch, `${SHORT}/.well-known/apple-app-site-association`)
    expect(await response.json()).toMatchObject({
      applinks: {
        details: [
          {
            components: [
              { '/': '/auth/device', '?': { user_code: '?*' } },
              { '/': '/', '?': { user_code: '?*' } },
            ],
          },
        ],
      },
    })
  })
})
