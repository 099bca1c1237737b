// No kind of JWT stands in for another (RFC 8725 §3.12): conformance TK-15. The keys are the same where
// they can be, so that nothing but the kind keeps them apart.
import * as oauth from 'oauth4webapi'
import { describe, expect, it } from 'vitest'
import { DEVICE_CODE_GRANT, answerOf } from '../support/device.ts'
import { keyHolderOf } from '../support/dpop.ts'
import { introspect } from '../support/grants.ts'
import { asKeyClient, assertion, carrying } from '../support/key-client.ts'
import { publicHalf, KEY_PAIRS } from '../support/key-pairs.ts'
import { ISSUER } from '../support/settings.ts'
import { askUserinfo, connectDevice } from '../support/tokens.ts'
import { formRequest, url, worker } from '../support/worker.ts'

/** Tokens of the client that signs with the very key that the proofs are made with. */
const tokens = async () => {
  const options = { fields: await asKeyClient(), poll: await asKeyClient() }
  return (await connectDevice('key-tv', options)).tokens
}

/** The claims of a valid proof, and its public key. */
const proofClaims = async () => ({
  htm: 'POST',
  htu: url('/token'),
  nonce: await keyHolderOf('ES256').learnNonce(),
})
const proofHeader = { jwk: publicHalf(KEY_PAIRS.ES256) }

const KINDS = ['an ID token', 'an access token', 'a DPoP proof', 'a client assertion'] as const
type Kind = (typeof KINDS)[number]

const make: Record<Kind, () => Promise<string>> = {
  'an ID token': async () => (await tokens()).id_token,
  'an access token': async () => (await tokens()).access_token,
  'a DPoP proof': async () => {
    const holder = keyHolderOf('ES256')
    await holder.learnNonce()
    return holder.proof()
  },
  'a client assertion': () => assertion(),
}

/** The token endpoint's answer to an unknown code. */
const hear = async (fields: Readonly<Record<string, string>>, headers = {}): Promise<string> => {
  const code = { grant_type: DEVICE_CODE_GRANT, device_code: 'nosuch' }
  const answer = await worker(formRequest('/token', { ...code, ...fields }, headers))
  const { status, body } = await answerOf(answer)
  return `${status} ${body.error}`
}
const UNKNOWN_CODE = '400 invalid_grant'

interface Place {
  readonly show: (jwt: string) => Promise<string>
  readonly taken: string
  readonly refused: string
}

/** The place of each type, and its answers. */
const places: Record<Kind, Place> = {
  // The server never takes one back, so the judge is a strict client.
  'an ID token': {
    show: async (jwt) => {
      const body = { access_token: 'x', token_type: 'bearer', id_token: jwt }
      const client = { client_id: 'key-tv' }
      try {
        const read = oauth.processDeviceCodeResponse(
          { issuer: ISSUER },
          client,
          Response.json(body),
        )
        return oauth.getValidatedIdTokenClaims(await read) === undefined ? 'refused' : 'read'
      } catch {
        return 'refused'
      }
    },
    taken: 'read',
    refused: 'refused',
  },
  'an access token': {
    show: async (jwt) => {
      const { status, body } = await askUserinfo(jwt)
      return `${status} ${body.error}, active: ${(await introspect(jwt)).active}`
    },
    taken: '200 undefined, active: true',
    refused: '401 invalid_token, active: false',
  },
  'a DPoP proof': {
    show: (jwt) => hear({ client_id: 'tv' }, { DPoP: jwt }),
    taken: UNKNOWN_CODE,
    refused: '400 invalid_dpop_proof',
  },
  'a client assertion': {
    show: (jwt) => hear(carrying(jwt)),
    taken: UNKNOWN_CODE,
    refused: '401 invalid_client',
  },
}

describe.each(KINDS)('%s', (kind) => {
  it.each(KINDS)('TK-15 is refused in place of %s', async (expected) => {
    const { show, taken, refused } = places[expected]
    expect(await show(await make[kind]())).toBe(kind === expected ? taken : refused)
  })
})

describe('a JWT with the claims of both a DPoP proof and a client assertion', () => {
  it.each([
    ['dpop+jwt', 'a DPoP proof'],
    ['client-authentication+jwt', 'a client assertion'],
    ['JWT', 'a client assertion'],
    [undefined, 'a client assertion'],
    ['at+jwt', undefined],
    ['nosuch', undefined],
  ])('TK-15 with typ %s is accepted only as: %s', async (typ, kind) => {
    const claims = await proofClaims()
    for (const expected of ['a DPoP proof', 'a client assertion'] as const) {
      const jwt = await assertion({ claims, header: { ...proofHeader, typ } })
      const { show, taken, refused } = places[expected]
      expect(await show(jwt), expected).toBe(kind === expected ? taken : refused)
    }
  })
})
