// Other people's resource servers, unmodified: what they make of our tokens, knowing nothing but
// the issuer and its keys.
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { JwtVerifier } from 'aws-jwt-verify'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import express from 'express'
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer'
import { verifyWithJwks } from 'hono/jwt'
import jsonwebtoken from 'jsonwebtoken'
import { JwksClient } from 'jwks-rsa'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Person } from '../../support/person.ts'
import { type Server, startServer } from '../support/server.ts'
import { API, TEST_VARS } from '../../support/settings.ts'
import { allow, forge, newPeople, signIn } from '../support/signed-in-device.ts'

const SCOPE = 'openid profile library:read'
const OTHER_API = 'https://other-api.test'

let server: Server
let judge: () => Person
let films: HttpServer
let filmsOrigin: string

beforeAll(async () => {
  const { SCOPES, CLIENTS } = TEST_VARS
  server = await startServer({ SCOPES, CLIENTS, RESOURCE: API })
  judge = await newPeople(server.origin)
  films = startFilms().listen(0, '127.0.0.1')
  await new Promise((resolve) => films.once('listening', resolve))
  filmsOrigin = `http://127.0.0.1:${(films.address() as AddressInfo).port}`
})
afterAll(async () => {
  films.close()
  await server.close()
})

const tokensOf = (clientId: string, scope = SCOPE) =>
  signIn(server.origin, judge(), { client_id: clientId }, scope)

// It asks for keys over https only: its own hook for the network leads it to loopback.
const jwksCache = new SimpleJwksCache({
  fetcher: { fetch: async (address) => (await fetch(address)).arrayBuffer() },
})

/** The requirements that a verifier is configured with. */
interface Demands {
  readonly audience: string
  readonly algorithm: 'ES256' | 'RS256'
  readonly type: 'at+jwt' | 'JWT'
}

const keys = () => `${server.origin}/jwks.json`

const awsJwtVerify = async (token: string, { audience }: Demands): Promise<object> =>
  JwtVerifier.create({ issuer: server.origin, audience, jwksUri: keys() }, { jwksCache }).verify(
    token,
  )

const jwksRsa = async (token: string, { audience, algorithm }: Demands): Promise<object> => {
  const kid = jsonwebtoken.decode(token, { complete: true })?.header.kid
  const key = await new JwksClient({ jwksUri: keys() }).getSigningKey(kid)
  const demands = { issuer: server.origin, audience, algorithms: [algorithm] }
  return Object(jsonwebtoken.verify(token, key.getPublicKey(), demands))
}

const hono = async (token: string, { audience, algorithm, type }: Demands): Promise<object> =>
  verifyWithJwks(token, {
    jwks_uri: keys(),
    allowedAlgorithms: [algorithm],
    verification: { iss: server.origin, aud: audience, typ: type },
  })

const AUDIENCES = [
  ['/films', API],
  ['/music', OTHER_API],
  ['/tv', 'es256-tv'],
] as const

/** An API with a path for each audience that it could be. */
const startFilms = () => {
  const app = express()
  for (const [path, audience] of AUDIENCES) {
    const guard = auth({ issuerBaseURL: server.origin, audience, strict: true })
    app.get(path, guard, requiredScopes('library:read'), (request, response) => {
      response.json(request.auth?.payload)
    })
  }
  return app
}

const expressBearer = async (token: string, { audience }: Demands): Promise<object> => {
  const [path = ''] = AUDIENCES.find(([, each]) => each === audience) ?? []
  const headers = { Authorization: `Bearer ${token}` }
  const response = await fetch(filmsOrigin + path, { headers })
  if (response.ok) return (await response.json()) as object
  throw new Error(`${response.status} ${response.headers.get('WWW-Authenticate')}`)
}

const VERIFIERS = [
  ['aws-jwt-verify', awsJwtVerify, /Invalid signature/, /Audience not allowed/],
  ['jsonwebtoken with jwks-rsa', jwksRsa, /invalid signature/, /jwt audience invalid/],
  ['hono', hono, /signature mismatched/, /audience/],
  ['express-oauth2-jwt-bearer', expressBearer, /signature verification/, /Unexpected 'aud'/],
] as const

