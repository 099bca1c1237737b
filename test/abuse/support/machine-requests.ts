// A right request for everything that machines are served with: what is made wrong from there on
// reaches deep.
import * as fc from 'fast-check'
import { type Device, DEVICE_CODE_GRANT, approve, startDevice } from '../../support/device.ts'
import { type Draft, formDraft, plainDraft } from './draft.ts'
import { type KeyHolder, keyHolderOf, sha256 } from '../../support/dpop.ts'
import { as } from '../../support/grants.ts'
import { hostileJson, jsonObject } from './hostile.ts'
import { JWT_BEARER, nowInSeconds } from '../../support/key-client.ts'
import { KEY_PAIRS, kidOf, publicHalf } from '../../support/key-pairs.ts'
import { ApprovalApp } from '../../support/approval-app.ts'
import { ISSUER, PUSH, PUSH_SECRETS } from '../../support/settings.ts'
import { INITIAL_ACCESS_TOKEN, RADIO, REGISTRATION, register } from '../../support/registration.ts'
import { connectDevice } from '../../support/tokens.ts'
import { somebody } from '../../support/member.ts'
import { TrustedIssuer } from '../../support/trusted-issuer.ts'
import { type Fetch, url, workerWith } from '../../support/worker.ts'

/** Its tokens may decide about devices. */
const approvalIssuer = new TrustedIssuer()

/** A Worker with everything that there is. */
export const everything: Fetch = workerWith({
  ...REGISTRATION,
  PUSH,
  ...PUSH_SECRETS,
  APPROVAL_ISSUERS: [approvalIssuer.entry()],
  DEMO: 'on',
  CLIENT_ID_METADATA_DOCUMENTS: 'on',
  IDENTITY_PROVIDERS: [
    { id: 'acme', name: 'Acme', issuer: 'https://acme.example', client_id: 'antenna' },
  ],
})

/** Members of a JWT's header and claims that are other than they should be, as JSON. */
export interface OddJwt {
  readonly header: readonly (readonly [string, string])[]
  readonly claims: readonly (readonly [string, string])[]
}

const oddMembers = (names: readonly string[]) =>
  fc.array(fc.tuple(fc.constantFrom(...names), hostileJson), { maxLength: 2 })

export const oddJwt: fc.Arbitrary<OddJwt> = fc.record({
  header: oddMembers(['alg', 'typ', 'kid', 'jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64', '__proto__']),
  claims: oddMembers(
    'iss sub aud exp nbf iat jti htm htu ath nonce cnf client_id scope __proto__'.split(' '),
  ),
})

const base64url = (data: string | Uint8Array) => Buffer.from(data).toString('base64url')

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

const membersOf = (all: object) =>
  Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, JSON.stringify(value)] as const)

/** A JWT with a good signature, whatever it says: the odd members stand last, which win. */
export const signedJwt = async (
  header: object,
  claims: object,
  odd: OddJwt = { header: [], claims: [] },
): Promise<string> => {
  const head = base64url(jsonObject([...membersOf(header), ...odd.header]))
  const data = `${head}.${base64url(jsonObject([...membersOf(claims), ...odd.claims]))}`
  const key = await crypto.subtle.importKey('jwk', KEY_PAIRS.ES256, ES256, false, ['sign'])
  const signature = await crypto.subtle.sign(ES256, key, Buffer.from(data))
  return `${data}.${base64url(new Uint8Array(signature))}`
}

const assertionOf = (odd: OddJwt): Promise<string> => {
  const now = nowInSeconds()
  const claims = { iss: 'key-tv', sub: 'key-tv', aud: ISSUER, iat: now, exp: now + 60 }
  const jti = crypto.randomUUID()
  return signedJwt({ alg: 'ES256', kid: kidOf('ES256') }, { ...claims, jti }, odd)
}

interface ProofTarget {
  readonly method?: string
  readonly path?: string
  readonly token?: string
}

