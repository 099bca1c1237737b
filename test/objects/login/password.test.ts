import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { scryptSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  SCRYPT_PARAMETERS,
  hashPassword,
  needsRehash,
  verifyPassword,
} from '../../../src/objects/login/password.ts'
import { newPerson } from '../../support/member.ts'

const PASSWORD = 'correct horse battery'

const text = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')

/** A PHC string as an earlier version with other figures would have stored it. */
const hashedWith = (password: string, logN: number, r: number, p: number): string => {
  const salt = Buffer.alloc(16, 7)
  const hash = scryptSync(password, salt, 32, { N: 2 ** logN, r, p })
  return `$scrypt$ln=${logN},r=${r},p=${p}$${text(salt)}$${text(hash)}`
}

const durationMs = (work: () => void): number => {
  const start = performance.now()
  work()
  return performance.now() - start
}

describe('the stored hash', () => {
  it('is a PHC string with its parameters, a salt of 16 bytes and a hash of 32 (SS-19)', () => {
    const [, name, parameters, salt = '', hash = ''] = hashPassword(PASSWORD).split('$')
    expect(name).toBe('scrypt')
    expect(parameters).toBe('ln=14,r=8,p=5')
    expect(Buffer.from(salt, 'base64')).toHaveLength(16)
    expect(Buffer.from(hash, 'base64')).toHaveLength(32)
  })

  it('is as strong as OWASP asks, within the limits of Workers (SS-19, SS-20)', () => {
    const { logN, r, p } = SCRYPT_PARAMETERS
    expect(2 ** logN * r * p).toBe(655_360)
    expect(2 ** logN * r * p).toBeLessThan(2 ** 20)
    // Memory, of the 128 MiB of an isolate and the 32 MiB that node:crypto allows by default.
    expect(128 * 2 ** logN * r).toBe(16 * 1024 * 1024)
  })

  it('has a new salt each time, and never contains the password (SS-19)', () => {
    const [first, second] = [hashPassword(PASSWORD), hashPassword(PASSWORD)]
    expect(first).not.toBe(second)
    expect(first).not.toContain('correct')
    expect(verifyPassword(PASSWORD, second)).toBe(true)
  })

  it('matches scrypt with these parameters, so that other tools can check it', () => {
    expect(verifyPassword(PASSWORD, hashedWith(PASSWORD, 14, 8, 5))).toBe(true)
  })
})

describe('the whole password is checked (SS-16)', () => {
  const long = 'a'.repeat(72)

  it.each([
    ['differs at byte 73 only', `${long}x`, `${long}y`],
    ['ends one character later', `${long}x`, `${long}xx`],
    ['differs in the last character', PASSWORD, 'correct horse batterx'],
    ['differs in case', PASSWORD, 'Correct horse battery'],
    ['has a space at its end', PASSWORD, `${PASSWORD} `],
    ['differs behind a NUL', `${PASSWORD}\0one`, `${PASSWORD}\0two`],
  ])('refuses one that %s', (_, right, wrong) => {
    const stored = hashPassword(right)
    expect(verifyPassword(right, stored)).toBe(true)
    expect(verifyPassword(wrong, stored)).toBe(false)
  })

  it('treats both encodings of an accented letter as one (SS-15: NFC)', () => {
    const stored = hashPassword('p\u00e4ivää paistaa aurinko')
    expect(verifyPassword('pa\u0308ivää paistaa aurinko', stored)).toBe(true)
    expect(verifyPassword('paivää paistaa aurinko', stored)).toBe(false)
  })
})

describe('raised parameters (SS-21)', () => {
  it.each([
    ['the cost', 13, 8, 5],
    ['the block size', 14, 4, 5],
    ['the rounds', 14, 8, 1],
  ])('still verify a hash with an older %s, and mark it for a new hash', (_, logN, r, p) => {
    const stored = hashedWith(PASSWORD, logN, r, p)
    expect(verifyPassword(PASSWORD, stored)).toBe(true)
    expect(verifyPassword('wrong horse battery', stored)).toBe(false)
    expect(needsRehash(stored)).toBe(true)
  })

  it('leave a current hash alone', () => {
    expect(needsRehash(hashPassword(PASSWORD))).toBe(false)
  })

  it('replace the old hash at the next successful sign-in only', async () => {
    const login = env.LOGIN.getByName(`email:${(await newPerson()).email}`)
    const old = hashedWith(PASSWORD, 13, 8, 1)
    const stored = () =>
      runInDurableObject(login, (_, { storage }) => storage.get<{ passwordHash: string }>('login'))
    const record = await stored()
    await runInDurableObject(login, (_, { storage }) =>
      storage.put('login', { ...record, passwordHash: old }),
    )

    expect(await login.tryPassword('wrong horse battery')).toEqual({ outcome: 'refused' })
    expect((await stored())?.passwordHash).toBe(old)

    expect(await login.tryPassword(PASSWORD)).toMatchObject({ outcome: 'right' })
    const now = await stored()
    expect(now).toEqual({ ...record, passwordHash: now?.passwordHash })
    expect(needsRehash(now?.passwordHash ?? '')).toBe(false)
    expect(verifyPassword(PASSWORD, now?.passwordHash)).toBe(true)
  })
})

describe('a malformed hash', () => {
  it.each([
    ['nothing', ''],
    ['the password itself', PASSWORD],
    ['another scheme', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA'],
    ['a hash cut short', '$scrypt$ln=14,r=8,p=5$c2FsdA'],
    ['parameters that are no numbers', '$scrypt$ln=a,r=8,p=5$c2FsdA$aGFzaA'],
  ])('is an error, not a wrong password: %s', (_, stored) => {
    expect(() => verifyPassword(PASSWORD, stored)).toThrow('not a scrypt PHC string')
  })
})

it('verification takes as long without an account as for a wrong password (SS-22)', () => {
  const stored = hashPassword(PASSWORD)
  expect(verifyPassword(PASSWORD, undefined)).toBe(false)
  // The quickest of each, since whatever else runs on this machine only adds to it; and more of them
  // for as long as they are far apart. Were the hash left out, they would stay so.
  const known = { ms: Infinity, stored }
  const unknown = { ms: Infinity, stored: undefined }
  const areFarApart = () => unknown.ms < known.ms / 2 || unknown.ms > known.ms * 2
  for (let round = 0; round < 5 || (round < 50 && areFarApart()); round += 1)
    for (const tried of [known, unknown])
      tried.ms = Math.min(
        tried.ms,
        durationMs(() => verifyPassword('wrong', tried.stored)),
      )
  expect(areFarApart()).toBe(false)
})
