// Every method of an account that restarts under the call gives the same answer.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { Account, accountOf, mintSubject } from '../../../src/objects/index.ts'
import { holdClock } from '../../support/clock.ts'
import { UNKNOWN } from '../../support/device.ts'
import { NOWHERE, signInNow } from '../../support/member.ts'
import { named } from '../../support/named.ts'
import { PROXIMITY_POLICY } from '../device-authorization/states.ts'
import { type Case, byMethod, covers, survives } from '../restart.ts'

holdClock()
// The shortest wait before the second call.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

const SESSION = { id: named('phone'), secretHash: named('digest of the phone') }
const CLAIMS = { name: 'Anna', email: 'anna@example.com', isEmailVerified: false }
const PLACE = { ...NOWHERE, country: 'FI' }
const TOKEN = { generation: 0, familyHash: named('family'), secretHash: named('first') }
const LIMITS = { idleMs: 86_400_000, lifetimeMs: 8_640_000_000 }
const GRANT = named('grant')
const CODE = { userCode: named('BCDFGHJK'), wasShown: false }
const ADDRESS = { endpoint: 'https://push.example/1', p256dh: 'key', auth: 'secret' }
const PASSKEY = {
  id: 'passkey',
  publicKey: new Uint8Array([1]),
  counter: 0,
  transports: [],
  isBackupEligible: false,
  isBackedUp: false,
  name: 'Phone',
  addedAtMs: 0,
  usedAtMs: undefined,
}
const device = () => ({
  clientId: 'tv',
  clientName: 'The tv',
  deviceName: 'Television',
  place: PLACE,
  scope: ['openid'],
  resource: ['https://antenna.test'],
  dpopJkt: undefined,
  approvedAtMs: Date.now(),
  lastsUntilMs: Infinity,
  refreshToken: TOKEN,
})
const prompt = () => ({
  codeHash: named('code'),
  clientId: 'tv',
  source: named('source'),
  location: { ...UNKNOWN, country: 'FI' },
  proximityPolicy: PROXIMITY_POLICY,
  hintIssuedAtMs: undefined,
})
type AccountRemote = NonNullable<ReturnType<typeof accountOf>>
const signedIn = (account: AccountRemote) => account.open(CLAIMS, SESSION, signInNow())
const connected = async (account: AccountRemote) => {
  await signedIn(account)
  await account.connectDevice(GRANT, device())
}
const asked = async (account: AccountRemote) => {
  await signedIn(account)
  await account.subscribe(SESSION, ADDRESS, PLACE)
}
const withPasskey = async (account: AccountRemote) => {
  await signedIn(account)
  await account.addPasskey(PASSKEY)
}
const refreshed = (account: AccountRemote) =>
  account
    .refresh(GRANT, {
      clientId: 'tv',
      presented: TOKEN,
      nextSecretHash: named('next'),
      dpopJkt: undefined,
      scope: undefined,
      resource: undefined,
      limits: LIMITS,
    })
    // A refresh that is made again is one that is repeated (RF-6).
    .then((outcome) => 'grant' in outcome && outcome.grant)

