// VP-2 as a table: each address below /device and /devices, and what another site that has it opened
// in a person's browser may change there.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { activationRoutes } from '../../src/pages/routes.tsx'
import { authorizationBehind, startDevice } from '../support/device.ts'
import { PUSH_VARS, Resident, Subscription } from '../support/household.ts'
import { type Fields, LINKS, PARTS, sent } from './other-site.ts'
import { attemptCookie, resultCookie } from '../support/visitor.ts'
import { Person } from '../support/person.ts'
import { RECIFE, TURKU } from '../support/places.ts'
import { freshAddress, serverSecret, workerWith, sentFrom } from '../support/worker.ts'
import { ISSUER, TEST_VARS } from '../support/settings.ts'

const ACME = {
  id: 'acme',
  name: 'Acme',
  issuer: 'https://acme.example',
  client_id: 'antenna',
}
const SETTINGS = { ...PUSH_VARS, IDENTITY_PROVIDERS: [ACME] }

// Cookies that a link of another site may change there, besides a first form token. Parts of such a
// page may change nothing at all.
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  '/device': [],
  '/device?user_code=BCDF-BCDF&ui_locales=de': [],
  '/device/sign-in?ui_locales=de&user_code=BCDF-BCDF&next=devices&switch=yes': [],
  '/device/sign-in/at/acme?user_code=BCDF-BCDF': [],
  '/device/sign-in/at/acme/callback?code=c&state=other': [],
  '/device/sign-in/at/acme/callback?error=access_denied': [],
  '/device/create-account': [],
  '/device/confirm': [],
  '/device/confirm?waiting=QkNERi1CQ0RG': [],
  '/device/sign-in?waiting=QkNERi1CQ0RG': [],
  '/device/result': [],
  '/device/nowhere': [],
  '/devices?done=removed': [],
  '/devices/passkey': [],
}

describe('the effects of another site', () => {
  const fetch = workerWith(SETTINGS)
  let resident: Resident
  let waiting: string
  let cookies: Fields

  beforeAll(async () => {
    resident = await Resident.join(TURKU)
    await new Subscription().add(resident.browser)
    waiting = (await startDevice()).userCode
    cookies = {
      session: resident.browser.cookies.get('__Host-session') ?? '',
      user_code: waiting.replace('-', ''),
      language: 'fr',
      result: resultCookie(await serverSecret(), { userCode: (await startDevice()).userCode }),
      upstream_s: attemptCookie(await serverSecret(), 's'),
    }
  })

  const browserWith = (some: Fields): Person => {
    // Elsewhere, which the account would learn.
    const person = new Person(sentFrom({ network: RECIFE }, fetch), ISSUER, {
      'CF-Connecting-IP': freshAddress(),
      'Accept-Language': 'en, de, fr',
    })
    for (const [name, value] of Object.entries(some)) person.cookies.set(`__Host-${name}`, value)
    return person
  }

  const stored = async () => {
    const account = env.ACCOUNT.get(env.ACCOUNT.idFromString(resident.subject))
    const objects = [account, authorizationBehind(waiting), authorizationBehind('BCDF-BCDF')]
    return Promise.all(
      objects.map((object) =>
        runInDurableObject(object as DurableObjectStub, async (_, { storage }) => [
          ...(await storage.list()),
        ]),
      ),
    )
  }

  const opened = async (address: string, headers: Fields, some: Fields) => {
    const limit = vi.spyOn(env.PERSON_LIMIT, 'limit')
    const before = await stored()
    const person = browserWith(some)
    const page = await person.open(address, headers)
    expect(await stored()).toStrictEqual(before)
    const changed = person.setCookies.map((header) => /^__Host-(\w+)=/.exec(header)?.[1] ?? header)
    const counted = limit.mock.calls.map(([{ key }]) => key.split(' 2001')[0])
    limit.mockRestore()
    return { page, changed, counted }
  }

  const rows = Object.entries(LINKS).flatMap(([kind, headers]) =>
    Object.entries(ADDRESSES).map(([address, allowed]) => ({ kind, address, headers, allowed })),
  )

  it.each(rows)(
    '$address by $kind: no cookie but $allowed, nothing stored, nothing counted',
    async ({ address, headers, allowed }) => {
      const { page, changed, counted } = await opened(address, headers, cookies)
      expect(changed).toStrictEqual(allowed)
      // It has an allowance of its own.
      expect(counted).toStrictEqual(address.startsWith('/devices') ? ['devices by link'] : [])
      expect(page.url.origin).toBe(ISSUER)
      expect(page.html).not.toContain('The device is removed.')
    },
  )

  it.each(Object.entries(ADDRESSES))(
    '%s, without a session: a first form token and %j',
    async (address, allowed) => {
      const headers = sent('cross-site', 'navigate', 'document')
      const { changed, counted } = await opened(address, headers, {})
      expect(new Set(changed)).toStrictEqual(new Set(['visit', ...allowed]))
      expect(counted).toStrictEqual([])
    },
  )

  it.each(
    Object.entries(PARTS).flatMap(([kind, headers]) =>
      Object.keys(ADDRESSES).map((address) => ({ kind, address, headers })),
    ),
  )('$address by $kind: none', async ({ address, headers }) => {
    for (const some of [cookies, {}]) {
      const { page, changed, counted } = await opened(address, headers, some)
      expect([page.status, changed, counted]).toStrictEqual([403, [], []])
    }
  })

  it('a form from another site replaces no form token', async () => {
    for (const address of ['/device', '/device/sign-in', '/devices/sign-out', '/authorize']) {
      const person = browserWith({})
      await person.post(address, { user_code: waiting }, { 'Sec-Fetch-Site': 'cross-site' })
      expect(person.setCookies).toStrictEqual([])
    }
  })

  it('the table has a row for every page', () => {
    const { routes } = activationRoutes(parseConfig({ ...TEST_VARS, ...SETTINGS }, DEMO))
    const pages = routes
      .filter(({ method, path }) => method === 'GET' && /^\/devices?(\/|$)/.test(path))
      .map(({ path }) => path.replace(':provider', 'acme'))
      // Files have no cookie and ask no object.
      .filter((path) => !/\/device\/[a-z-]+\.(css|js|svg)$|\/logo$/.test(path))
    const named = Object.keys(ADDRESSES).map((address) => address.split('?')[0])
    expect(new Set(named)).toStrictEqual(new Set([...pages, '/device/nowhere']))
  })
})
