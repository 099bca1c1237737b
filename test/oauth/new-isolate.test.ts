// The only request of a new isolate: it asks the Keyring once for the secret that seals
// device_codes.
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { DEVICE_CODE_GRANT, answerOf, startDevice } from '../support/device.ts'
import { type Fetch, formRequest, serverSecret } from '../support/worker.ts'
import { TEST_VARS } from '../support/settings.ts'

let secret: Uint8Array
let waiting: string

beforeAll(async () => {
  secret = await serverSecret()
  waiting = (await startDevice()).deviceCode
})
beforeEach(() => void vi.spyOn(console, 'error').mockReturnValue())

/** The Worker in an isolate of its own, which calls the Keyring through `macSecret`. */
const newIsolate = async (
  macSecret: () => Promise<Uint8Array>,
): Promise<{ fetch: Fetch; named: () => number }> => {
  // Whatever an isolate remembers is in its modules. Objects that there are do not outlive this.
  vi.resetModules()
  const { createApp } = await import('../../src/app.ts')
  const app = createApp(parseConfig(TEST_VARS, DEMO))
  const getByName = vi.fn((name: string) => env.DEVICE_AUTHORIZATION.getByName(name))
  const bindings = {
    ...env,
    DEVICE_AUTHORIZATION: { getByName },
    KEYRING: { getByName: () => ({ macSecret }) },
  }
  return {
    fetch: async (request) => app.fetch(request, bindings, createExecutionContext()),
    named: () => getByName.mock.calls.length,
  }
}

const poll = (deviceCode: string): Request =>
  formRequest('/token', {
    grant_type: DEVICE_CODE_GRANT,
    client_id: 'tv',
    device_code: deviceCode,
  })
const start = (): Request => formRequest('/device_authorization', { client_id: 'tv' })

it('DA-12 an isolate asks the Keyring once, for any number of codes', async () => {
  const macSecret = vi.fn(async () => secret)
  const { fetch } = await newIsolate(macSecret)
  for (let tried = 0; tried < 3; tried += 1) {
    const device = await startDevice('tv', { fetch })
    expect((await device.poll()).body.error).toBe('authorization_pending')
  }
  expect(macSecret).toHaveBeenCalledOnce()
})

it.each([
  ['starts', start],
  ['polls', () => poll(waiting)],
  ['polls with a forged code', () => poll('A'.repeat(79))],
])('DC-21 a device that %s gets a 503 while the Keyring is unavailable', async (_what, ask) => {
  const { fetch, named } = await newIsolate(() => Promise.reject(new Error('away')))
  const { status, headers, body } = await answerOf(await fetch(ask()))
  expect([status, body.error]).toStrictEqual([503, 'temporarily_unavailable'])
  expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
  expect(named()).toBe(0)
})
