// The effect of a DPoP proof, and its address (RFC 9449 §4.3, §5, §6): conformance DP-1, DP-3,
// HH-12. Invalid proofs are in http/dpop-proof.test.ts, their lifetime in http/dpop-replay.test.ts,
// and binding in dpop-binding.test.ts.
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { DEVICE_CODE_GRANT, answerOf, startDevice } from '../support/device.ts'
import {
  type KeyHolder,
  keyHolderOf,
  newKeyHolder,
  readyKeyHolder,
  thumbprint,
} from '../support/dpop.ts'
import { KEY_PAIRS, type KeyPairName } from '../support/key-pairs.ts'
import { ISSUER } from '../support/settings.ts'
import { connectDevice } from '../support/tokens.ts'
import { type Fetch, formRequest, url, worker, workerWith } from '../support/worker.ts'

describe('the token_type', () => {
  it('DP-1 is Bearer without a proof, and the token is bound to nothing', async () => {
    const { tokens } = await connectDevice()
    expect(tokens.token_type).toBe('Bearer')
    expect(decodeJwt(tokens.access_token)).not.toHaveProperty('cnf')
  })

  it.each(Object.keys(KEY_PAIRS) as KeyPairName[])(
    'DP-1 is DPoP with a proof by %s, and the token names the thumbprint of its key',
    async (alg) => {
      const holder = keyHolderOf(alg)
      const { tokens } = await connectDevice('tv', { fetch: holder.fetchOnlyAt('/token') })
      expect(tokens.token_type).toBe('DPoP')
      expect(decodeJwt(tokens.access_token)['cnf']).toStrictEqual({ jkt: holder.jkt })
      expect(decodeJwt(tokens.id_token)).not.toHaveProperty('cnf')
    },
  )

  it('DP-1 has thumbprints as in RFC 9449 §6.1', () => {
    const key = {
      kty: 'EC',
      x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
      y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
      crv: 'P-256',
    }
    expect(thumbprint(key)).toBe('0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I')
  })

  it('DP-1 MD-10 is DPoP with exactly the algorithms of the metadata', async () => {
    const metadata = await worker(new Request(url('/.well-known/oauth-authorization-server')))
    const { dpop_signing_alg_values_supported: listed } =
      await metadata.json<Record<string, unknown>>()
    expect(listed).toStrictEqual(Object.keys(KEY_PAIRS))
  })
})

/** The answer to a poll at `address` with a proof for `htu`. */
const hear = async (htu: string, address = url('/token'), fetch: Fetch = worker) => {
  const holder = await readyKeyHolder()
  const device = await startDevice()
  const fields = {
    grant_type: DEVICE_CODE_GRANT,
    client_id: 'tv',
    device_code: device.deviceCode,
  }
  const headers = { DPoP: await holder.proof({ claims: { htu } }) }
  const request = formRequest('/token', fields, headers)
  return (await answerOf(await fetch(new Request(address, request)))).body.error
}
const ACCEPTED = 'authorization_pending'
const REFUSED = 'invalid_dpop_proof'

describe('the address in a proof', () => {
  it.each([
    'https://antenna.test/token',
    'HTTPS://ANTENNA.TEST:443/token?x#y',
    'https://antenna.test/token?device_code=x',
    'https://antenna.test/token#',
    'https://antenna.test/device/../token',
  ])('DP-3 may be spelled %s', async (htu) => {
    expect(await hear(htu)).toBe(ACCEPTED)
  })

  it('DP-3 is compared without the query of the request', async () => {
    expect(await hear(url('/token'), url('/token?x=y'))).toBe(ACCEPTED)
  })

  it.each([
    ['on its own host', 'https://antenna.test/token', ACCEPTED],
    ['on the host that the request came to', 'https://antenna.workers.dev/token', REFUSED],
  ])('DP-3 with ISSUER set must be the issuer’s: %s', async (_name, htu, expected) => {
    expect(await hear(htu, 'https://antenna.workers.dev/token')).toBe(expected)
  })

  it.each([
    ['its own', 'https://one.test:8443/token', ACCEPTED],
    ['another', 'https://two.test/token', REFUSED],
  ])('DP-3 without ISSUER must be the request’s: %s', async (_name, htu, expected) => {
    const fetch = workerWith({ ISSUER: undefined })
    expect(await hear(htu, 'https://one.test:8443/token', fetch)).toBe(expected)
  })

  it.each([
    ['with its path', `${ISSUER}/auth/tv/token`, ACCEPTED],
    ['without its path', `${ISSUER}/token`, REFUSED],
    ['with its path twice', `${ISSUER}/auth/tv/auth/tv/token`, REFUSED],
  ])('DP-3 of an issuer with a path is %s', async (_name, htu, expected) => {
    const fetch = workerWith({ ISSUER: `${ISSUER}/auth/tv` })
    expect(await hear(htu, `${ISSUER}/auth/tv/token`, fetch)).toBe(expected)
  })
})

const asPoll = async (holder: KeyHolder, path = '/token') =>
  worker(
    formRequest(
      path,
      { grant_type: DEVICE_CODE_GRANT, client_id: 'tv', device_code: 'nosuch' },
      { Origin: 'https://tv.example', DPoP: await holder.proof({ address: url(path) }) },
    ),
  )

describe('a web page of another origin', () => {
  it.each<[string, string, (holder: KeyHolder) => Promise<Response>]>([
    ['the token endpoint', 'use_dpop_nonce', (holder) => asPoll(holder)],
    [
      'the device authorization endpoint',
      'use_dpop_nonce',
      (holder) => asPoll(holder, '/device_authorization'),
    ],
    [
      'UserInfo',
      'use_dpop_nonce',
      async (holder) => {
        const { tokens } = await connectDevice('tv', { fetch: holder.fetch })
        holder.nonce = undefined
        const proof = { method: 'GET', address: url('/userinfo'), token: tokens.access_token }
        const headers = {
          Authorization: `DPoP ${tokens.access_token}`,
          DPoP: await holder.proof(proof),
        }
        return worker(new Request(url('/userinfo'), { headers }))
      },
    ],
  ])('HH-12 UI-9 can read the nonce of %s', async (_name, error, ask) => {
    const response = await ask(await newKeyHolder())
    expect((await response.clone().json<{ error: string }>()).error).toBe(error)
    expect(response.headers.get('DPoP-Nonce')).toMatch(/^[\w-]+$/)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    const exposed = response.headers.get('Access-Control-Expose-Headers')?.split(/, */)
    expect(exposed).toEqual(expect.arrayContaining(['DPoP-Nonce', 'WWW-Authenticate']))
  })

  it.each(['/device_authorization', '/token', '/userinfo'])(
    'HH-11 may send a proof to %s',
    async (path) => {
      const { status, headers } = await worker(
        new Request(url(path), {
          method: 'OPTIONS',
          headers: {
            Origin: 'https://tv.example',
            'Access-Control-Request-Method': 'POST',
            'Access-Control-Request-Headers': 'dpop',
          },
        }),
      )
      expect(status).toBe(204)
      expect(headers.get('Access-Control-Allow-Headers')?.split(/, */)).toContain('dpop')
    },
  )
})
