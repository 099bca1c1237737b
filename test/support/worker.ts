// The Worker under test: the one of wrangler.toml with the test settings, or one with others.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { expectDescribed } from './described.ts'
import { ISSUER, TEST_VARS } from './settings.ts'

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

let addresses = 0

/** An address that is new in this file, so that one test's limits are not another's. */
export const freshAddress = (): string => {
  addresses += 1
  return `2001:db8:${addresses.toString(16)}::1`
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
