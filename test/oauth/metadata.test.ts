// The well-known documents and the key set (RFC 8414, OpenID Connect Discovery, RFC 7517 §5):
// conformance MD-1 to MD-12, MD-14, MD-15. Rotation is in test/objects.
import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { describe, expect, it } from 'vitest'
import { asKeyClient } from '../support/key-client.ts'
import type { KeyPairName } from '../support/key-pairs.ts'
import { ISSUER, SECRET } from '../support/settings.ts'
import { connectDevice } from '../support/tokens.ts'
import { type Fetch, formRequest, url, worker, workerWith } from '../support/worker.ts'

const OAUTH_PATH = '/.well-known/oauth-authorization-server'
const OPENID_PATH = '/.well-known/openid-configuration'

const METHODS = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']
/** Of assertions and DPoP proofs. */
const ALGORITHMS = ['ES256', 'ES384', 'PS256', 'RS256', 'Ed25519']

// Documents are looked into member by member.
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any

const read = async (address: string, fetch: Fetch = worker): Promise<Json> => {
  const response = await fetch(new Request(address))
  expect(response.status).toBe(200)
  return response.json()
}

describe('the metadata', () => {
  it.each([OAUTH_PATH, OPENID_PATH])(
    'MD-1 to MD-9 at %s is this and nothing more',
    async (path) => {
      expect(await read(url(path))).toStrictEqual({
        issuer: ISSUER,
        authorization_endpoint: `${ISSUER}/authorize`,
        token_endpoint: `${ISSUER}/token`,
        jwks_uri: `${ISSUER}/jwks.json`,
        userinfo_endpoint: `${ISSUER}/userinfo`,
        device_authorization_endpoint: `${ISSUER}/device_authorization`,
        scopes_supported: [
          'openid',
          'profile',
          'email',
          'offline_access',
          'library:read',
          'library:write',
        ],
        response_types_supported: ['code'],
        revocation_endpoint: `${ISSUER}/revoke`,
        introspection_endpoint: `${ISSUER}/introspect`,
        grant_types_supported: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        code_challenge_methods_supported: ['S256'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'ES256'],
        token_endpoint_auth_methods_supported: METHODS,
        token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
        revocation_endpoint_auth_methods_supported: METHODS,
        revocation_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
        introspection_endpoint_auth_methods_supported: METHODS.slice(1),
        introspection_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
        dpop_signing_alg_values_supported: ALGORITHMS,
        claims_supported: [
          'iss',
          'sub',
          'aud',
          'exp',
          'iat',
          'auth_time',
          'amr',
          'at_hash',
          'name',
          'email',
          'email_verified',
        ],
        ui_locales_supported: ['en', 'de', 'es', 'fr', 'pt-BR', 'ja', 'ar'],
        request_uri_parameter_supported: false,
      })
    },
  )

  it.each([
    ['oauth2', OAUTH_PATH],
    ['oidc', OPENID_PATH],
  ] as const)('MD-5 is accepted by a strict %s client', async (algorithm, path) => {
    const response = await oauth.discoveryRequest(new URL(ISSUER), {
      algorithm,
      [oauth.customFetch]: (address: string) => worker(new Request(address)),
    })
    expect(new URL(response.url || url(path)).pathname).toBe(path)
    const server = await oauth.processDiscoveryResponse(new URL(ISSUER), response)
    expect(server.issuer).toBe(ISSUER)
  })

  it('MD-9 MD-10 MD-15 has no members for unsupported features', async () => {
    const document = await read(url(OPENID_PATH))
    for (const member of [
      'authorization_response_iss_parameter_supported',
      'client_id_metadata_document_supported',
      'registration_endpoint',
    ])
      expect(document).not.toHaveProperty(member)
    expect(JSON.stringify(document)).not.toContain('EdDSA')
  })

  it('MD-7 lists only methods of client authentication that work', async () => {
    const attempts: Record<string, Request> = {
      none: formRequest('/device_authorization', { client_id: 'tv' }),
      client_secret_basic: formRequest('/device_authorization', '', {
        Authorization: `Basic ${btoa(`basic:${encodeURIComponent(SECRET)}`)}`,
      }),
      client_secret_post: formRequest('/device_authorization', {
        client_id: 'post',
        client_secret: SECRET,
      }),
      private_key_jwt: formRequest('/device_authorization', await asKeyClient()),
    }
    const document = await read(url(OPENID_PATH))
    const listed: string[] = document.token_endpoint_auth_methods_supported
    expect(listed.toSorted()).toStrictEqual(Object.keys(attempts).toSorted())
    for (const request of Object.values(attempts)) expect((await worker(request)).status).toBe(200)
  })

  it.each(['token', 'revocation', 'introspection'])(
    'MD-7 MD-15 lists for the %s endpoint only algorithms that work',
    async (endpoint) => {
      const document = await read(url(OPENID_PATH))
      const { pathname } = new URL(document[`${endpoint}_endpoint`])
      const listed: KeyPairName[] =
        document[`${endpoint}_endpoint_auth_signing_alg_values_supported`]
      expect(listed.filter((alg) => /^(none|HS)/.test(alg))).toStrictEqual([])
      for (const alg of listed) {
        const fields = { ...(await asKeyClient({ alg })), token: 'nosuch' }
        expect([alg, (await worker(formRequest(pathname, fields))).status]).not.toContain(401)
      }
    },
  )

  it('MD-8 DA-11 lists scopes that every client may request together', async () => {
    const { scopes_supported: scopes } = await read(url(OPENID_PATH))
    const { tokens } = await connectDevice('tv', { fields: { scope: scopes.join(' ') } })
    expect(tokens.scope).toBe('openid profile email offline_access library:read')
  })
})

