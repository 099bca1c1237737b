// The page of a failure, in an isolate whose Keyring is away: its way on is the same page again.
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { ISSUER, TEST_VARS } from '../support/settings.ts'

beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue())

const macSecret = () => Promise.reject(new Error('away'))
const BINDINGS = { ...env, KEYRING: { getByName: () => ({ macSecret }) } }

/** A reader of a page at this issuer: its status, and the address of the way on. */
const readerAt = async (issuer: string) => {
  const { createApp } = await import('../../src/app.ts')
  const app = createApp(parseConfig({ ...TEST_VARS, ISSUER: issuer }, DEMO))
  return async (address: string) => {
    const headers = {
      Cookie: '__Host-session=whatever',
      Accept: 'text/html',
      'Sec-Fetch-Site': 'same-origin',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    }
    const request = new Request(new URL(issuer).origin + address, { headers, redirect: 'manual' })
    const response = await app.fetch(request, BINDINGS, createExecutionContext())
    const [, link] = /<a class="button" href="([^"]+)"/.exec(await response.text()) ?? []
    return [response.status, link?.replaceAll('&amp;', '&')]
  }
}

describe.each([
  ['at its host', ISSUER, ''],
  ['below a path', `${ISSUER}/tv`, '/tv'],
])('VP-26 a page that failed, of an issuer %s', (_, issuer, basePath) => {
  let read: Awaited<ReturnType<typeof readerAt>>
  beforeAll(async () => {
    // What an isolate remembers is in its modules.
    vi.resetModules()
    read = await readerAt(issuer)
  })

  it.each([
    '/device?user_code=BCDF-BCDF',
    '/device/confirm?waiting=QkNERi1CQ0RG',
    '/device/sign-in?next=devices&switch=yes',
    '/devices?done=removed',
    '/authorize?response_type=code&state=x',
  ])('%s leads to itself', async (address) => {
    const own = basePath + address
    expect(await read(own)).toStrictEqual([503, own])
  })

  it('what an identity provider answers, which is valid once, leads to the sign-in', async () => {
    const answer = `${basePath}/device/sign-in/at/acme/callback?code=c&state=s`
    expect(await read(answer)).toStrictEqual([503, `${basePath}/device/sign-in`])
  })

  it.each([
    '//evil.example/device',
    '//evil.example//device',
    '/%5Cevil.example/device',
    '//e/device',
    '/no/such/page',
    '/devicesque',
  ])('the foreign path %s leads to the field for a code', async (path) => {
    expect(await read(path)).toStrictEqual([503, `${basePath}/device`])
  })
})
