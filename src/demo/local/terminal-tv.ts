// A television in a terminal: requests a code, draws it, waits, greets (RFC 8628 §3.1–§3.5). An ordinary
// openid-client program; `npm run tv -- --help` explains how to point it at a server.
import { parseArgs, stripVTControlCharacters } from 'node:util'
import {
  allowInsecureRequests,
  ClientError,
  type Configuration,
  customFetch,
  type CustomFetch,
  type DeviceAuthorizationResponse,
  discovery,
  fetchUserInfo,
  initiateDeviceAuthorization,
  None,
  pollDeviceAuthorizationGrant,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { qrModules } from '../../qr-code.ts'
import { DEFAULT_ADDRESS, storedAddress } from './address.ts'

const DEFAULTS = {
  clientId: 'demo-tv',
  scope: 'openid profile email offline_access library:read',
}
const DEVICE_NAME = 'Terminal TV (demo)'
const HELP = `A television in a terminal (OAuth 2.0 Device Authorization Grant, RFC 8628)

  npm run tv -- [options]

  --issuer URL      the server         the one that npm start runs, or ${DEFAULT_ADDRESS}
  --client-id ID    a public client    ${DEFAULTS.clientId}
  --scope SCOPES    what to ask for    ${DEFAULTS.scope}
  --help            this text
`

const HELD_POLL_SECONDS = 25
// Longer than a held poll; the default of openid-client is 30 s.
const REQUEST_TIMEOUT_SECONDS = 35
const LONGEST_BACK_OFF_SECONDS = 30
// The server decides when a code expires; this clock counts only while the server is unreachable.
const EXPIRY_GRACE_MS = 5000

const EXPIRED = 'The code expired before it was approved. Run this again for a new one.'

const QUIET_ZONE = 2
const HALF_BLOCKS = [' ', '▄', '▀', '█']
// Colours 16 and 231 are true black and white whatever the terminal's theme; cameras need both.
const BLACK_ON_WHITE = '\x1b[38;5;16;48;5;231m'
const RESET = '\x1b[0m'
const CLEAR_LINE = '\r\x1b[2K'
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const GAP = '   '

const out = process.stdout

/** A problem whose message is shown as it is. */
class Problem extends Error {}

const main = async (): Promise<void> => {
  const options = await readOptions()
  if (options.help) {
    out.write(HELP)
    return
  }
  const { issuer, clientId, scope } = options
  try {
    const config = await discovery(issuer, clientId, undefined, None(), {
      timeout: REQUEST_TIMEOUT_SECONDS,
      [customFetch]: holdPolls,
      execute: issuer.protocol === 'http:' ? [allowInsecureRequests] : [],
    })
    const device = await initiateDeviceAuthorization(config, { scope, device_name: DEVICE_NAME })
    showCode(device)
    const token = await waitForToken(config, device)
    const subject = token.claims()?.sub
    const person =
      subject === undefined ? undefined : await fetchUserInfo(config, token.access_token, subject)
    const name = person?.name ?? person?.email
    out.write(` ${bold(name === undefined ? 'Welcome.' : `Hello, ${name}.`)}\n\n`)
    out.write(` Granted  ${token.scope ?? scope}\n`)
    if (token.expires_in !== undefined)
      out.write(` Token    valid for ${inWords(token.expires_in)}\n`)
    out.write('\n')
  } catch (error) {
    throw explain(error, issuer, clientId)
  }
}

const readOptions = async () => {
  try {
    const { values } = parseArgs({
      options: {
        issuer: { type: 'string', default: (await storedAddress()) ?? DEFAULT_ADDRESS },
        'client-id': { type: 'string', default: DEFAULTS.clientId },
        scope: { type: 'string', default: DEFAULTS.scope },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const { issuer, 'client-id': clientId, scope, help } = values
    return { issuer: parseIssuer(issuer), clientId, scope, help }
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Problem) throw error
    throw new Problem(`${error.message.split('. ')[0] ?? ''}. Try --help.`)
  }
}

const parseIssuer = (text: string): URL => {
  const url = URL.parse(text)
  if (url === null) throw new Problem(`--issuer must be a URL like ${DEFAULT_ADDRESS}.`)
  const isLoopback = /^(localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback)) return url
  throw new Problem('--issuer must be an https URL; plain http is for this machine only.')
}

// Lets the server hold a poll until the decision (RFC 7240 §4.3).
const holdPolls: CustomFetch = (url, options) => {
  const isPoll = options.body instanceof URLSearchParams && options.body.has('device_code')
  const headers = isPoll
    ? { ...options.headers, prefer: `wait=${HELD_POLL_SECONDS}` }
    : options.headers
  return fetch(url, { ...options, headers })
}

const showCode = (device: DeviceAuthorizationResponse): void => {
  const complete = device.verification_uri_complete
  const columns = out.isTTY ? out.columns - 1 : Infinity
  const picture = complete === undefined ? undefined : drawQr(complete)
  // A QR code that wraps at the edge cannot be scanned.
  const qr = picture === undefined || picture.columns > columns ? undefined : picture
  const steps = [
    bold('Sign in with your phone'),
    '',
    qr ? '1  Scan the QR code, or open' : '1  On your phone or computer, open',
    `   ${bold(device.verification_uri.replace(/^https?:\/\//, ''))}`,
    '',
    qr ? '2  Enter or confirm this code' : '2  Enter this code',
    `   ${bold(device.user_code)}`,
    '',
    '3  Choose Allow',
  ]
  const stepColumns = Math.max(...steps.map((line) => stripVTControlCharacters(line).length))
  const lines =
    qr === undefined
      ? steps
      : qr.columns + GAP.length + stepColumns <= columns
        ? beside(qr.lines, steps)
        : [...qr.lines, '', ...steps]
  out.write(`\n${lines.map((line) => ` ${line}\n`).join('')}\n`)
}

/** A QR symbol in half blocks: each line of text shows two rows of modules. */
const drawQr = (text: string): { columns: number; lines: string[] } => {
  const modules = qrModules(text)
  const end = modules.length + QUIET_ZONE
  const dark = (row: number, column: number) => (modules[row]?.[column] ? 1 : 0)
  const lines: string[] = []
  for (let row = -QUIET_ZONE; row < end; row += 2) {
    let line = ''
    for (let column = -QUIET_ZONE; column < end; column += 1) {
      line += HALF_BLOCKS[2 * dark(row, column) + dark(row + 1, column)]
    }
    lines.push(BLACK_ON_WHITE + line + RESET)
  }
  return { columns: modules.length + 2 * QUIET_ZONE, lines }
}

const beside = (picture: readonly string[], text: readonly string[]): string[] => {
  const top = Math.floor((picture.length - text.length) / 2)
  return picture.map((line, index) => line + GAP + (text[index - top] ?? ''))
}

const waitForToken = async (config: Configuration, device: DeviceAuthorizationResponse) => {
  const expiresAtMs = Date.now() + device.expires_in * 1000
  const signal = AbortSignal.timeout(device.expires_in * 1000 + EXPIRY_GRACE_MS)
  const line = showWaiting(expiresAtMs)
  try {
    for (let backOff = 1; ; backOff = Math.min(2 * backOff, LONGEST_BACK_OFF_SECONDS)) {
      try {
        line.say('Waiting for your phone')
        return await pollDeviceAuthorizationGrant(config, device, undefined, { signal })
      } catch (error) {
        if (Date.now() >= expiresAtMs) throw new Problem(EXPIRED, { cause: error })
        if (!isTransient(error)) throw error
        line.say('Reconnecting …')
        await sleep(backOff)
      }
    }
  } finally {
    line.end()
  }
}

/** The last line on the screen: the state, and the time until the code expires. */
const showWaiting = (expiresAtMs: number) => {
  let shown = ''
  const draw = () => {
    const line = ` ${shown}, ${minutesAndSeconds(expiresAtMs - Date.now())} left `
    // A line that wraps could not be cleared.
    out.write(CLEAR_LINE + line.slice(0, out.columns - 1))
  }
  const timer = out.isTTY ? setInterval(draw, 1000) : undefined
  if (out.isTTY) out.write(HIDE_CURSOR)
  return {
    say: (text: string) => {
      if (shown === text) return
      shown = text
      if (out.isTTY) draw()
      else out.write(` ${text}, ${minutesAndSeconds(expiresAtMs - Date.now())} left\n`)
    },
    end: () => {
      clearInterval(timer)
      clearWaiting()
    },
  }
}

const clearWaiting = (): void => {
  if (out.isTTY) out.write(CLEAR_LINE + SHOW_CURSOR)
}

/** True for a failure of the network or a temporary one of the server: the code is still valid. */
const isTransient = (error: unknown): boolean => {
  if (error instanceof TypeError) return !('code' in error)
  if (error instanceof ResponseBodyError) return isTransientStatus(error.status)
  if (!(error instanceof ClientError)) return false
  return (
    error.code === 'OAUTH_TIMEOUT' ||
    (error.cause instanceof Response && isTransientStatus(error.cause.status))
  )
}

const isTransientStatus = (status: number): boolean => status === 429 || status >= 500

const explain = (error: unknown, issuer: URL, clientId: string): unknown => {
  const server = issuer.href.replace(/\/$/, '')
  if (error instanceof ResponseBodyError) {
    const { error: code, error_description: description } = error
    if (code === 'access_denied')
      return new Problem('The request was declined. Nothing was shared.')
    if (code === 'expired_token' || code === 'invalid_grant') return new Problem(EXPIRED)
    if (code === 'invalid_client')
      return new Problem(`${server} does not know the client “${clientId}”.`)
    return new Problem(`${server} refuses: ${code}${description ? ` – ${description}` : '.'}`)
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    return new Problem(`${server} does not accept the client “${clientId}” (HTTP ${error.status}).`)
  }
  if (error instanceof TypeError && isTransient(error)) {
    return new Problem(
      `${server} cannot be reached${causeOf(error)}. Start it with “npm start”, or name another ` +
        'server: npm run tv -- --issuer https://login.example.com',
    )
  }
  if (error instanceof ClientError) {
    if (error.code === 'OAUTH_TIMEOUT') return new Problem(`${server} does not answer.`)
    return new Problem(`${server} does not answer like an OAuth server (${error.message}).`)
  }
  return error
}

const causeOf = ({ cause }: Error): string =>
  cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

const bold = (text: string): string => (out.isTTY ? `\x1b[1m${text}${RESET}` : text)

const minutesAndSeconds = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

const inWords = (seconds: number): string => {
  if (seconds >= 3600 && seconds % 3600 === 0) return plural(seconds / 3600, 'hour')
  return seconds >= 120 ? plural(Math.round(seconds / 60), 'minute') : plural(seconds, 'second')
}

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`

process.once('SIGINT', () => {
  clearWaiting()
  out.write(' Stopped.\n')
  process.exit(130)
})

try {
  await main()
} catch (error) {
  if (!(error instanceof Problem)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
