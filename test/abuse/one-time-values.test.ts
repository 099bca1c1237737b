// A one-time value is used up last: a request that is refused before any object is called leaves no
// jti behind, for any number of made-up keys.
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { mintDeviceCode } from '../../src/codes.ts'
import { MINUTE } from '../../src/durations.ts'
import { NOTHING, costOf, fetch, startCounting } from '../support/cost.ts'
import { newKeyHolder, readyKeyHolder } from '../support/dpop.ts'
import { connectInternet } from '../support/internet.ts'
import { asKeyClient } from '../support/key-client.ts'
import { serverSecret, url } from '../support/worker.ts'
import { Stranger, freshProof, get, heardIn, poll, refresh, start } from './support/stranger.ts'
import { connectDevice } from '../support/tokens.ts'
import { named } from '../support/named.ts'

type Forge = () => Request | Promise<Request>

let by: Stranger

beforeAll(async () => {
  by = await Stranger.arrive()
  await startCounting()
})
beforeEach(async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  connectInternet()
  await by.look()
})
afterEach(() => void vi.restoreAllMocks())

// Verified in all that needs no object, and then refused: the jti is used up last.
const LEAVES_NO_JTI: [what: string, forge: Forge, answer: string | number][] = [
  ['a nonsense device_code', async () => poll('nosuch', await freshProof()), 'invalid_grant'],
  [
    'a forged device_code',
    async () => poll(by.forgedDeviceCode(MINUTE), await freshProof()),
    'invalid_grant',
  ],
  [
    'a device_code that ran out long ago',
    async () => {
      const { text } = mintDeviceCode(
        await serverSecret(),
        named(by.waiting),
        Date.now() - 60 * MINUTE,
      )
      return poll(text, await freshProof())
    },
    'expired_token',
  ],
  ['no device_code', async () => poll('', await freshProof()), 'invalid_request'],
  ['a nonsense refresh token', async () => refresh('nosuch', await freshProof()), 'invalid_grant'],
  [
    'a forged refresh token',
    async () => refresh(await by.forgedRefreshToken(), await freshProof()),
    'invalid_grant',
  ],
  [
    'an invalid scope of a refresh',
    async () => refresh(by.tokens['refresh_token'] ?? '', await freshProof(), { scope: '"' }),
    'invalid_scope',
  ],
  [
    'an invalid scope',
    async () => start({ scope: '"' }, await freshProof('/device_authorization')),
    'invalid_scope',
  ],
  [
    'a grant that there is not, of a client that signs',
    async () =>
      poll('nosuch', {}, { ...(await asKeyClient()), client_id: 'key-tv', grant_type: 'x' }),
    'unsupported_grant_type',
  ],
  [
    'a nonsense device_code, of a client that signs',
    async () => poll('nosuch', {}, { ...(await asKeyClient()), client_id: 'key-tv' }),
    'invalid_grant',
  ],
  [
    'a token that is for another key',
    async () => {
      const { tokens: bound } = await connectDevice('tv', { fetch: (await newKeyHolder()).fetch })
      const token = String(bound.access_token)
      const proof = { method: 'GET', address: url('/userinfo'), token }
      const DPoP = await (await readyKeyHolder()).proof(proof)
      return get('/userinfo', { Authorization: `DPoP ${token}`, DPoP })
    },
    'invalid_token',
  ],
  [
    'a passkey of another origin',
    async () => by.signInWith(await by.challenge(), { origin: 'https://evil.test' }),
    403,
  ],
]

describe('a valid proof, assertion or challenge uses up no jti in a refused request:', () => {
  it.each(LEAVES_NO_JTI)('%s', async (_what, forge, answer) => {
    const request = await forge()
    const used = vi.spyOn(env.REPLAY_GUARD, 'getByName')
    let heard: readonly (number | string)[] = []
    const cost = await costOf(async () => {
      heard = await heardIn(await fetch(request))
    })
    expect(heard).toContain(answer)
    expect(cost).toMatchObject(NOTHING)
    expect(used).not.toHaveBeenCalled()
  })

  it.each<['START_LIMIT' | 'POLL_LIMIT', Forge]>([
    ['START_LIMIT', async () => start({}, await freshProof('/device_authorization'))],
    [
      'POLL_LIMIT',
      async () => {
        const { text } = mintDeviceCode(
          await serverSecret(),
          named(by.waiting),
          Date.now() + MINUTE,
        )
        return poll(text, await freshProof())
      },
    ],
  ])('a request beyond its %s', async (limit, forge) => {
    const request = await forge()
    vi.spyOn(env[limit], 'limit').mockResolvedValue({ success: false })
    expect(await costOf(() => fetch(request))).toEqual(NOTHING)
  })
})
