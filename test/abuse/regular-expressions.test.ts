// Inputs that make a regular expression go round in circles: what is ten times as long may take some
// ten times as long, and not a hundred times.
import { describe, expect, it } from 'vitest'
import { parseDeviceCode, parseUserCode } from '../../src/codes.ts'
import { fromBase64url } from '../../src/crypto.ts'
import { deviceNameOf } from '../../src/sender/device-name.ts'
import { isInAppBrowser } from '../../src/sender/in-app-browser.ts'
import { plainText } from '../../src/text/plain-text.ts'
import { chooseLanguage, languageInUiLocales } from '../../src/language/language.ts'
import { parseEmail } from '../../src/identity/built-in.ts'
import {
  parseAuthenticationResponse,
  parseRegistrationResponse,
} from '../../src/identity/credential-response.ts'
import { passwordProblem } from '../../src/identity/password-policy.ts'
import { decode } from '../../src/http/parameters.ts'
import { preferredWaitSeconds } from '../../src/oauth/prefer.ts'
import { parseScope } from '../../src/oauth/scope.ts'
import { parseRefreshToken } from '../../src/tokens/refresh-token.ts'
import { parseSession } from '../../src/identity/session.ts'
import { answerOf } from '../support/device.ts'
import { everything } from './support/machine-requests.ts'
import { Person } from '../support/person.ts'
import { register } from '../support/registration.ts'
import { ISSUER } from '../support/settings.ts'
import { STRANGERS_SECRET, formRequest, freshAddress, url } from '../support/worker.ts'

const attempt = (parse: () => unknown): void => {
  try {
    parse()
  } catch {
    // Refused: all that counts is how long it took.
  }
}

/** All that reads a text of a stranger's. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'a user code': parseUserCode,
  'a device_code': (text) => parseDeviceCode(STRANGERS_SECRET, text),
  'a refresh token': (text) => parseRefreshToken(STRANGERS_SECRET, text),
  'a session': (text) => parseSession(STRANGERS_SECRET, text),
  base64url: fromBase64url,
  'a device name': plainText,
  'a User-Agent': (text) => deviceNameOf(undefined, text),
  'the User-Agent of a browser inside an app': isInAppBrowser,
  'Accept-Language': (text) => chooseLanguage(undefined, text),
  ui_locales: (text) => languageInUiLocales(text, undefined),
  'an e-mail address': parseEmail,
  'a password': (text) => passwordProblem(text.slice(0, 256), ['Northlight', text]),
  'a name beside a password': (text) => passwordProblem('correct horse battery', [text, text]),
  'a passkey': parseAuthenticationResponse,
  'a new passkey': (text) =>
    parseRegistrationResponse(JSON.stringify({ id: text, rawId: text, type: 'public-key' })),
  'a parameter': decode,
  Prefer: preferredWaitSeconds,
  scope: parseScope,
}

/** Baits for backtracking: long runs that almost match, with an end that does not. */
const BAIT = [
  ['a', '!'],
  ['A', '\0'],
  [' ', 'x'],
  ['\t ', 'x'],
  ['a ', '"'],
  ['"', 'x'],
  ['"\\', 'x'],
  ['\\', '"'],
  ['=', '!'],
  ['a=', '!'],
  ['-', '!'],
  ['a-', '!'],
  ['.', '@'],
  ['a.', '@'],
  ['a@', '@'],
  ['a@a.', '!'],
  ['a+', '@a'],
  ['1', 'x'],
  ['%41', '%'],
  ['(', ')'],
  ['(a;', 'x'],
  ['a/1 ', '('],
  ['Mozilla/5.0 (', 'x'],
  ['Android ', ';'],
  ['; ', 'build'],
  ['en,', ';'],
  ['en;q=0.', '!'],
  [',', 'x'],
  [';', 'x'],
  ['1q2w', '!'],
  ['p@ssw0rd', '!'],
  ['\u0301', 'x'],
  ['ﷺ', 'x'],
  ['😀', '\ud800'],
  ['\u202e', 'x'],
] as const

const SHORT = 3000
const LONG = 60_000

/** Something linear that takes long enough to be measured: how quick this machine is now. */
const PLAIN = 'ab'.repeat(LONG / 2)
const replaceOften = (): void => {
  for (let times = 0; times < 100; times += 1) PLAIN.replaceAll('b', 'c')
}

const msOf = async (read: () => unknown): Promise<number> => {
  // The clock of a Worker stands still until it waits for something.
  const before = await now()
  attempt(read)
  return (await now()) - before
}

const now = async (): Promise<number> => {
  await scheduler.wait(0)
  return performance.now()
}

const baited = (unit: string, end: string, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length)) + end

describe.each(Object.entries(READERS))('%s', (_, read) => {
  it('takes time proportional to the length of its text', async () => {
    const enough = await msOf(replaceOften)
    for (const [unit, end] of BAIT) {
      const long = await msOf(() => read(baited(unit, end, LONG)))
      if (long < enough) continue
      const again = await msOf(() => read(baited(unit, end, LONG)))
      const short = await msOf(() => read(baited(unit, end, SHORT)))
      const control = await msOf(replaceOften)
      expect([unit, Math.min(long, again) > 30 * short + control]).toStrictEqual([unit, false])
    }
  })
})

describe('the endpoints, with each bait in each place', () => {
  const HEADERS = [
    'Authorization',
    'DPoP',
    'Prefer',
    'User-Agent',
    'Accept-Language',
    'Content-Type',
  ]

  /** Time of the endpoints for requests with this text everywhere. */
  const msWith = async (text: string): Promise<number> => {
    const ascii = text.replaceAll(/[^\t\x20-\x7e]/gu, '?')
    const form = encodeURIComponent(text.toWellFormed()).slice(0, 60_000).replace(/%.?$/, '')
    const person = new Person(everything, ISSUER, { 'CF-Connecting-IP': freshAddress() })
    const started = await now()
    for (const header of HEADERS)
      for (const start of ['', 'Bearer ', 'Basic ', 'DPoP '].slice(
        0,
        header === 'Authorization' ? 4 : 1,
      )) {
        const headers = { [header]: start + ascii }
        await answerOf(
          await everything(formRequest('/device_authorization', 'client_id=tv', headers)),
        )
        if (['Authorization', 'DPoP'].includes(header))
          await answerOf(await everything(new Request(url('/userinfo'), { headers })))
      }
    for (const name of ['scope', 'device_name', 'client_id', 'client_assertion', 'code_challenge'])
      await everything(formRequest('/device_authorization', `${name}=${form}&client_id=tv`))
    await register(
      JSON.stringify({ client_name: text.slice(0, 1024), client_uri: text, jwks_uri: text }),
    )
    await person.open(`/device?user_code=${form.slice(0, 8000)}`)
    return (await now()) - started
  }

  it.each(BAIT)('answer %j … %j in no more time than reading takes', async (unit, end) => {
    const ratio = async () => {
      const plain = await msWith('x'.repeat(LONG))
      return (await msWith(baited(unit, end, LONG))) / plain
    }
    // Twenty-odd requests; one that ran away would take longer than all of them by itself. Again, if
    // the machine did something else meanwhile.
    const first = await ratio()
    expect(first < 5 ? first : await ratio()).toBeLessThan(5)
  })
})