const proofOf = (
  { nonce }: KeyHolder,
  odd: OddJwt,
  { method = 'POST', path = '/token', token }: ProofTarget = {},
): Promise<string> =>
  signedJwt(
    { alg: 'ES256', typ: 'dpop+jwt', jwk: publicHalf(KEY_PAIRS.ES256) },
    {
      htm: method,
      htu: url(path),
      jti: crypto.randomUUID(),
      iat: nowInSeconds(),
      nonce,
      ...(token !== undefined && { ath: sha256(token) }),
    },
    odd,
  )

/** Secrets of honest devices and people, which an attacker may have. */
export interface Belongings {
  readonly pending: Device
  readonly challenged: Device
  readonly bound: Device
  readonly tokens: { access_token: string; refresh_token: string; id_token: string }
  readonly boundTokens: { access_token: string; refresh_token: string }
  readonly others: { access_token: string; refresh_token: string; id_token: string }
  readonly holder: KeyHolder
  readonly client: { client_id: string; registration_access_token: string }
  /** Of the service's own app. */
  readonly approvalToken: string
}

const VERIFIER = 'a'.repeat(43)

/** A client that has registered. */
export const newClient = async (): Promise<Belongings['client']> =>
  (await register(RADIO, { fetch: everything })).body

export const collectBelongings = async (): Promise<Belongings> => {
  const holder = keyHolderOf('ES256', everything)
  await holder.learnNonce()
  const approvalToken = await approvalIssuer.token('app-user', {
    claims: { exp: nowInSeconds() + 24 * 60 * 60 },
  })
  const { userCode } = await startDevice()
  await new ApprovalApp(everything, `Bearer ${approvalToken}`).review(userCode)
  return {
    holder,
    approvalToken,
    client: await newClient(),
    pending: await startDevice(),
    challenged: await startDevice('tv', {
      fields: { code_challenge: sha256(VERIFIER), code_challenge_method: 'S256' },
    }),
    bound: await startDevice('tv', { fetch: holder.fetch }),
    tokens: (await connectDevice()).tokens,
    boundTokens: (await connectDevice('tv', { fetch: holder.fetch })).tokens,
    others: (await connectDevice('other-tv')).tokens,
  }
}

type Make = (belongings: Belongings, odd: OddJwt) => Draft | Promise<Draft>

const poll = (device: Device, more: Readonly<Record<string, string>> = {}, headers = {}): Draft =>
  formDraft(
    '/token',
    {
      grant_type: DEVICE_CODE_GRANT,
      client_id: 'tv',
      device_code: device.deviceCode,
      ...more,
    },
    headers,
  )

const asserting = async (odd: OddJwt) => ({
  client_assertion: await assertionOf(odd),
  client_assertion_type: JWT_BEARER,
})

const json = (method: string, path: string, token: string, body?: object): Draft => ({
  method,
  path,
  type: 'application/json',
  headers: [['Authorization', `Bearer ${token}`]],
  body: body && JSON.stringify(body),
})

