// Passkey ceremonies with single things wrong (WebAuthn §7.1, §7.2), at the pages that take them.
import { describe, expect, it } from 'vitest'
import { MAX_PASSKEYS } from '../../src/objects/account/account-limits.ts'
import { accountBehind } from '../support/grants.ts'
import { type Page, Person } from '../support/person.ts'
import { ISSUER } from '../support/settings.ts'
import { type Said, SoftPasskey } from '../support/soft-passkey.ts'
import { freshAddress, worker } from '../support/worker.ts'

const FULL = 'You have reached the limit for passkeys. Remove one to add another.'
const ADD = '/devices/passkey/add'
const SIGN_IN = '/device/sign-in/passkey'

interface Options {
  readonly challenge: string
  readonly user?: { readonly id: string }
}

/** The options that the form for `action` hands to the browser. */
const optionsOn = ({ html }: Page, action: string): Options => {
  const form = html.split('<form').find((text) => text.includes(`action="${action}"`)) ?? ''
  const json = /data-options="([^"]*)"/.exec(form)?.[1] ?? ''
  return JSON.parse(json.replaceAll('&quot;', '"')) as Options
}

const newVisitor = () => new Person(worker, ISSUER, { 'CF-Connecting-IP': freshAddress() })

const signedUp = async (): Promise<Person> => {
  const person = newVisitor()
  await person.createAccount('Ada', `${crypto.randomUUID()}@example.com`)
  return person
}

const add = async (person: Person, passkey: SoftPasskey, said?: Said): Promise<Page> => {
  const page = await person.open('/devices')
  const { challenge } = optionsOn(page, ADD)
  return person.submit(page, ADD, { credential: passkey.create(challenge, said) })
}

/** A person with a passkey, and its user handle. */
const withPasskey = async () => {
  const person = await signedUp()
  const passkey = new SoftPasskey(ISSUER)
  const userHandle = optionsOn(await person.open('/devices'), ADD).user?.id ?? ''
  expect((await add(person, passkey)).url.search).toBe('?done=passkeyAdded')
  return { passkey, userHandle }
}

const signIn = async (passkey: SoftPasskey, userHandle: string, said?: Said): Promise<Page> => {
  const visitor = newVisitor()
  const page = await visitor.open('/device/sign-in')
  const { challenge } = optionsOn(page, SIGN_IN)
  return visitor.submit(page, SIGN_IN, { credential: passkey.get(challenge, userHandle, said) })
}

const EVIL = 'https://evil.test'
const WRONG: [string, Said][] = [
  ['SS-7 another challenge', { clientData: { challenge: 'AAAA' } }],
  ['SS-7 no challenge', { clientData: { challenge: undefined } }],
  ['SS-7 another origin', { clientData: { origin: EVIL } }],
  ['SS-7 another port', { clientData: { origin: `${ISSUER}:8443` } }],
  ['SS-7 plain http', { clientData: { origin: ISSUER.replace('https', 'http') } }],
  ['SS-7 a frame of another origin', { clientData: { crossOrigin: true } }],
  ['SS-7 a frame, by its top', { clientData: { crossOrigin: true, topOrigin: EVIL } }],
  ['SS-7 a top without a frame', { clientData: { topOrigin: EVIL } }],
  ['SS-8 another RP ID', { rpId: 'evil.test' }],
  ['SS-8 without user presence', { flags: 0x04 }],
  ['SS-8 without user verification', { flags: 0x01 }],
  ['SS-8 backed up, but not eligible for it', { flags: 0x01 | 0x04 | 0x10 }],
]

describe('adding a passkey', () => {
  it.each([...WRONG, ['SS-7 another type', { clientData: { type: 'webauthn.get' } }]] as const)(
    '%s is refused, and nothing is added',
    async (_, said) => {
      const person = await signedUp()
      const passkey = new SoftPasskey(ISSUER)
      expect((await add(person, passkey, said)).status).toBe(400)
      expect((await person.open('/devices')).html).not.toContain('Rename')
    },
  )

  it('SS-12 refuses one of another account', async () => {
    const { passkey } = await withPasskey()
    expect((await add(await signedUp(), passkey)).status).toBe(400)
  })
})

describe('an account with the maximum of passkeys', () => {
  it('VP-18 is told so, and is neither offered nor given another', async () => {
    const person = await signedUp()
    const page = await person.open('/devices')
    const { challenge, user } = optionsOn(page, ADD)
    const subject = Buffer.from(user?.id ?? '', 'base64url').toString('hex')
    for (let index = 0; index < MAX_PASSKEYS; index += 1)
      await accountBehind(subject).addPasskey({
        id: `${index}`,
        publicKey: new Uint8Array(77),
        counter: 0,
        transports: [],
        isBackupEligible: true,
        isBackedUp: true,
        name: 'Phone',
        addedAtMs: Date.now(),
        usedAtMs: undefined,
      })
    const { html } = await person.open('/devices')
    expect(html).toContain(FULL)
    expect(html).not.toContain(ADD)
    // The page was opened before it was full.
    const late = new SoftPasskey(ISSUER)
    const refused = await person.submit(page, ADD, { credential: late.create(challenge) })
    expect(refused.status).toBe(400)
    expect(refused.html).toContain(FULL)
    expect((await add(await signedUp(), late)).url.search, 'nothing claimed it').toBe(
      '?done=passkeyAdded',
    )
  })
})

describe('signing in with a passkey', () => {
  it('SS-9 accepts a valid response', async () => {
    const { passkey, userHandle } = await withPasskey()
    expect((await signIn(passkey, userHandle)).url.pathname).toBe('/device')
  })

  it.each([
    ...WRONG,
    ['SS-7 another type', { clientData: { type: 'webauthn.create' } }],
    ['SS-10 an unknown handle', { userHandle: 'AAAA' }],
  ] as const)('%s is refused', async (_, said) => {
    const { passkey, userHandle } = await withPasskey()
    expect((await signIn(passkey, userHandle, said)).status).toBe(403)
    expect((await signIn(passkey, userHandle)).status, 'and it still works').toBe(200)
  })

  it.each([
    ['nothing', ''],
    ['malformed JSON', '{'],
    ['a list', '[]'],
    ['no response', '{"id":"AAAA","rawId":"AAAA","type":"public-key"}'],
    ['client data that is not JSON', JSON.stringify(answerWith('AAAA'))],
    ['client data that is not an object', JSON.stringify(answerWith('bnVsbA'))],
  ])('refuses %s', async (_, credential) => {
    const visitor = newVisitor()
    const page = await visitor.open('/device/sign-in')
    expect((await visitor.submit(page, SIGN_IN, { credential })).status).toBe(403)
  })
})

function answerWith(clientDataJSON: string) {
  const response = { clientDataJSON, authenticatorData: 'AAAA', signature: 'AAAA' }
  return {
    id: 'AAAA',
    rawId: 'AAAA',
    type: 'public-key',
    clientExtensionResults: {},
    response: { ...response, userHandle: Buffer.alloc(32).toString('base64url') },
  }
}
