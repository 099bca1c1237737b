// A server under load, as the load generator sees it: its way to start and poll for a device, and
// to approve as a signed-in person, on whatever pages that server has.
import { Browser, hiddenFields } from './browser.ts'
import { type Answer, Connection, FORM } from './connection.ts'
import type { ServerProcess } from './server-process.ts'

export interface Flow {
  readonly deviceCode: string
  readonly userCode: string
}

export type Polled = 'pending' | 'too soon' | 'tokens'

export interface Target {
  readonly name: string
  readonly server: ServerProcess
  /** It has no sign-ins: two writes stand for one. */
  readonly isBare: boolean
  /** One device authorization. */
  start(device: Connection): Promise<Flow>
  /** One poll; throws at any other answer. */
  poll(device: Connection, flow: Flow): Promise<Polled>
  /** A browser of a new, signed-in person. */
  signUp(): Promise<Browser>
  /** All that a browser loads until the device is allowed and the person has read so. */
  allow(browser: Browser, flow: Flow, onTap?: () => void): Promise<void>
}

export const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code'
export const SCOPE = 'openid profile offline_access'

/**
 * The location that Cloudflare's edge gives the Worker for everyone; devices and people share one
 * home.
 */
export const EDGE_HEADERS = {
  'CF-Connecting-IP': '192.0.2.17',
  'X-CF': JSON.stringify({
    city: 'Turku',
    region: 'Southwest Finland',
    country: 'FI',
    asn: 719,
    asOrganization: 'Elisa',
  }),
}
const DEVICE_HEADERS = { ...FORM, ...EDGE_HEADERS }

const form = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString()

const started = (answer: Answer): Flow => {
  if (answer.status !== 200) throw new Error(`not started: ${answer.status} ${answer.body}`)
  const { device_code, user_code } = JSON.parse(answer.body) as Record<string, string>
  return { deviceCode: device_code ?? '', userCode: user_code ?? '' }
}

const polled = ({ status, body }: Answer): Polled => {
  if (status === 200 && body.includes('"access_token"')) return 'tokens'
  if (body.includes('"authorization_pending"')) return 'pending'
  if (body.includes('"slow_down"')) return 'too soon'
  throw new Error(`an unexpected answer to a poll: ${status} ${body}`)
}

const expectPage = (answer: Answer, text: string): void => {
  if (!answer.body.includes(text)) throw new Error(`no "${text}": ${answer.status} ${answer.body}`)
}

let people = 0

/** Antenna, and which of its clients the devices are. */
export const antenna = (
  name: string,
  server: ServerProcess,
  clientId: string,
  pollHeaders: Readonly<Record<string, string>> = {},
): Target => ({
  name,
  server,
  isBare: false,
  start: async (device) =>
    started(
      await device.post(
        '/device_authorization',
        form({ client_id: clientId, scope: SCOPE }),
        DEVICE_HEADERS,
      ),
    ),
  poll: async (device, { deviceCode }) =>
    polled(
      await device.post(
        '/token',
        form({ grant_type: GRANT_TYPE, client_id: clientId, device_code: deviceCode }),
        { ...DEVICE_HEADERS, ...pollHeaders },
      ),
    ),
  signUp: async () => {
    const browser = new Browser(server.port, EDGE_HEADERS)
    const page = await browser.open('/device/create-account')
    people += 1
    const email = `person${people}.${process.pid}@example.com`
    await browser.submit('/device/create-account', {
      ...hiddenFields(page),
      name: `Person ${people}`,
      email,
      password: 'plums in the icebox',
    })
    if (!browser.cookies.has('session')) throw new Error('no account was made')
    return browser
  },
  allow: async (browser, { userCode }, onTap) => {
    const question = await browser.open(`/device?user_code=${userCode}`)
    const fields = { ...hiddenFields(question), decision: 'allow' }
    onTap?.()
    expectPage(await browser.submit('/device/confirm', fields), 'picture lit')
  },
})

const startOidc = async (device: Connection): Promise<Flow> =>
  started(await device.post('/device/auth', form({ client_id: 'bench', scope: SCOPE })))

const confirmOidc = async (
  browser: Browser,
  { userCode }: Flow,
  onTap?: () => void,
): Promise<Answer> => {
  const scanned = await browser.open(`/device?user_code=${userCode}`)
  const question = await browser.submit('/device', hiddenFields(scanned))
  onTap?.()
  return browser.submit('/device', hiddenFields(question))
}

