// UserInfo and the demo API with access tokens that are bound to a key (RFC 9449 §7): conformance DP-7,
// UI-8, DP-4, DP-5.
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, answerOf } from '../support/device.ts'
import { type KeyHolder, type ProofOptions, newKeyHolder, readyKeyHolder } from '../support/dpop.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'
import { somebody } from '../support/member.ts'
import { formRequest, freshAddress, url, worker, workerWith } from '../support/worker.ts'

const ALGORITHMS = 'ES256 ES384 PS256 RS256 Ed25519'
const ADDRESS = url('/userinfo')

let holder: KeyHolder
let token: string
let bearer: string

beforeAll(async () => {
  holder = await newKeyHolder()
  token = (await connectDevice('tv', { fetch: holder.fetch })).tokens.access_token
  bearer = (await connectDevice()).tokens.access_token
})

interface Ask {
  readonly authorization?: string
  readonly method?: string
  /** Differences from a valid proof; undefined: no proof. */
  readonly proof?: ProofOptions | undefined
  readonly by?: KeyHolder
}

/** Asks UserInfo as the device itself would, but for what is given. */
const ask = async ({
  authorization = `DPoP ${token}`,
  method = 'GET',
  by = holder,
  ...rest
}: Ask = {}): Promise<Answer> => {
  const proof = 'proof' in rest ? rest.proof : {}
  const headers = {
    Authorization: authorization,
    'CF-Connecting-IP': freshAddress(),
    ...(proof !== undefined && {
      DPoP: await by.proof({ method, address: ADDRESS, token, ...proof }),
    }),
  }
  return answerOf(await worker(new Request(ADDRESS, { method, headers })))
}

const refuses = (answer: Answer, scheme: 'Bearer' | 'DPoP', error: string): void => {
  expect([answer.status, answer.body.error]).toStrictEqual([401, error])
  const challenge = answer.headers.get('WWW-Authenticate') ?? ''
  expect(challenge.startsWith(`${scheme} realm="antenna", error="${error}"`)).toBe(true)
  expect(challenge.includes(`algs="${ALGORITHMS}"`)).toBe(scheme === 'DPoP')
  // UI-8: of one scheme, the one that was used.
  expect(challenge.match(/realm=/g)).toHaveLength(1)
  expect(answer.headers.get('Cache-Control')).toBe('no-store')
  expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
}

describe('a bound token', () => {
  it.each([
    ['GET', 'DPoP'],
    ['GET', 'dpop'],
    ['POST', 'DPOP'],
  ])('DP-7 is accepted with its key, by %s and scheme %s', async (method, scheme) => {
    await holder.learnNonce()
    const { status, headers, body } = await ask({ method, authorization: `${scheme} ${token}` })
    expect([status, body.sub]).toStrictEqual([200, (await somebody()).subject])
    expect(body.sub).toBe(decodeJwt(token).sub)
    expect(headers.get('Cache-Control')).toBe('no-store')
  })

  it.each<[string, Ask]>([
    ['without a proof', { proof: undefined }],
    ['and its proof', {}],
    ['in other letters', { authorization: 'bEaReR' }],
  ])('DP-7 is refused as a bearer token %s', async (_name, more) => {
    await holder.learnNonce()
    const { authorization: scheme = 'Bearer' } = more
    refuses(await ask({ ...more, authorization: `${scheme} ${token}` }), 'Bearer', 'invalid_token')
  })

  it('DP-7 UI-2 is refused as a bearer token in a form', async () => {
    await holder.learnNonce()
    const proven = { DPoP: await holder.proof({ address: ADDRESS, token }) }
    for (const headers of [undefined, proven]) {
      const request = formRequest('/userinfo', { access_token: token }, headers)
      refuses(await answerOf(await worker(request)), 'Bearer', 'invalid_token')
    }
  })

  it('DP-7 UI-2 is refused in the form and in the header at once', async () => {
    const headers = { Authorization: `DPoP ${token}` }
    const request = formRequest('/userinfo', { access_token: token }, headers)
    const { status, headers: said, body } = await answerOf(await worker(request))
    expect([status, body.error]).toStrictEqual([400, 'invalid_request'])
    expect(said.get('WWW-Authenticate')).toMatch(/^DPoP /)
  })

  it.each<[string, string, Ask]>([
    ['without a proof', 'invalid_dpop_proof', { proof: undefined }],
    ['with a proof for no token', 'invalid_dpop_proof', { proof: { token: undefined } }],
    ['with a proof for another token', 'invalid_dpop_proof', { proof: { token: 'other' } }],
    ['with an empty ath', 'invalid_dpop_proof', { proof: { claims: { ath: '' } } }],
    ['with a proof for POST', 'invalid_dpop_proof', { proof: { method: 'POST' } }],
    [
      'with a proof for the token endpoint',
      'invalid_dpop_proof',
      { proof: { address: url('/token') } },
    ],
    ['with no JWT', 'invalid_dpop_proof', { proof: { header: { typ: 'JWT' } } }],
    ['with a proof of long ago', 'use_dpop_nonce', { proof: { claims: { nonce: 'AAAA' } } }],
    [
      'with a proof that has no nonce',
      'use_dpop_nonce',
      { proof: { claims: { nonce: undefined } } },
    ],
  ])('DP-7 UI-8 is refused %s: %s', async (_name, error, more) => {
    await holder.learnNonce()
    const answer = await ask(more)
    refuses(answer, 'DPoP', error)
    expect(answer.headers.has('DPoP-Nonce')).toBe(error === 'use_dpop_nonce')
    expect((await ask()).status, 'and is good all the same').toBe(200)
  })

  it('DP-7 is refused with another key, even with a valid proof by it', async () => {
    refuses(await ask({ by: await readyKeyHolder() }), 'DPoP', 'invalid_token')
  })

  it('DP-7 DP-4 is refused with a used proof', async () => {
    await holder.learnNonce()
    const proof = { claims: { jti: crypto.randomUUID() } }
    expect((await ask({ proof })).status).toBe(200)
    refuses(await ask({ proof }), 'DPoP', 'invalid_dpop_proof')
  })

  it('DP-5 gets a nonce with a 401, and is accepted with it', async () => {
    holder.nonce = undefined
    const refusal = await ask()
    refuses(refusal, 'DPoP', 'use_dpop_nonce')
    const nonce = refusal.headers.get('DPoP-Nonce')
    expect(nonce).toMatch(/^[\w-]{27}$/)
    holder.nonce = nonce ?? undefined
    expect((await ask()).status).toBe(200)
  })

  it('UI-5 without openid is refused with its own scheme', async () => {
    const other = await newKeyHolder()
    const { tokens } = await connectDevice('plain-tv', { fetch: other.fetch })
    const answer = await askUserinfo(tokens.access_token, { scheme: 'DPoP', fetch: other.fetch })
    expect([answer.status, answer.body.error]).toStrictEqual([403, 'insufficient_scope'])
    expect(answer.headers.get('WWW-Authenticate')).toMatch(
      /^DPoP realm="antenna", error="insufficient_scope".*, scope="openid", algs="/,
    )
  })
})

