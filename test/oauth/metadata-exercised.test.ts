// The metadata promises: every method, algorithm, grant and claim that it names is used here, at the
// endpoint that it names for it.
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/crypto.ts'
import { startDevice } from '../support/device.ts'
import { keyHolderOf } from '../support/dpop.ts'
import { as, refreshed } from '../support/grants.ts'
import { asKeyClient } from '../support/key-client.ts'
import type { KeyPairName } from '../support/key-pairs.ts'
import { SECRET } from '../support/settings.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'
import { formRequest, url, worker } from '../support/worker.ts'

type Fields = Readonly<Record<string, string>>
// Documents are looked into member by member.
// oxlint-disable-next-line typescript/no-explicit-any
let metadata: Record<string, any>

beforeAll(async () => {
  const response = await worker(new Request(url('/.well-known/oauth-authorization-server')))
  metadata = await response.json()
})

const listed = (name: string): string[] => {
  const values: unknown = metadata[name]
  if (!Array.isArray(values) || values.length === 0) throw new Error(`${name} names nothing`)
  return values.map(String)
}

const pathOf = (endpoint: string): string => new URL(String(metadata[endpoint])).pathname

/** Credentials for each authentication method. */
const CREDENTIALS: Readonly<Record<string, () => { fields: Fields; headers?: Fields }>> = {
  none: () => ({ fields: { client_id: 'tv' } }),
  client_secret_basic: () => ({
    fields: {},
    headers: { Authorization: `Basic ${btoa(`basic:${encodeURIComponent(SECRET)}`)}` },
  }),
  client_secret_post: () => ({ fields: as('post') }),
}

// The token endpoint's methods are also those of the device authorization endpoint (RFC 8628 §3.1).
const ENDPOINTS = [
  ['token_endpoint', 'token_endpoint', { grant_type: 'refresh_token', refresh_token: 'x' }, 400],
  ['token_endpoint', 'device_authorization_endpoint', {}, 200],
  ['revocation_endpoint', 'revocation_endpoint', { token: 'x' }, 200],
  ['introspection_endpoint', 'introspection_endpoint', { token: 'x' }, 200],
] as const

describe.each(ENDPOINTS)('%s methods, at the %s', (list, endpoint, fields, passed) => {
  it('MD-7 authenticate their clients', async () => {
    for (const method of listed(`${list}_auth_methods_supported`)) {
      if (method === 'private_key_jwt') continue
      const credentials = CREDENTIALS[method]?.()
      if (credentials === undefined) throw new Error(`${method} is not exercised`)
      const all = { ...fields, ...credentials.fields }
      const response = await worker(formRequest(pathOf(endpoint), all, credentials.headers))
      expect([method, response.status]).toEqual([method, passed])
    }
  })

  it('MD-7 include every algorithm of private_key_jwt', async () => {
    expect(listed(`${list}_auth_methods_supported`)).toContain('private_key_jwt')
    for (const alg of listed(`${list}_auth_signing_alg_values_supported`)) {
      const proof = await asKeyClient({ alg: alg as KeyPairName })
      const response = await worker(formRequest(pathOf(endpoint), { ...fields, ...proof }))
      expect([alg, response.status]).toEqual([alg, passed])
    }
  })
})

it('MD-3 every listed grant is given', async () => {
  const given = new Set<string>()
  const { tokens } = await connectDevice()
  given.add('urn:ietf:params:oauth:grant-type:device_code')
  expect((await refreshed(tokens.refresh_token)).access_token).toBeTypeOf('string')
  given.add('refresh_token')
  expect([...given]).toEqual(listed('grant_types_supported'))
})

