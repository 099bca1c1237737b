// A valid request for every page and every form, from the browser of a signed-in person.
import * as fc from 'fast-check'
import { sha256 } from '../../../src/crypto.ts'
import { approve, startDevice } from '../../support/device.ts'
import { type Draft, formDraft, plainDraft } from './draft.ts'
import { hostileJson, jsonObject } from './hostile.ts'
import { PASSWORD } from '../../support/person.ts'
import { serverSecret } from '../../support/worker.ts'
import { PUSH_KEY } from '../../support/settings.ts'
import { type Cookies, type Visitor, attemptCookie, resultCookie } from '../../support/visitor.ts'

/** The form token for these cookies. */
export const formTokenFor = (cookies: Cookies): string =>
  sha256(`form ${cookies['session'] ?? cookies['visit'] ?? ''}`)

export const cookieHeader = (cookies: Cookies): string =>
  Object.entries(cookies)
    .map(([name, value]) => `__Host-${name}=${encodeURIComponent(value.toWellFormed())}`)
    .join('; ')

const base64url = (text: string) => Buffer.from(text).toString('base64url')

type Members = readonly (readonly [string, string])[]

/** A browser's assertion by a passkey of `subject`; the members are JSON. */
export const credentialOf = (
  subject: string,
  clientData: Members,
  members: Members = [],
): string => {
  const response = {
    clientDataJSON: base64url(jsonObject(clientData)),
    authenticatorData: 'AAAA',
    attestationObject: 'o2NmbXRkbm9uZQ',
    signature: 'AAAA',
    userHandle: Buffer.from(subject, 'hex').toString('base64url') || 'AAAA',
  }
  return jsonObject([
    ['id', '"AAAA"'],
    ['rawId', '"AAAA"'],
    ['type', '"public-key"'],
    ['response', JSON.stringify(response)],
    ...members,
  ])
}

/** The same, of any shape. */
const hostileCredential: fc.Arbitrary<(subject: string) => string> = fc
  .record({
    clientData: fc.array(
      fc.tuple(
        fc.constantFrom('challenge', 'origin', 'type', 'crossOrigin', 'topOrigin'),
        hostileJson,
      ),
      { maxLength: 4 },
    ),
    members: fc.array(
      fc.tuple(
        fc.constantFrom('id', 'rawId', 'type', 'response', 'clientExtensionResults', '__proto__'),
        hostileJson,
      ),
      { maxLength: 1 },
    ),
    isOwn: fc.boolean(),
  })
  .map(
    ({ clientData, members, isOwn }) =>
      (subject) =>
        credentialOf(isOwn ? subject : '', clientData, members),
  )

export interface Odd {
  readonly credential: (subject: string) => string
  /** One in so many signs in or makes an account, which takes a hash. */
  readonly isSlow: boolean
}

export const odd: fc.Arbitrary<Odd> = fc.record({
  credential: hostileCredential,
  isSlow: fc.nat({ max: 4 }).map((one) => one === 0),
})

type Make = (visitor: Visitor, odd: Odd) => Draft | Promise<Draft>

/** A device that waits for an answer, and another that has one. */
const waiting = async (): Promise<string> => (await startDevice()).userCode
const allowed = async ({ subject }: Visitor): Promise<string> => {
  const { userCode } = await startDevice()
  await approve(userCode, { subject })
  return userCode
}

const own =
  (path: string, fields: Readonly<Record<string, string>> = {}): Make =>
  () =>
    formDraft(path, fields)