export const MACHINE_REQUESTS: Readonly<Record<string, Make>> = {
  'a device starts': () =>
    formDraft(
      '/device_authorization',
      {
        client_id: 'tv',
        scope: 'openid profile offline_access',
        resource: ISSUER,
        device_name: 'Living-room TV',
        code_challenge: 'A'.repeat(43),
        code_challenge_method: 'S256',
      },
      {
        'User-Agent': 'Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 Chrome/69 Safari/537.36',
      },
    ),
  'one with a secret starts': () =>
    formDraft(
      '/device_authorization',
      { scope: 'openid' },
      {
        Authorization: `Basic ${btoa(`basic:${encodeURIComponent(as('basic').client_secret ?? '')}`)}`,
      },
    ),
  'one that signs starts': async (_, odd) =>
    formDraft('/device_authorization', { scope: 'openid', ...(await asserting(odd)) }),
  'one with a key starts': async ({ holder }, odd) =>
    formDraft(
      '/device_authorization',
      { client_id: 'tv' },
      { DPoP: await proofOf(holder, odd, { path: '/device_authorization' }) },
    ),
  'an unlisted client starts': ({ client }) =>
    formDraft('/device_authorization', { client_id: client.client_id, device_name: 'Radio' }),
  'a device polls': ({ pending }) => poll(pending, {}, { Prefer: 'wait=0' }),
  'it polls with a verifier': ({ challenged }) => poll(challenged, { code_verifier: VERIFIER }),
  'it polls with a proof': async ({ bound, holder }, odd) =>
    poll(bound, {}, { DPoP: await proofOf(holder, odd) }),
  'it polls and signs': async ({ pending }, odd) => {
    const { deviceCode } = pending
    return formDraft('/token', {
      grant_type: DEVICE_CODE_GRANT,
      device_code: deviceCode,
      ...(await asserting(odd)),
    })
  },
  'it collects its tokens': async () => {
    const device = await startDevice()
    await approve(device.userCode, { subject: (await somebody()).subject })
    return poll(device)
  },
  'it refreshes': ({ tokens }) =>
    formDraft('/token', {
      grant_type: 'refresh_token',
      client_id: 'tv',
      refresh_token: tokens.refresh_token,
      scope: 'openid',
      resource: ISSUER,
    }),
  'it refreshes with a proof': async ({ boundTokens, holder }, odd) =>
    formDraft(
      '/token',
      { grant_type: 'refresh_token', client_id: 'tv', refresh_token: boundTokens.refresh_token },
      { DPoP: await proofOf(holder, odd) },
    ),
  'it revokes': ({ pending }) =>
    formDraft('/revoke', {
      client_id: 'tv',
      token: pending.deviceCode,
      token_type_hint: 'refresh_token',
    }),
  'an API introspects': ({ tokens }) =>
    formDraft('/introspect', { ...as('issuer-api'), token: tokens.access_token }),
  'a client introspects': ({ tokens }) =>
    formDraft('/introspect', { ...as('issuer-api'), token: tokens.refresh_token }),
  'a device reads UserInfo': ({ tokens }) =>
    plainDraft('GET', '/userinfo', { Authorization: `Bearer ${tokens.access_token}` }),
  'it asks in a form': ({ tokens }) =>
    formDraft('/userinfo', { access_token: tokens.access_token }),
  'it asks with a proof': async ({ boundTokens: { access_token: token }, holder }, odd) =>
    plainDraft('GET', '/userinfo', {
      Authorization: `DPoP ${token}`,
      DPoP: await proofOf(holder, odd, { method: 'GET', path: '/userinfo', token }),
    }),
  'a client registers': () => json('POST', '/register', INITIAL_ACCESS_TOKEN, RADIO),
  'it reads itself': ({ client }) =>
    json('GET', `/register/${client.client_id}`, client.registration_access_token),
  'it replaces itself': ({ client }) =>
    json('PUT', `/register/${client.client_id}`, client.registration_access_token, {
      ...RADIO,
      client_id: client.client_id,
    }),
  'an app asks about a device': async ({ approvalToken }) =>
    plainDraft('GET', `/device/authorizations/${(await startDevice()).userCode}?ui_locales=de`, {
      Authorization: `Bearer ${approvalToken}`,
      'Accept-Language': 'de',
    }),
  'an app decides about a device': async ({ approvalToken }) => {
    const { userCode } = await startDevice()
    return json('POST', `/device/authorizations/${userCode}/decision`, approvalToken, {
      decision: 'approve',
      typed_code: userCode,
      in_front: true,
      shown_proof: 'AAAA',
    })
  },
  'a client reads the key set': () => plainDraft('GET', '/jwks.json', { 'If-None-Match': '"x"' }),
  'a client reads the OpenID metadata': () =>
    plainDraft('GET', '/.well-known/openid-configuration'),
  'a client reads the OAuth metadata': () =>
    plainDraft('GET', '/.well-known/oauth-authorization-server'),
  'a television shows the picture': ({ pending }) =>
    plainDraft('GET', `/device/qr/${pending.userCode}.svg`),
  'a browser asks first': () =>
    plainDraft('OPTIONS', '/token', {
      Origin: 'https://tv.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'dpop',
    }),
  'a client requests an unknown path': () => plainDraft('GET', '/nowhere'),
}