it('MD-8 every listed algorithm signs ID tokens, with a published key', async () => {
  const { keys } = await (
    await worker(new Request(metadata['jwks_uri']))
  ).json<{
    keys: { kid: string; alg: string }[]
  }>()
  const clients: Readonly<Record<string, string>> = { RS256: 'tv', ES256: 'es256-tv' }
  for (const alg of listed('id_token_signing_alg_values_supported')) {
    const { tokens } = await connectDevice(clients[alg])
    const header = decodeProtectedHeader(tokens.id_token)
    expect(header.alg).toBe(alg)
    expect(keys).toContainEqual(expect.objectContaining({ kid: header.kid, alg }))
  }
})

it('MD-10 every listed algorithm makes DPoP proofs', async () => {
  for (const alg of listed('dpop_signing_alg_values_supported')) {
    const device = keyHolderOf(alg as KeyPairName)
    const { tokens } = await connectDevice('tv', {
      fetch: device.fetchOnlyAt(pathOf('token_endpoint')),
    })
    expect([alg, tokens.token_type]).toEqual([alg, 'DPoP'])
  }
})

it('MD-8 every listed claim is in the ID token or at UserInfo', async () => {
  const { tokens } = await connectDevice()
  const { body } = await askUserinfo(tokens.access_token)
  const told = Object.keys({ ...decodeJwt(tokens.id_token), ...body })
  expect(told.toSorted()).toEqual(listed('claims_supported').toSorted())
})

it('MD-8 every listed scope can be requested by a device', async () => {
  const scopes = listed('scopes_supported')
  const { tokens } = await connectDevice('all-tv', { fields: { scope: scopes.join(' ') } })
  expect(tokens.scope.split(' ').toSorted()).toEqual(scopes.toSorted())
})

it('MD-4 every endpoint exists, and every other member is true', async () => {
  const endpoints = Object.keys(metadata).filter((name) => /_endpoint$|_uri$/.test(name))
  for (const name of endpoints) {
    const response = await worker(new Request(String(metadata[name])))
    expect([name, response.status]).not.toEqual([name, 404])
  }
  expect((await startDevice()).answer.verification_uri).toBe(`${metadata['issuer']}/device`)
  // `code` is there because parsers demand a list; the authorization endpoint refuses it (MD-5, MD-6).
  expect(metadata['response_types_supported']).toEqual(['code'])
  expect(metadata['subject_types_supported']).toEqual(['public'])
  const refused = await worker(
    formRequest(pathOf('device_authorization_endpoint'), { client_id: 'tv', request_uri: 'urn:x' }),
  )
  expect(await refused.json()).toMatchObject({ error: 'request_uri_not_supported' })
  expect(metadata['request_uri_parameter_supported']).toBe(false)
})

it('MD-9 every listed method of PKCE binds a device_code', async () => {
  const verifier = 'v'.repeat(43)
  for (const method of listed('code_challenge_methods_supported')) {
    const fields = { code_challenge: sha256(verifier), code_challenge_method: method }
    const device = await startDevice('tv', { fields })
    expect((await device.poll()).body.error).toBe('invalid_grant')
    const { body } = await device.poll({ code_verifier: verifier })
    expect([method, body.error]).toEqual([method, 'authorization_pending'])
  }
})

it('MD-9 every listed language is one of the pages', async () => {
  for (const tag of listed('ui_locales_supported')) {
    const headers = { 'Accept-Language': tag }
    const page = await worker(new Request(url('/device'), { headers, redirect: 'manual' }))
    expect([tag, page.headers.get('Content-Language')]).toEqual([tag, tag])
  }
})

it('MD-7 MD-10 every member is exercised here', () => {
  const exercised = [
    'issuer',
    'jwks_uri',
    'scopes_supported',
    'response_types_supported',
    'grant_types_supported',
    'subject_types_supported',
    'claims_supported',
    'code_challenge_methods_supported',
    'ui_locales_supported',
    'id_token_signing_alg_values_supported',
    'dpop_signing_alg_values_supported',
    'request_uri_parameter_supported',
  ]
  const others = Object.keys(metadata).filter(
    (name) => !exercised.includes(name) && !/_endpoint($|_auth_)/.test(name),
  )
  expect(others).toEqual([])
})
