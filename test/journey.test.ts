// Start here: a television, a phone, a person, from the code on the screen to the API.
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose'
import { expect, it } from 'vitest'
import { holdClock } from './support/clock.ts'
import { startDevice } from './support/device.ts'
import { Person } from './support/person.ts'
import { ISSUER } from './support/settings.ts'
import { url, worker } from './support/worker.ts'

holdClock()

it('a television signs in, calls the API and greets its person', async () => {
  // The television asks for a code, and shows it with a QR picture.
  const television = await startDevice('held-tv', { fields: { device_name: 'Den TV' } })
  expect(television.userCode).toMatch(/^[B-Z]{4}-[B-Z]{4}$/)

  // Its first poll waits for a decision.
  const waiting = television.poll({}, { Prefer: 'wait=20' })

  // A person scans the picture. This phone has no session, so signing in comes first.
  const person = new Person(worker, ISSUER)
  const signIn = await person.open(television.answer.verification_uri_complete)
  expect(signIn.url.pathname).toBe('/device/sign-in')
  expect(signIn.html).toContain(television.userCode)

  // They make an account, and are asked about this very code without entering it again.
  const question = await person.createAccount('Ada Lovelace', 'ada@example.com')
  expect(question.url.pathname).toBe('/device/confirm')
  for (const shown of ['The held-tv', 'Den TV', television.userCode, '@example.com'])
    expect(question.html).toContain(shown)

  // They allow it, and are sent back to the television.
  const done = await person.decide(question, 'allow')
  expect(done.html).toContain('You’re connected')
  expect(done.html).toContain('Den TV')

  // The waiting poll is answered in that moment.
  const { status, headers, body: tokens } = await waiting
  expect(status).toBe(200)
  expect(headers.get('Preference-Applied')).toBe('wait=20')
  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 600 })

  // The API trusts the token, because it knows our keys.
  const keys = createRemoteJWKSet(new URL(url('/jwks.json')), {
    [customFetch]: (address: string) => worker(new Request(address)),
  })
  const { payload } = await jwtVerify(tokens.access_token, keys, {
    issuer: ISSUER,
    audience: ISSUER,
    typ: 'at+jwt',
  })
  expect(payload['scope']).toContain('library:read')

  // And the television greets the person by name.
  const userinfo = await worker(
    new Request(url('/userinfo'), { headers: { Authorization: `Bearer ${tokens.access_token}` } }),
  )
  expect(await userinfo.json()).toMatchObject({ sub: payload.sub, name: 'Ada Lovelace' })

  // Scanning the picture again shows the same to this person, and nothing to others. The code gives
  // no further tokens.
  const again = await person.open(television.answer.verification_uri_complete)
  expect(again.html).toContain('You’re connected')
  const other = new Person(worker, ISSUER)
  await other.createAccount('Charles Babbage', 'charles@example.com')
  const nothing = await other.open(television.answer.verification_uri_complete)
  expect(nothing.html).toContain('This code is invalid or has expired')
  expect((await television.poll()).body.error).toBe('invalid_grant')
})