const ACCOUNTS: readonly Case<AccountRemote>[] = [
  ['open', signedIn],
  [
    'open',
    (account) => account.open(undefined, { ...SESSION, id: named('b') }, signInNow(), SESSION),
    asked,
  ],
  ['session', (account) => account.session(SESSION), signedIn],
  ['tryCode', (account) => account.tryCode(SESSION, { ...CODE, place: PLACE }), signedIn],
  ['tryCodeByGrant', (account) => account.tryCodeByGrant(GRANT, 'jti', CODE), connected],
  ['tryCodeByClaims', (account) => account.tryCodeByClaims(CLAIMS, CODE)],
  ['signOut', (account) => account.signOut(SESSION), asked],
  ['countWrongCode', (account) => account.countWrongCode(CODE.userCode, true), signedIn],
  ['waitBeforeFirstCode', (account) => account.waitBeforeFirstCode(), signedIn],
  ['overview', (account) => account.overview(SESSION, PLACE), asked],
  ['endSession', (account) => account.endSession(SESSION.id), asked],
  ['signOutEverywhere', (account) => account.signOutEverywhere({ withDevices: true }), connected],
  ['ownPasskeys', (account) => account.ownPasskeys(SESSION), withPasskey],
  ['passkey', (account) => account.passkey(PASSKEY.id), withPasskey],
  ['hasRoomForPasskey', (account) => account.hasRoomForPasskey(), signedIn],
  ['addPasskey', (account) => account.addPasskey(PASSKEY), signedIn],
  [
    'addPasskey',
    (account) => account.addPasskey(PASSKEY),
    async (account) => {
      await signedIn(account)
      for (let id = 1; id < 20; id += 1) await account.addPasskey({ ...PASSKEY, id: `${id}` })
    },
  ],
  ['updatePasskey', (account) => account.updatePasskey({ ...PASSKEY, counter: 2 }), withPasskey],
  ['renamePasskey', (account) => account.renamePasskey(PASSKEY.id, 'Key'), withPasskey],
  ['removePasskey', (account) => account.removePasskey(PASSKEY.id), withPasskey],
  [
    'reportRequest',
    (account) => account.reportRequest({ deviceName: 'TV', place: PLACE, source: named('source') }),
    signedIn,
  ],
  [
    'noteCollectedElsewhere',
    (account) => account.noteCollectedElsewhere(GRANT, { deviceName: 'TV', place: PLACE }),
    signedIn,
  ],
  ['subscribe', (account) => account.subscribe(SESSION, ADDRESS, PLACE), signedIn],
  ['unsubscribe', (account) => account.unsubscribe(SESSION.id), asked],
  ['prompt', (account) => account.prompt(prompt()), asked],
  [
    'refusePrompt',
    (account) =>
      account.refusePrompt(SESSION, { endpoint: ADDRESS.endpoint, codeHash: named('code') }),
    async (account) => {
      await asked(account)
      await account.prompt(prompt())
    },
  ],
  ['disable', (account) => account.disable(true), signedIn],
  ['renameDevice', (account) => account.renameDevice(GRANT, 'Cinema'), connected],
  ['removeDevice', (account) => account.removeDevice(GRANT, 'device_removed'), connected],
  [
    'removeDevice',
    (account) =>
      account.removeDevice(named('later'), 'device_reported', {
        deviceName: 'TV',
        source: named('s'),
      }),
    signedIn,
  ],
  [
    'awaitDevice',
    (account) => account.awaitDevice(GRANT, { ...device(), waitsUntilMs: Date.now() + 60_000 }),
    signedIn,
  ],
  ['connectDevice', (account) => account.connectDevice(GRANT, device()), signedIn],
  ['refresh', refreshed, connected],
  [
    'revokeGrant',
    // RFC 7009 §2.2: the answer is the same for a token that is revoked already.
    async (account) => {
      await account.revokeGrant(GRANT, { clientId: 'tv', presented: TOKEN })
    },
    connected,
  ],
  [
    'revokeAccessToken',
    (account) => account.revokeAccessToken(GRANT, 'jti', Date.now() + 60_000),
    connected,
  ],
  ['isLive', (account) => account.isLive(GRANT, 'jti'), connected],
  ['grantOf', (account) => account.grantOf(GRANT, TOKEN, LIMITS), connected],
  ['claims', (account) => account.claims(GRANT, 'jti'), connected],
]

describe('an account that restarts', () => {
  it.each(byMethod(ACCOUNTS))('answers $method as if it had not', async ({ one }) => {
    await survives(Account.prototype, one, () => {
      const subject = mintSubject(env)
      const remote = accountOf(env, subject)
      if (remote === undefined) throw new Error('no subject')
      return { remote, stub: () => env.ACCOUNT.get(env.ACCOUNT.idFromString(subject)) }
    })
  })
  covers(Account.prototype, ACCOUNTS)
})
