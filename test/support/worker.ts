// The Worker under test, of wrangler.toml with the test settings or others, its secret and its rate
// limits; requests to it, and their place.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { macSecret } from '../../src/tokens/signing-keys.ts'
import { expectDescribed } from './described.ts'
import { type Network, freshAddress } from './places.ts'
import { ISSUER, TEST_VARS } from './settings.ts'

export { freshAddress } from './places.ts'

export type Fetch = (request: Request) => Promise<Response>

/** The Worker as it is deployed, through its own `fetch`. */
export const worker: Fetch = async (request) => {
  const response = await exports.default.fetch(request)
  await expectDescribed(request, response)
  return response
}

/** A Worker with other settings, in the test's own context. */
export const workerWith = (vars: object): Fetch => {
  const app = createApp(parseConfig({ ...TEST_VARS, ...vars }, DEMO))
  return async (request) => {
    const context = createExecutionContext()
    const response = await app.fetch(request, env, context)
    await waitOnExecutionContext(context)
    await expectDescribed(request, response)
    return response
  }
}

export const url = (path: string): string => `${ISSUER}${path}`

/** A form, as a client sends it. */
export const formRequest = (
  path: string,
  fields: Readonly<Record<string, string>> | string,
  headers: Readonly<Record<string, string>> = {},
): Request =>
  new Request(url(path), {
    method: 'POST',
    body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'CF-Connecting-IP': freshAddress(),
      ...headers,
    },
    redirect: 'manual',
  })

export interface Placed {
  /** Undefined outside Cloudflare's network, where no edge tells anything. */
  readonly network: Network | undefined
  /** The address of each request by default. */
  readonly address?: string
}

/** Sends the requests of `fetch` from this place. */
export const sentFrom =
  ({ network, address }: Placed, fetch: Fetch = workerWith({})): Fetch =>
  (request) => {
    const placed = new Request(request, network && { cf: { ...network } as never })
    if (address !== undefined) placed.headers.set('CF-Connecting-IP', address)
    return fetch(placed)
  }

/** The secret that the server seals with. */
export const serverSecret = (): Promise<Uint8Array> => macSecret(env)

/** A value sealed with it has the right form, and is a forgery. */
export const STRANGERS_SECRET = new Uint8Array(32).fill(7)

/** Refuses every request under this key of a rate limit, until mocks are restored. */
export const useUp = (limit: RateLimit, key: string): void => {
  vi.spyOn(limit, 'limit').mockImplementation((asked) =>
    Promise.resolve({ success: asked.key !== key }),
  )
}