describe('an access token', () => {
  const demands: Demands = { audience: API, algorithm: 'ES256', type: 'at+jwt' }

  it.each(VERIFIERS)(
    'TK-2 TK-3 TK-4 is accepted by %s, a forgery or a token for another API is not',
    async (_, verify, forged, otherAudience) => {
      const { access_token } = await tokensOf('tv', 'library:read')
      const claims = { iss: server.origin, aud: API, client_id: 'tv', scope: 'library:read' }
      expect(await verify(access_token, demands)).toMatchObject(claims)
      await expect(verify(forge(access_token, { sub: 'me' }), demands)).rejects.toThrow(forged)
      const elsewhere = verify(access_token, { ...demands, audience: OTHER_API })
      await expect(elsewhere).rejects.toThrow(otherAudience)
    },
  )

  it.each(VERIFIERS)('TK-4 is accepted by %s when UserInfo accepts it too', async (_, verify) => {
    const { access_token } = await tokensOf('tv')
    expect(await verify(access_token, demands)).toMatchObject({ aud: [API, server.origin] })
  })

  it.each([
    ['hono', hono, /jwt header/],
    ['express-oauth2-jwt-bearer', expressBearer, /Unexpected 'typ'/],
  ] as const)('TK-15 is not an ID token, even one for the API: %s', async (_, verify, message) => {
    const { id_token } = await tokensOf('es256-tv')
    const mistaken = verify(id_token, { ...demands, audience: 'es256-tv' })
    await expect(mistaken).rejects.toThrow(message)
  })

  it('TK-5 allows in express-oauth2-jwt-bearer what its scope says, and no more', async () => {
    const { access_token } = await tokensOf('tv', 'profile')
    await expect(expressBearer(access_token, demands)).rejects.toThrow('403')
  })
})

describe('an ID token', () => {
  const rows = VERIFIERS.slice(0, 3).flatMap(([name, ...verifier]) => [
    [name, 'RS256', 'tv', ...verifier] as const,
    [name, 'ES256', 'es256-tv', ...verifier] as const,
  ])

  it.each(rows)(
    'TK-7 TK-12 MD-12 is accepted by %s (%s), a forgery or a token for another client is not',
    async (_, algorithm, audience, verify, forged, otherAudience) => {
      const { id_token } = await tokensOf(audience)
      const demands: Demands = { audience, algorithm, type: 'JWT' }
      const claims = { iss: server.origin, aud: audience }
      expect(await verify(id_token, demands)).toMatchObject(claims)
      await expect(verify(forge(id_token, { sub: 'me' }), demands)).rejects.toThrow(forged)
      const elsewhere = verify(id_token, { ...demands, audience: 'other-tv' })
      await expect(elsewhere).rejects.toThrow(otherAudience)
    },
  )
})

const MISMATCH = 'JWT Access Token confirmation mismatch'

/** A device with a key, and how it asks the API with this key or another. */
const connect = async () => {
  const config = await openid.discovery(
    new URL(server.origin),
    'dpop-tv',
    undefined,
    openid.None(),
    { execute: [openid.allowInsecureRequests] },
  )
  const newHandle = async () =>
    openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'))
  const DPoP = await newHandle()
  const device = await openid.initiateDeviceAuthorization(config, { scope: SCOPE })
  const polled = openid.pollDeviceAuthorizationGrant(config, device, undefined, { DPoP })
  await allow(judge(), device.user_code)
  const { access_token } = await polled
  const ask = (handle: openid.DPoPHandle) =>
    openid.fetchProtectedResource(
      config,
      access_token,
      new URL('/films', filmsOrigin),
      'GET',
      undefined,
      undefined,
      { DPoP: handle },
    )
  return { access_token, DPoP, ask, newHandle }
}

describe('a bound token', () => {
  it('DP-1 is accepted by express-oauth2-jwt-bearer with its key, and with no other', async () => {
    const { access_token, DPoP, ask, newHandle } = await connect()
    const answer = await ask(DPoP)
    expect(await answer.json()).toMatchObject({ client_id: 'dpop-tv' })
    const parameters = { error: 'invalid_token', error_description: MISMATCH }
    await expect(ask(await newHandle())).rejects.toMatchObject({
      status: 401,
      cause: [{ scheme: 'bearer' }, { scheme: 'dpop', parameters }],
    })
    const demands: Demands = { audience: API, algorithm: 'ES256', type: 'at+jwt' }
    await expect(expressBearer(access_token, demands)).rejects.toThrow('DPoP-bound token')
  })
})
