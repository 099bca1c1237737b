// Delays for people and requests of devices, with an unmodified openid-client: from the moment of
// approval to the tokens, and requests for each sign-in. Nothing here is a load test.
import { setTimeout as sleep } from 'node:timers/promises'
import * as openid from 'openid-client'
import type { Browser } from './browser.ts'
import { nth } from './load.ts'
import { EDGE_HEADERS, SCOPE, type Target } from './target.ts'

const SECOND = 1000
export const SIGN_INS = 20
/** The person of a long sign-in is done so much before: at 60 s sharp polls are due everywhere. */
const DONE_BEFORE_MS = 500
// Not before the first poll, anywhere.
const FIRST_APPROVAL_MS = 6 * SECOND
// Longer than any poll is held; openid-client's own is 30 s.
const TIMEOUT_SECONDS = 65

export interface WaitingOptions {
  readonly target: Target
  /** Each sign-in has the next one for itself. */
  readonly browsers: readonly Browser[]
  readonly clientId: string
  readonly waitSeconds?: number
  /** Repetitions of the device's rhythm; approvals are spread evenly over it. */
  readonly cycleMs: number
  readonly repetitions: number
  /** More sign-ins, which take so long; their requests are counted. */
  readonly longSignIns: number
  readonly signInSeconds: number
}

export interface Waiting {
  /** Approval → token, in ms, by repetition. */
  readonly latencies: readonly (readonly number[])[]
  /** Requests by the devices of the long sign-ins. */
  readonly requests: readonly number[]
}

export const measureWaiting = async (options: WaitingOptions): Promise<Waiting> => {
  const { browsers, cycleMs, repetitions, longSignIns, signInSeconds } = options
  let begun = 0
  const next = (approveAfterMs: number) => {
    const browser = nth(browsers, begun)
    begun += 1
    return signIn(options, browser, approveAfterMs)
  }
  const short = Array.from({ length: repetitions }, () =>
    Array.from({ length: SIGN_INS }, (_, index) =>
      // A random moment in each twentieth of the cycle, so that chance does not favour a server.
      next(FIRST_APPROVAL_MS + (cycleMs * (index + Math.random())) / SIGN_INS),
    ),
  )
  const long = Array.from({ length: longSignIns }, () =>
    next(signInSeconds * SECOND - DONE_BEFORE_MS),
  )
  const latencies = await Promise.all(short.map((repetition) => Promise.all(repetition)))
  return {
    latencies: latencies.map((repetition) => repetition.map(({ latencyMs }) => latencyMs)),
    requests: (await Promise.all(long)).map(({ requests }) => requests),
  }
}

const signIn = async (options: WaitingOptions, browser: Browser, approveAfterMs: number) => {
  const { target, clientId, waitSeconds } = options
  // Not all at once.
  await sleep(Math.random() * SECOND)
  let requests = 0
  const isBetterAuth = target.name.startsWith('better-auth')
  const send = async (url: string, { method, body, headers }: openid.CustomFetchOptions) => {
    requests += 1
    const all: Record<string, string> = { ...headers, ...EDGE_HEADERS }
    if (waitSeconds !== undefined) all['prefer'] = `wait=${waitSeconds}`
    if (!(body instanceof URLSearchParams)) return fetch(url, { method, headers: all })
    if (!isBetterAuth || !url.endsWith('/token')) return fetch(url, { method, headers: all, body })
    // It wants JSON here, which no OAuth client sends.
    const json = { ...all, 'content-type': 'application/json' }
    const fields = JSON.stringify(Object.fromEntries(body))
    return fetch(url, { method, headers: json, body: fields })
  }
  const config = await configurationOf(target, clientId, send)
  requests = 0
  const beganAt = performance.now()
  const device = await openid.initiateDeviceAuthorization(config, { scope: SCOPE })
  const polled = openid.pollDeviceAuthorizationGrant(config, device).then(() => performance.now())
  await sleep(approveAfterMs - (performance.now() - beganAt))
  let approvedAt = NaN
  const flow = { deviceCode: device.device_code, userCode: device.user_code }
  await target.allow(browser, flow, () => (approvedAt = performance.now()))
  return { latencyMs: (await polled) - approvedAt, requests }
}

const configurationOf = async (
  target: Target,
  clientId: string,
  send: openid.CustomFetch,
): Promise<openid.Configuration> => {
  const issuer = new URL(target.server.origin)
  const insecure = { execute: [openid.allowInsecureRequests] }
  if (!target.name.startsWith('better-auth'))
    return openid.discovery(issuer, clientId, undefined, openid.None(), {
      ...insecure,
      [openid.customFetch]: send,
      timeout: TIMEOUT_SECONDS,
    })
  const config = new openid.Configuration(
    {
      issuer: issuer.href,
      device_authorization_endpoint: `${issuer.origin}/api/auth/device/code`,
      token_endpoint: `${issuer.origin}/api/auth/device/token`,
    },
    clientId,
    undefined,
    openid.None(),
  )
  openid.allowInsecureRequests(config)
  config[openid.customFetch] = send
  return config
}
