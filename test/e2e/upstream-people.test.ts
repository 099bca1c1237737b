// People who sign in at an upstream identity provider: one account for each of its subjects, with
// its claims.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD } from '../support/person.ts'
import { UPSTREAM_AMR, upstreamSubject } from './support/upstream-provider.ts'
import { type UpstreamServer, newMember, startUpstreamServer } from './support/upstream-server.ts'

const ADA = { name: 'Ada Lovelace', email: 'ada@example.com' }

let upstream: UpstreamServer

beforeAll(async () => {
  upstream = await startUpstreamServer()
})
afterEach(() => upstream.acme.misbehave())
afterAll(() => upstream.close())

const subjectOf = async (...args: Parameters<UpstreamServer['signIn']>) =>
  (await upstream.connectMember(...args)).idToken.sub

describe('an account', () => {
  it('TK-8 is the same at each sign-in, with a subject of ours', async () => {
    const member = newMember()
    const { idToken, userinfo } = await upstream.connectMember(member)
    expect(userinfo).toStrictEqual({ sub: idToken.sub, ...member, email_verified: true })
    expect(idToken.sub).not.toContain(upstreamSubject(member))
    expect(await subjectOf(member)).toBe(idToken.sub)
    expect(await subjectOf(newMember())).not.toBe(idToken.sub)
  })

  it('stays the same when name and address change at the provider, and has the new ones', async () => {
    const member = newMember()
    const sub = await subjectOf(member)
    upstream.acme.misbehave({ userinfo: ADA })
    const { userinfo } = await upstream.connectMember(member)
    expect(userinfo).toStrictEqual({ sub, ...ADA, email_verified: true })
  })

  it('is the same for every client of ours at the provider', async () => {
    const member = newMember()
    expect(await subjectOf(member, { id: 'acme-app' })).toBe(await subjectOf(member))
  })

  it('is created once by simultaneous first sign-ins', async () => {
    const member = newMember()
    const subjects = await Promise.all([1, 2, 3].map(() => subjectOf(member)))
    expect(new Set(subjects).size).toBe(1)
  })

  it('is a different one if another provider has the same subject', async () => {
    const member = newMember()
    const there = await upstream.connectMember(member, { id: 'globex', provider: upstream.globex })
    expect(there.userinfo).toMatchObject(member)
    expect(there.idToken.sub).not.toBe(await subjectOf(member))
  })

  it('is never linked by its address, in either order', async () => {
    const member = { name: 'Mallory', email: 'shared@example.com' }
    const builtIn = upstream.newVisitor()
    await builtIn.createAccount('Alice', member.email)
    const alice = await upstream.connect(builtIn)
    const mallory = await upstream.connectMember(member)
    expect(mallory.idToken.sub).not.toBe(alice.idToken.sub)
    expect([alice.userinfo.name, mallory.userinfo.name]).toStrictEqual(['Alice', 'Mallory'])

    const again = upstream.newVisitor()
    await again.signIn(member.email, PASSWORD)
    const { idToken, userinfo } = await upstream.connect(again)
    expect(idToken.sub).toBe(alice.idToken.sub)
    expect(userinfo).toMatchObject({ name: 'Alice', email_verified: false })

    const upstreamFirst = { name: 'Trent', email: 'trent@example.com' }
    const trent = await subjectOf(upstreamFirst)
    const later = upstream.newVisitor()
    await later.createAccount('Not Trent', upstreamFirst.email)
    expect((await upstream.connect(later)).idToken.sub).not.toBe(trent)
  })
})

describe('the provider’s claims', () => {
  const LONG_ADDRESS = `${'x'.repeat(250)}@example.com`
  const verified = (name: string) => ({ name, email: ADA.email, email_verified: true })

  it.each<[string, object, object]>([
    ['an address', {}, { ...ADA, email_verified: true }],
    // TK-13
    ['an unverified address', { email_verified: false }, { ...ADA, email_verified: false }],
    [
      'an address without a word on verification',
      { email_verified: undefined },
      { ...ADA, email_verified: false },
    ],
    [
      'an address verified by a text',
      { email_verified: 'true' },
      { ...ADA, email_verified: false },
    ],
    ['no address', { email: undefined }, { name: ADA.name }],
    // Cut or normalised, it could be another person's.
    ['an overlong address', { email: LONG_ADDRESS }, { name: ADA.name }],
    ['an address of two lines', { email: 'ada@example.com\nx' }, { name: ADA.name }],
    ['an address in a list', { email: ['ada@example.com'] }, { name: ADA.name }],
    ['another name', { name: undefined, preferred_username: 'ada' }, verified('ada')],
    ['an address for a name', { name: '' }, verified(ADA.email)],
    // VP-16
    ['a name that reads backwards', { name: '\u202EecilA\n' }, verified('ecilA')],
    ['an invisible name', { name: '\u200B ' }, verified(ADA.email)],
    ['an overlong name', { name: `${'x'.repeat(63)}😀😀` }, verified(`${'x'.repeat(63)}😀`)],
  ])('may have %s', async (_, claims, expected) => {
    upstream.acme.misbehave({ userinfo: { ...ADA, ...claims } })
    const { idToken, userinfo } = await upstream.connectMember(newMember())
    expect(userinfo).toStrictEqual({ sub: idToken.sub, ...expected })
  })

  it('may be the subject alone', async () => {
    const member = newMember()
    upstream.acme.misbehave({ userinfo: { name: undefined, email: undefined } })
    const { idToken, userinfo } = await upstream.connectMember(member)
    expect(userinfo).toStrictEqual({ sub: idToken.sub, name: upstreamSubject(member) })
  })

  it('TK-14 pass on only the sign-in methods that RFC 8176 defines', async () => {
    const { idToken } = await upstream.connectMember(newMember())
    expect(UPSTREAM_AMR).toContain('company_badge')
    expect(idToken['amr']).toStrictEqual(['pwd', 'mfa'])
  })

  it.each<[string, object]>([
    ['nothing', { amr: undefined }],
    ['no list', { amr: 'pwd' }],
    ['no words', { amr: [1, null, {}] }],
  ])('TK-14 may have as methods %s', async (_, claims) => {
    upstream.acme.misbehave({ idToken: { ...claims } })
    expect((await upstream.connectMember(newMember())).idToken['amr'] ?? []).toStrictEqual([])
  })
})