describe.each([
  ['at the root', ISSUER, ''],
  ['with a path', `${ISSUER}/t1`, '/t1'],
  ['with a longer path', `${ISSUER}/auth/tv`, '/auth/tv'],
])('an issuer %s', (_name, issuer, base) => {
  const fetch = workerWith({ ISSUER: issuer })
  const below: Fetch = (request) => {
    const { pathname, search } = new URL(request.url)
    return fetch(new Request(url(base + pathname + search), request))
  }
  const document = async () => read(`${issuer}${OPENID_PATH}`, fetch)

  it('MD-1 MD-2 has both documents where each specification puts it, with the same content', async () => {
    const openid = await document()
    expect(await read(url(OAUTH_PATH + base), fetch)).toStrictEqual(openid)
    expect(openid.issuer).toBe(issuer)
  })

  it('MD-4 names https addresses below itself, each of which answers', async () => {
    const named = Object.entries<string>(await document()).filter(([name]) =>
      /_(endpoint|uri)$/.test(name),
    )
    const expected: Record<string, [method: string, status: number]> = {
      authorization_endpoint: ['GET', 400],
      token_endpoint: ['POST', 400],
      jwks_uri: ['GET', 200],
      userinfo_endpoint: ['GET', 401],
      device_authorization_endpoint: ['POST', 400],
      revocation_endpoint: ['POST', 400],
      introspection_endpoint: ['POST', 400],
    }
    expect(named.map(([name]) => name).toSorted()).toStrictEqual(Object.keys(expected).toSorted())
    for (const [name, address] of named) {
      expect(address.startsWith(`${issuer}/`)).toBe(true)
      expect(address).not.toContain('#')
      const [method, status] = expected[name] ?? ['', 0]
      expect([name, (await fetch(new Request(address, { method }))).status]).toEqual([name, status])
    }
  })

  it('MD-2 completes the whole flow, and is named in its tokens', async () => {
    const { device, tokens } = await connectDevice('tv', { fetch: below })
    for (const [name, address] of Object.entries<string>(device.answer))
      if (name.startsWith('verification_uri'))
        expect(address.startsWith(`${issuer}/device`)).toBe(true)
    for (const token of [tokens.access_token, tokens.id_token])
      expect(decodeJwt(token).iss).toBe(issuer)
    const claims = await fetch(
      new Request(`${issuer}/userinfo`, {
        headers: { Authorization: `Bearer ${tokens.access_token}` },
      }),
    )
    expect(claims.status).toBe(200)
    expect((await fetch(new Request(device.answer.verification_uri_qr))).status).toBe(200)
    expect((await fetch(new Request(device.answer.verification_uri))).status).toBeLessThan(400)
  })
})

