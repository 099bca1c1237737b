// The passkeys that an account keeps, and what it tells of them.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { mintSubject } from '../../../src/objects/index.ts'
import { signInNow } from '../../support/member.ts'
import { named } from '../../support/named.ts'

const SESSION = { id: named('test'), secretHash: named('test') }

const newAccount = async () => {
  const account = env.ACCOUNT.get(env.ACCOUNT.idFromString(mintSubject(env)))
  await account.open(
    { name: 'Ada', email: undefined, isEmailVerified: false },
    SESSION,
    signInNow(),
  )
  return account
}

describe('passkeys of an account', () => {
  const passkey = {
    id: 'credential',
    publicKey: new Uint8Array([1, 2, 3]),
    counter: 0,
    transports: ['internal'],
    isBackupEligible: true,
    isBackedUp: true,
    name: 'Phone',
    addedAtMs: 0,
    usedAtMs: undefined,
  }

  it('are stored, renamed and removed, and additions and removals are recorded', async () => {
    const account = await newAccount()
    await account.addPasskey(passkey)
    await account.renamePasskey('credential', 'Anna’s phone')
    expect(await account.passkey('credential')).toEqual({ ...passkey, name: 'Anna’s phone' })
    await account.removePasskey('credential')
    expect(await account.passkey('credential')).toBeUndefined()
    const overview = await account.overview(SESSION)
    expect(overview?.passkeys).toEqual([])
    expect(overview?.events.map(({ kind }) => kind)).toEqual([
      'passkey_removed',
      'passkey_added',
      'signed_in',
    ])
  })

  it('do not come back if they are used while they are removed', async () => {
    const account = await newAccount()
    await account.addPasskey(passkey)
    await account.removePasskey('credential')
    await account.updatePasskey({ ...passkey, counter: 1 })
    expect(await account.passkey('credential')).toBeUndefined()
  })
})