describe('the scheme DPoP', () => {
  it.each<[string, () => string]>([
    ['a token that is not bound', () => bearer],
    ['an ID token', () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
    ['nothing', () => ''],
    ['more than a token', () => `${token} ${token}`],
  ])('DP-7 UI-8 is refused for %s', async (_name, shown) => {
    await holder.learnNonce()
    const proof = { token: shown() }
    refuses(await ask({ authorization: `DPoP ${shown()}`, proof }), 'DPoP', 'invalid_token')
  })
})

describe('a bearer token', () => {
  it('DP-7 needs no proof, and an invalid one beside it is ignored', async () => {
    const authorization = `Bearer ${bearer}`
    expect((await ask({ authorization, proof: undefined })).status).toBe(200)
    expect((await ask({ authorization, proof: { method: 'PUT' } })).status).toBe(200)
  })
})

it('UI-8 is challenged with both schemes, and without an error, if it is missing', async () => {
  const { status, headers, body } = await answerOf(await worker(new Request(ADDRESS)))
  expect([status, body]).toStrictEqual([401, {}])
  expect(headers.get('WWW-Authenticate')).toBe(
    `Bearer realm="antenna", DPoP realm="antenna", algs="${ALGORITHMS}"`,
  )
})

describe('the demo API', () => {
  const fetch = workerWith({ DEMO: 'on' })
  const askLibrary = async (authorization: string) =>
    answerOf(
      await fetch(new Request(url('/library'), { headers: { Authorization: authorization } })),
    )

  it('DP-7 refuses a bound token as a bearer token', async () => {
    const fields = { scope: 'openid library:read' }
    const { tokens } = await connectDevice('tv', { fields })
    expect((await askLibrary(`Bearer ${tokens.access_token}`)).status, 'unbound').toBe(200)
    const bound = await connectDevice('tv', { fields, fetch: holder.fetch })
    const { status, headers, body } = await askLibrary(`Bearer ${bound.tokens.access_token}`)
    expect([status, body.error]).toStrictEqual([401, 'invalid_token'])
    expect(headers.get('WWW-Authenticate')).toContain('error="invalid_token"')
  })

  it('DP-7 refuses the scheme DPoP, which it cannot verify', async () => {
    const { status, headers } = await askLibrary(`DPoP ${token}`)
    expect(status).toBe(401)
    expect(headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="library", resource_metadata=/)
  })
})