it('MD-2 HH-16 with a path has nothing outside it', async () => {
  const fetch = workerWith({ ISSUER: `${ISSUER}/t1` })
  for (const path of ['/token', '/device_authorization', '/jwks.json', OPENID_PATH, OAUTH_PATH])
    expect([path, (await fetch(new Request(url(path)))).status]).toEqual([path, 404])
})

describe('the authorization endpoint', () => {
  it('MD-6 shows everyone the same page without a redirect', async () => {
    const pages = await Promise.all(
      [
        '',
        '?response_type=code&client_id=tv&redirect_uri=https%3A%2F%2Felsewhere.example&state=s',
        '?response_type=token&redirect_uri=https%3A%2F%2Felsewhere.example',
        '?response_type=id_token&response_mode=form_post&prompt=none',
        '?response_type=%3Cscript%3E',
      ].flatMap((query) =>
        ['GET', 'POST'].map(async (method) => {
          const response = await worker(
            new Request(url(`/authorize${query}`), { method, redirect: 'manual' }),
          )
          expect(response.status).toBe(400)
          expect(response.headers.has('Location')).toBe(false)
          return response.text()
        }),
      ),
    )
    expect(pages[0]).toContain('unsupported_response_type')
    expect(new Set(pages).size).toBe(1)
  })
})

describe('the key set', () => {
  it('MD-11 holds public keys only, each with a name, a use and one algorithm', async () => {
    const { keys } = await read(url('/jwks.json'))
    expect(keys.length).toBeGreaterThanOrEqual(2)
    expect(new Set(keys.map(({ kid }: Json) => kid)).size).toBe(keys.length)
    const members = { RS256: ['e', 'kty', 'n'], ES256: ['crv', 'kty', 'x', 'y'] }
    for (const key of keys) {
      expect(key.use).toBe('sig')
      const own = members[key.alg as keyof typeof members]
      expect(Object.keys(key).toSorted()).toStrictEqual(['alg', ...own, 'kid', 'use'].toSorted())
      if (key.kty === 'RSA')
        expect(Buffer.from(key.n, 'base64url').length).toBeGreaterThanOrEqual(256)
    }
  })

  it('MD-12 has a key for every algorithm that the metadata lists', async () => {
    const { keys } = await read(url('/jwks.json'))
    const { id_token_signing_alg_values_supported: listed } = await read(url(OPENID_PATH))
    const algorithms = keys.map(({ alg }: Json) => alg)
    expect(algorithms).toEqual(expect.arrayContaining(listed))
  })
})

describe('caching and CORS', () => {
  it.each([
    [OAUTH_PATH, /^application\/json/],
    [OPENID_PATH, /^application\/json/],
    ['/jwks.json', /^application\/jwk-set\+json/],
  ])('MD-14 of %s: type, CORS, max-age and ETag', async (path, type) => {
    const { headers } = await worker(
      new Request(url(path), { headers: { Origin: 'https://a.test' } }),
    )
    expect(headers.get('Content-Type')).toMatch(type)
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
    const maxAge = /^public, max-age=(\d+)$/.exec(headers.get('Cache-Control') ?? '')?.[1]
    expect(Number(maxAge)).toBeGreaterThanOrEqual(300)
    expect(Number(maxAge)).toBeLessThanOrEqual(3600)

    const etag = headers.get('ETag') ?? ''
    expect(etag).toMatch(/^(W\/)?".+"$/)
    const again = await worker(new Request(url(path), { headers: { 'If-None-Match': etag } }))
    expect([again.status, await again.text()]).toStrictEqual([304, ''])
    expect(again.headers.get('Access-Control-Allow-Origin')).toBe('*')
  })
})

describe('a Worker without ISSUER', () => {
  it('MD-1 is a separate issuer on every origin', async () => {
    const fetch = workerWith({ ISSUER: undefined })
    for (const origin of ['https://one.test', 'https://two.test:8443', 'http://localhost:8787']) {
      const document = await read(`${origin}${OPENID_PATH}`, fetch)
      expect([document.issuer, document.token_endpoint]).toEqual([origin, `${origin}/token`])
    }
  })
})
