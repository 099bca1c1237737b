// Every method of an object that restarts under the call gives the same answer. Accounts have a file of
// their own.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  ClientRecord,
  DeviceAuthorization,
  Keyring,
  Login,
  ReplayGuard,
  clientRecordOf,
  deviceAuthorizationOf,
  emailLogin,
  keyringOf,
  replayGuardOf,
} from '../../src/objects/index.ts'
import { mintUserCode } from '../../src/codes.ts'
import { holdClock, pass } from '../support/clock.ts'
import { approvalBy, requestFor } from './device-authorization/object.ts'
import { pollAt } from './device-authorization/states.ts'
import { named } from '../support/named.ts'
import { type Case, byMethod, covers, restartOnceIn, survives } from './restart.ts'

holdClock()
// The shortest wait before the second call.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

const REQUEST = requestFor('BCDFGHJK')
const poller = (more: object = {}) =>
  pollAt(Date.now(), { secretHash: REQUEST.secretHash, ...more })
const started = (object: ReturnType<typeof deviceAuthorizationOf>) => object.start(REQUEST)
const approved = async (object: ReturnType<typeof deviceAuthorizationOf>) => {
  await started(object)
  await object.approve(approvalBy('anna'))
}
const opener = (subject: string, country: string) => ({ subject: named(subject), country })

const AUTHORIZATIONS: readonly Case<ReturnType<typeof deviceAuthorizationOf>>[] = [
  ['start', started],
  [
    'poll',
    (object) => {
      pass(1000)
      return object.poll(poller())
    },
    started,
  ],
  ['redeem', (object) => object.redeem(poller(), []), approved],
  ['open', (object) => object.open(opener('anna', 'FI')), started],
  [
    'open',
    (object) => object.open(opener('bert', 'BR')),
    async (object) => {
      await started(object)
      await object.open(opener('anna', 'FI'))
    },
  ],
  ['approve', (object) => object.approve(approvalBy('anna')), started],
  ['deny', (object) => object.deny(named('anna'), 'reported'), started],
  ['withdraw', (object) => object.withdraw(named('anna')), approved],
]

describe('a device authorization that restarts', () => {
  it.each(byMethod(AUTHORIZATIONS))('answers $method as if it had not', async ({ one }) => {
    await survives(DeviceAuthorization.prototype, one, () => {
      const userCode = mintUserCode('letters')
      const stub = () => env.DEVICE_AUTHORIZATION.getByName(userCode)
      return { remote: deviceAuthorizationOf(env, userCode), stub }
    })
  })
  covers(DeviceAuthorization.prototype, AUTHORIZATIONS)
})

const PERSON = { name: 'Anna', password: 'correct horse battery' }
type LoginRemote = ReturnType<typeof emailLogin>
const registered = (login: LoginRemote) => login.claim(named('anna'), 'Anna')
// A password hash has a random salt.
const LOGINS: readonly Case<LoginRemote>[] = [
  ['claim', (login) => login.claim(named('anna'), 'Anna')],
  ['subject', (login) => login.subject(), registered],
  ['tryPassword', (login) => login.tryPassword('wrong')],
  [
    'tryPassword',
    (login) => login.tryPassword('wrong'),
    async (login) => {
      for (let failed = 0; failed < 4; failed += 1) await login.tryPassword('wrong')
    },
  ],
]

const newLogin = () => {
  const email = `${crypto.randomUUID()}@example.com`
  return { remote: emailLogin(env, email), stub: () => env.LOGIN.getByName(`email:${email}`) }
}

describe('a login that restarts', () => {
  it.each(byMethod(LOGINS))('answers $method as if it had not', async ({ one }) => {
    await survives(Login.prototype, one, newLogin)
  })

  it('answers register as if it had not, and lets the person in', async () => {
    const { remote } = newLogin()
    const restart = restartOnceIn(Login.prototype, 'register')
    expect(await remote.register(named('anna'), PERSON)).toEqual({ outcome: 'registered' })
    restart.end()
    expect(restart.restarts()).toBe(1)
    expect(await remote.register(named('bert'), PERSON)).toEqual({ outcome: 'exists' })
    expect(await remote.tryPassword(PERSON.password)).toMatchObject({ outcome: 'right' })
  })
  covers(Login.prototype, [...LOGINS, ['register', registered]])
})

const REGISTRATION = {
  metadata: '{}',
  secretHash: undefined,
  accessTokenHash: named('digest'),
  issuedAtMs: 0,
}
type RecordRemote = ReturnType<typeof clientRecordOf>
const known = (record: RecordRemote) => record.register(REGISTRATION)
const RECORDS: readonly Case<RecordRemote>[] = [
  ['register', known],
  ['replace', (record) => record.replace({ ...REGISTRATION, metadata: '{"a":1}' }), known],
  ['read', (record) => record.read(), known],
  ['remove', (record) => record.remove(), known],
]

describe('the record of a client that restarts', () => {
  it.each(byMethod(RECORDS))('answers $method as if it had not', async ({ one }) => {
    await survives(ClientRecord.prototype, one, () => {
      const id = crypto.randomUUID()
      return { remote: clientRecordOf(env, id), stub: () => env.CLIENT_RECORD.getByName(id) }
    })
  })
  covers(ClientRecord.prototype, RECORDS)
})

const newGuard = () => {
  const sender = crypto.randomUUID()
  const stub = () => env.REPLAY_GUARD.getByName(`dpop:${sender}`)
  return { remote: replayGuardOf(env, 'dpop', sender), stub }
}

describe('a replay guard that restarts', () => {
  const GUARDS: readonly Case<ReturnType<typeof replayGuardOf>>[] = [
    ['use', (guard) => guard.use(named('digest'), Date.now() + 60_000)],
    [
      'use',
      (guard) => guard.use(named('digest'), Date.now() + 60_000),
      (guard) => guard.use(named('digest'), Date.now() + 60_000),
    ],
  ]
  it.each(byMethod(GUARDS))('answers $method as if it had not', async ({ one }) => {
    await survives(ReplayGuard.prototype, one, newGuard)
  })
  covers(ReplayGuard.prototype, GUARDS)
})

describe('the keyring that restarts', () => {
  const KEYRINGS: readonly Case<ReturnType<typeof keyringOf>>[] = [
    ['keys', (keyring) => keyring.keys()],
    ['rememberedKeys', (keyring) => keyring.rememberedKeys()],
    ['macSecret', (keyring) => keyring.macSecret()],
  ]
  it.each(byMethod(KEYRINGS))('answers $method as if it had not', async ({ one }) => {
    await survives(Keyring.prototype, one, () => ({
      remote: keyringOf(env),
      stub: () => env.KEYRING.getByName('keyring'),
    }))
  })
  covers(Keyring.prototype, KEYRINGS)
})
