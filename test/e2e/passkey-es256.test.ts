// An ES256 passkey at the Worker as it is deployed, where stand-ins take the place of packages that read
// ASN.1 (wrangler.toml, alias). Chromium's authenticator signs with Ed25519.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Page, Person } from '../support/person.ts'
import { type Server, startServer } from './support/server.ts'
import { SoftPasskey } from '../support/soft-passkey.ts'

const ADD = '/devices/passkey/add'
const SIGN_IN = '/device/sign-in/passkey'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

interface Options {
  readonly challenge: string
  readonly user?: { readonly id: string }
}

const optionsOn = ({ html }: Page): Options => {
  const json = /data-options="([^"]*)"/.exec(html)?.[1] ?? ''
  return JSON.parse(json.replaceAll('&quot;', '"')) as Options
}

const signIn = async (passkey: SoftPasskey, userHandle: string, spoil = (text: string) => text) => {
  const visitor = new Person(fetch, server.origin)
  const page = await visitor.open('/device/sign-in')
  const credential = spoil(passkey.get(optionsOn(page).challenge, userHandle))
  return (await visitor.submit(page, SIGN_IN, { credential })).status
}

it('SS-9 a signature is accepted for any length of its numbers, and refused with a wrong one', async () => {
  const person = new Person(fetch, server.origin)
  await person.createAccount('Ada', 'ada@example.com')
  const passkey = new SoftPasskey(server.origin)
  const page = await person.open('/devices')
  const { challenge, user } = optionsOn(page)
  const added = await person.submit(page, ADD, { credential: passkey.create(challenge) })
  expect(added.url.search).toBe('?done=passkeyAdded')
  // A number begins with a zero byte every other time.
  for (let time = 0; time < 12; time += 1) expect(await signIn(passkey, user?.id ?? '')).toBe(200)
  const another = (credential: string) =>
    JSON.stringify({
      ...JSON.parse(credential),
      response: {
        ...JSON.parse(credential).response,
        signature: JSON.parse(new SoftPasskey(server.origin).get(challenge, '')).response.signature,
      },
    })
  expect(await signIn(passkey, user?.id ?? '', another)).toBe(403)
})
