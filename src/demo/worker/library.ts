// A resource server to copy: it verifies access tokens itself (RFC 9068 §4), refuses requests as in
// RFC 6750 §3, and publishes its authorization server (RFC 9728). It uses no code of Antenna.
import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { type JWTPayload, createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose'

const SCOPE = 'library:read'

/** The same library for every user. A real API would look it up by the token's `sub`. */
const LIBRARY = [
  {
    title: 'The Long Tide',
    kind: 'film',
    year: 2024,
    summary: 'A harbour pilot has one night to bring the last ferry home.',
  },
  {
    title: 'Northbound',
    kind: 'series',
    year: 2025,
    summary: 'Six strangers, one sleeper train, and a winter that will not end.',
  },
  {
    title: 'Salt and Cedar',
    kind: 'film',
    year: 2022,
    summary: 'Two sisters rebuild their grandmother’s boat, and not much else goes to plan.',
  },
  {
    title: 'Paper Lanterns',
    kind: 'series',
    year: 2023,
    summary: 'Every summer the town lets its secrets go. This year one comes back.',
  },
  {
    title: 'The Quiet Orchard',
    kind: 'film',
    year: 2021,
    summary: 'A retired radio host moves to a valley without reception.',
  },
  {
    title: 'Eleven Minutes to Lisbon',
    kind: 'film',
    year: 2026,
    summary: 'The flight is short. The conversation is not.',
  },
] as const

interface LibraryOptions {
  readonly basePath: string
  /** The issuer of valid tokens; undefined: the origin of the request. */
  readonly issuer: string | undefined
  /** The required `aud` of tokens; undefined: the issuer. */
  readonly resource?: string | undefined
  /** Fetches the issuer's keys; undefined: over the network. */
  readonly fetchKeys?: (request: Request) => Promise<Response>
}

export const library = ({ basePath, issuer, resource, fetchKeys }: LibraryOptions): Hono => {
  const app = new Hono()
  const metadataPath = `/.well-known/oauth-protected-resource${pathOf(resource ?? issuer)}`
  const issuerOf = (context: Context) => issuer ?? new URL(context.req.url).origin
  const resourceOf = (context: Context) => resource ?? issuerOf(context)
  const keysOf = rememberKeys(fetchKeys)

  app.use(`${basePath}/library`, allowAnyOrigin, async (context, next) => {
    await next()
    context.header('Cache-Control', 'no-store')
  })
  app.get(`${basePath}/library`, async (context) => {
    const refuse = (status: 401 | 403, error?: Refusal) => {
      const metadata = new URL(metadataPath, context.req.url).href
      return context.json(error ?? {}, status, { 'WWW-Authenticate': challenge(metadata, error) })
    }
    const authorization = context.req.header('Authorization') ?? ''
    // RFC 6750 §3: a request without a token gets a challenge without an error.
    if (!/^bearer( |$)/i.test(authorization)) return refuse(401)
    const token = authorization.slice('bearer '.length).trim()
    let claims: JWTPayload
    try {
      const keys = keysOf(issuerOf(context))
      const { payload } = await jwtVerify(token, keys, {
        issuer: issuerOf(context),
        audience: resourceOf(context),
        typ: 'at+jwt',
        algorithms: ['ES256'],
        requiredClaims: ['sub', 'exp'],
      })
      // RFC 9449 §7.2: a token that is bound to a key must not be used as a bearer token.
      if ('cnf' in payload) throw new errors.JWTClaimValidationFailed('bound', payload, 'cnf')
      claims = payload
    } catch (error) {
      // The keys are unavailable: a 401 would make the device discard a valid token.
      if (!isFaultOfToken(error))
        return context.json({ error: 'temporarily_unavailable' }, 503, { 'Retry-After': '2' })
      return refuse(401, {
        error: 'invalid_token',
        error_description: 'The access token is invalid or expired, or is for another resource',
      })
    }
    if (!String(claims['scope']).split(' ').includes(SCOPE))
      return refuse(403, {
        error: 'insufficient_scope',
        error_description: `The access token lacks the scope ${SCOPE}`,
        scope: SCOPE,
      })
    return context.json({ items: LIBRARY })
  })
  app.all(`${basePath}/library`, methodNotAllowed)

  app.use(metadataPath, allowAnyOrigin)
  app.get(metadataPath, (context) =>
    context.json(
      {
        resource: resourceOf(context),
        authorization_servers: [issuerOf(context)],
        scopes_supported: [SCOPE],
        bearer_methods_supported: ['header'],
        resource_name: 'Demo library',
      },
      200,
      { 'Cache-Control': 'public, max-age=3600' },
    ),
  )
  app.all(metadataPath, methodNotAllowed)
  return app
}

interface Refusal {
  readonly error: 'invalid_token' | 'insufficient_scope'
  readonly error_description: string
  readonly scope?: string
}

// RFC 9728 §3.1: the resource's own path follows the well-known one.
const pathOf = (resource: string | undefined): string =>
  resource !== undefined && /^https?:/.test(resource)
    ? new URL(resource).pathname.replace(/\/$/, '')
    : ''

/** One key set per issuer: jose caches it, and fetches it again for an unknown key. */
const rememberKeys = (fetchKeys: LibraryOptions['fetchKeys']) => {
  const known = new Map<string, ReturnType<typeof createRemoteJWKSet>>()
  return (issuer: string) => {
    const keys =
      known.get(issuer) ??
      createRemoteJWKSet(new URL(`${issuer}/jwks.json`), {
        ...(fetchKeys && {
          [customFetch]: (url: string, options: RequestInit) =>
            fetchKeys(new Request(url, options)),
        }),
      })
    known.set(issuer, keys)
    return keys
  }
}

// The errors of jose about unavailable keys; its other errors are about the token.
const KEY_FAULTS: readonly string[] = [
  errors.JOSEError.code,
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
]

const isFaultOfToken = (error: unknown): boolean =>
  error instanceof errors.JOSEError && !KEY_FAULTS.includes(error.code)

/** RFC 6750 §3, with the address of the metadata (RFC 9728 §5.1). */
const challenge = (metadata: string, refusal?: Refusal): string => {
  const parameters = { realm: 'library', ...refusal, resource_metadata: metadata }
  return `Bearer ${Object.entries(parameters)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`
}

// This API reads no cookies, so any web page with a token may call it, with any header: monitoring
// libraries add theirs.
const allowAnyOrigin = cors({
  origin: '*',
  allowMethods: ['GET'],
  exposeHeaders: ['WWW-Authenticate', 'Retry-After'],
  maxAge: 86_400,
})

const methodNotAllowed = (context: Context): Response =>
  context.json({ error: 'method_not_allowed' }, 405, { Allow: 'GET, HEAD, OPTIONS' })
