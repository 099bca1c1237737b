// Values that a stranger can make up and only an object can judge: the limit for each. All others
// are in forgeries.test.ts.
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { mintUserCode } from '../../src/codes.ts'
import { NOTHING, costOf, countedWith, startCounting } from '../support/cost.ts'
import { startDevice } from '../support/device.ts'
import { PUSH_VARS } from '../support/household.ts'
import { connectInternet } from '../support/internet.ts'
import { REGISTRATION, registered } from '../support/registration.ts'
import { Stranger, freshProof, get, open, poll, send, start } from './support/stranger.ts'
import { signedIn } from '../support/visitor.ts'

type Forge = () => Request | Promise<Request>

const fetch = countedWith({ ...PUSH_VARS, ...REGISTRATION })

let radio: string
let by: Stranger

beforeAll(async () => {
  by = await Stranger.arrive()
  radio = (await registered()).client_id
  await startCounting()
  // The isolate knows the older keys from here on, which hints may be signed with.
  await fetch(start({ id_token_hint: await by.forgedIdToken() }))
})
beforeEach(async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  connectInternet()
  await by.look()
})
afterEach(() => void vi.restoreAllMocks())

type Limit = 'PERSON_LIMIT' | 'NEW_ACCOUNT_LIMIT' | 'START_LIMIT' | 'TOKEN_LIMIT' | 'POLL_LIMIT'

/** The forged value, its limit, and the objects called up to that limit. */
const IS_LIMITED: [value: string, limit: Limit, objects: number, forge: Forge][] = [
  [
    'an email address typed at sign-in (its Login)',
    'PERSON_LIMIT',
    1,
    () =>
      send(
        '/device/sign-in',
        { email: `${crypto.randomUUID()}@example.com`, password: 'guess' },
        by.visit,
      ),
  ],
  [
    'an email address of a new account (its Login, its Account)',
    'NEW_ACCOUNT_LIMIT',
    2,
    () =>
      send(
        '/device/create-account',
        {
          name: 'Ada',
          email: `${crypto.randomUUID()}@example.com`,
          password: 'plums in the icebox',
        },
        by.visit,
      ),
  ],
  [
    'an address in a login_hint (its Login, beside the DeviceAuthorization)',
    'START_LIMIT',
    2,
    () => start({ client_id: 'mail-tv', login_hint: `${crypto.randomUUID()}@example.com` }),
  ],
  [
    'an ID token that we did not sign, in an id_token_hint (the DeviceAuthorization alone)',
    'START_LIMIT',
    1,
    async () => start({ id_token_hint: await by.forgedIdToken() }),
  ],
  [
    'a user code typed by a signed-in person (their Account, the DeviceAuthorization)',
    'PERSON_LIMIT',
    2,
    () => open('/device/confirm', by.asVictim({ user_code: mintUserCode('letters') })),
  ],
  [
    'a registration access token of a client that there is (its ClientRecord)',
    'TOKEN_LIMIT',
    1,
    () => get(`/register/${radio}`, { Authorization: 'Bearer x' }),
  ],
  [
    'a passkey of a subject that is known (a ReplayGuard, the Account)',
    'PERSON_LIMIT',
    2,
    async () => by.signInWith(await by.challenge()),
  ],
  [
    'the endpoint of a notification, from a signed-in person (their Account)',
    'PERSON_LIMIT',
    1,
    () =>
      send(
        '/devices/prompts/not-me',
        { user_code: by.waiting, endpoint: 'https://push.example/x' },
        by.asVictim(),
      ),
  ],
  [
    'a key of one’s own, with a device_code of one’s own (a ReplayGuard, the DeviceAuthorization)',
    'POLL_LIMIT',
    2,
    async () => {
      const { deviceCode } = await startDevice()
      return poll(deviceCode, await freshProof())
    },
  ],
]

describe('a value that looks valid is limited:', () => {
  it.each(IS_LIMITED)('%s, by %s', async (_value, limit, objects, forge) => {
    const [request, again] = [await forge(), await forge()]
    expect(await costOf(() => fetch(request))).toMatchObject({ objects })
    vi.spyOn(env[limit], 'limit').mockResolvedValue({ success: false })
    expect(await costOf(() => fetch(again))).toEqual(NOTHING)
  })

  it('user codes entered by one account, by its own count (VP-5)', async () => {
    const { cookies } = await signedIn('Gus', `${crypto.randomUUID()}@example.com`)
    const guess = () =>
      fetch(open('/device/confirm', { ...cookies, user_code: mintUserCode('letters') }))
    for (let tried = 0; tried < 5; tried += 1) await guess()
    expect(await costOf(guess)).toMatchObject({ objects: 1, writes: 0 })
  })
})