/** oidc-provider; to sign in there, a device has to be allowed. */
export const oidcProvider = (name: string, server: ServerProcess): Target => ({
  name,
  server,
  isBare: false,
  start: startOidc,
  poll: async (device, { deviceCode }) =>
    polled(
      await device.post(
        '/token',
        form({ grant_type: GRANT_TYPE, client_id: 'bench', device_code: deviceCode }),
      ),
    ),
  signUp: async () => {
    const device = new Connection(server.port)
    const browser = new Browser(server.port)
    const page = await confirmOidc(browser, await startOidc(device))
    device.close()
    const action = /action="([^"]+)"/.exec(page.body)?.[1] ?? ''
    people += 1
    const fields = { prompt: 'login', login: `person${people}`, password: 'any' }
    expectPage(await browser.submit(action, fields), 'Sign-in Success')
    return browser
  },
  allow: async (browser, flow, onTap) =>
    expectPage(await confirmOidc(browser, flow, onTap), 'Sign-in Success'),
})

/** better-auth has no pages: what a page of its user would have to ask it. */
export const betterAuth = (name: string, server: ServerProcess): Target => ({
  name,
  server,
  isBare: false,
  start: async (device) =>
    started(await device.post('/api/auth/device/code', form({ client_id: 'bench', scope: SCOPE }))),
  poll: async (device, { deviceCode }) =>
    polled(
      await device.post(
        '/api/auth/device/token',
        JSON.stringify({ grant_type: GRANT_TYPE, client_id: 'bench', device_code: deviceCode }),
        { 'Content-Type': 'application/json' },
      ),
    ),
  signUp: async () => {
    const browser = new Browser(server.port, { Origin: server.origin })
    people += 1
    const email = `person${people}@example.com`
    const account = { name: 'Person', email, password: 'plums in the icebox' }
    const answer = await browser.send('/api/auth/sign-up/email', account)
    if (answer.status !== 200) throw new Error(`no account was made: ${answer.body}`)
    return browser
  },
  allow: async (browser, { userCode }, onTap) => {
    expectPage(await browser.open(`/api/auth/device?user_code=${userCode}`), 'pending')
    onTap?.()
    const answer = await browser.send('/api/auth/device/approve', { userCode })
    expectPage(answer, 'true')
  },
})

/** The bare object, which is created and written once, and then once more; and the ceiling. */
export const bare = (name: string, server: ServerProcess, write = 'write'): Target => ({
  name,
  server,
  isBare: true,
  start: async (device) => {
    const deviceCode = crypto.randomUUID()
    await device.post(`/${write}/${deviceCode}`, '')
    return { deviceCode, userCode: deviceCode }
  },
  poll: async (device, { deviceCode }) => {
    await device.post(`/nothing/${deviceCode}`, '')
    return 'pending'
  },
  signUp: async () => new Browser(server.port),
  allow: async (browser, { deviceCode }) => {
    await browser.open(`/${write}/${deviceCode}`)
  },
})

/**
 * The bare objects again, asked and written as often as Antenna's in a sign-in: what the same steps
 * cost where nothing is thought about, drawn or signed.
 */
export const bareSignIn = (name: string, server: ServerProcess): Target => ({
  ...bare(name, server, 'alarm'),
  isBare: false,
  poll: async (device, { deviceCode }) => {
    await device.post(
      `/nothing/${deviceCode},write/${deviceCode},write/person-${deviceCode.slice(0, 1)}`,
      '',
    )
    return 'tokens'
  },
  allow: async (browser, { deviceCode }) => {
    const person = `person-${deviceCode.slice(0, 1)}`
    await browser.open('/none')
    await browser.open(`/nothing/${person},nothing/${deviceCode}`)
    await browser.open(`/nothing/${person},nothing/${deviceCode},write/${deviceCode}`)
    await browser.open(`/nothing/${person}`)
  },
})

/** The bare objects again, with a poll that waits on their sockets until it is cut. */
export const bareHolding = (name: string, server: ServerProcess): Target => ({
  ...bare(name, server, 'alarm'),
  poll: async (device, { deviceCode }) => {
    await device.post(`/hold/${deviceCode}`, '')
    return 'pending'
  },
})