export const PAGE_REQUESTS: Readonly<Record<string, Make>> = {
  'the first page': () => plainDraft('GET', '/device'),
  'a scan': async () => plainDraft('GET', `/device?user_code=${await waiting()}&ui_locales=de`),
  'a typed code': async () => formDraft('/device', { user_code: await waiting() }),
  'the way in': () => plainDraft('GET', '/device/sign-in'),
  'a sign-in': ({ email }, { isSlow }) =>
    formDraft('/device/sign-in', {
      email: isSlow ? email : 'nobody',
      password: PASSWORD,
      user_code: 'BCDF-BCDF',
    }),
  'a passkey': ({ subject }, { credential }) =>
    formDraft('/device/sign-in/passkey', {
      credential: credential(subject),
      user_code: 'BCDF-BCDF',
    }),
  'off to a provider': () => plainDraft('GET', '/device/sign-in/at/acme'),
  'back from a provider': () =>
    plainDraft('GET', '/device/sign-in/at/acme/callback?state=s&code=c&iss=https://acme.example'),
  'no account yet': () => plainDraft('GET', '/device/create-account'),
  'a new account': (_, { isSlow }) =>
    formDraft('/device/create-account', {
      name: 'Ada',
      email: `${crypto.randomUUID()}@example.com`,
      password: isSlow ? PASSWORD : 'short',
      user_code: 'BCDF-BCDF',
    }),
  'a question': () => plainDraft('GET', '/device/confirm'),
  'a yes': async () =>
    formDraft('/device/confirm', { user_code: await waiting(), decision: 'allow' }),
  'a no': async () =>
    formDraft('/device/confirm', { user_code: await waiting(), decision: 'deny' }),
  'a check': async () => {
    const code = await waiting()
    const check = { typed_code: code, in_front: 'yes', shown: 'AAAA' }
    return formDraft('/device/confirm', { user_code: code, decision: 'check', ...check })
  },
  'a report': async () =>
    formDraft('/device/confirm', { user_code: await waiting(), decision: 'report' }),
  'a result': () => plainDraft('GET', '/device/result'),
  'a regret': async (visitor) =>
    formDraft('/device/result', {
      decision: 'not-me',
      sure: 'yes',
      result: resultCookie(await serverSecret(), { userCode: await allowed(visitor) }),
    }),
  'another person': own('/device/sign-out', { user_code: 'BCDF-BCDF' }),
  'own devices': () => plainDraft('GET', '/devices?done=renamed'),
  'another name': ({ grantId }) =>
    formDraft('/devices/device/rename', { id: grantId, name: 'Kitchen' }),
  'a device less': ({ grantId }) =>
    formDraft('/devices/device/remove', { id: grantId, sure: 'yes' }),
  'a passkey’s name': own('/devices/passkey/rename', { id: 'AAAA', name: 'Phone' }),
  'a passkey less': own('/devices/passkey/remove', { id: 'AAAA', sure: 'yes' }),
  'before a passkey': () => plainDraft('GET', '/devices/passkey'),
  'a passkey more': ({ subject }, { credential }) =>
    formDraft('/devices/passkey/add', { credential: credential(subject), name: 'Phone' }),
  'a session less': own('/devices/session/end', { id: 'AAAAAAAAAAA' }),
  'an answer elsewhere': async (visitor) =>
    formDraft('/device/confirm/decision', { user_code: await allowed(visitor), shown: 'AAAA' }),
  'a browser that is asked': own('/devices/prompts/add', {
    endpoint: 'https://fcm.googleapis.com/fcm/send/x',
    p256dh: PUSH_KEY,
    auth: 'AAAAAAAAAAAAAAAAAAAAAA',
  }),
  'a browser that is not': own('/devices/prompts/remove', { id: 'AAAAAAAAAAA' }),
  'a notification’s no': own('/devices/prompts/not-me', {
    user_code: 'BCDF-BCDF',
    endpoint: 'https://fcm.googleapis.com/fcm/send/x',
  }),
  'none at all': own('/devices/everywhere', { with_devices: 'yes' }),
  'out of here': own('/devices/sign-out'),
  'nothing here': () => plainDraft('GET', '/device/nowhere'),
  'an authorization request': () =>
    plainDraft('GET', '/authorize?client_id=tv&redirect_uri=https://evil.test/&state=x'),
  'one in a form': own('/authorize', { client_id: 'tv', redirect_uri: 'https://evil.test/' }),
  'the style sheet': () => plainDraft('GET', '/device/style.css?client_id=tv'),
  'a script': () => plainDraft('GET', '/device/passkey.js'),
  'an icon': () => plainDraft('GET', '/device/icon.svg?client_id=tv'),
  'a logo': () => plainDraft('GET', '/device/logo?client_id=tv'),
}

/** After these there is not much left of the visitor. */
export const ENDING: ReadonlySet<string> = new Set([
  'a sign-in',
  'a new account',
  'another person',
  'a regret',
  'a device less',
  'none at all',
  'out of here',
])

/** The cookies that a browser has besides, as far as the request is right. */
export const cookiesFor = async (name: string, visitor: Visitor): Promise<Cookies> => ({
  ...visitor.cookies,
  user_code: name === 'a question' ? await waiting() : 'BCDFBCDF',
  ...(name === 'a result' && {
    result: resultCookie(await serverSecret(), { userCode: await allowed(visitor) }),
  }),
  ...(name === 'back from a provider' && {
    upstream_s: attemptCookie(await serverSecret(), 's'),
  }),
})
