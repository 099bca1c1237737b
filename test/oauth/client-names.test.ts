// Unlisted clients under names like those of listed ones: refused at registration, and not shown
// for metadata documents and earlier registrations. Conformance RG-6, CM-5.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEVICE_CODE_GRANT } from '../../src/config/client-settings.ts'
import { startDevice } from '../support/device.ts'
import { Host, connectInternet } from '../support/internet.ts'
import { RADIO, REGISTRATION, register, registered, replace } from '../support/registration.ts'
import { visitorAt } from '../support/visitor.ts'
import { type Fetch, workerWith } from '../support/worker.ts'

beforeEach(() => {
  connectInternet()
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** Of the brand `Northlight` and the listed client `The tv`. */
const LOOK_ALIKES: [what: string, name: string][] = [
  ['the brand', 'Northlight'],
  ['the brand in capitals', 'NORTHLIGHT'],
  ['the brand as a word', 'Northlight Security'],
  ['the brand behind a hyphen', 'my-northlight'],
  ['the brand before a capital', 'NorthlightTV'],
  ['the brand before a digit', 'Northlight24'],
  ['the brand letter by letter', 'N o r t h l i g h t support'],
  ['the brand with dots', 'N.o.r.t.h.l.i.g.h.t'],
  ['the brand with accents', 'Nörthlíght'],
  ['the brand with strokes', 'Nørthlight'],
  ['the brand in full width', 'Ｎｏｒｔｈｌｉｇｈｔ'],
  ['the brand in mathematical letters', '𝐍𝒐𝓻𝔱𝕙𝗹𝘪𝙜𝚑𝑡'],
  ['the brand in circles', 'Ⓝⓞⓡⓣⓗⓛⓘⓖⓗⓣ'],
  ['the brand in black squares', '🅽🅾🆁🆃🅷🅻🅸🅶🅷🆃'],
  ['the brand in small capitals', 'ɴᴏʀᴛʜʟɪɢʜᴛ'],
  ['the brand with a Cyrillic letter', 'N\u043erthlight'],
  ['the brand with Greek letters', '\u039d\u03bfrthl\u03b9ght'],
  ['the brand with a dotless i', 'Northl\u0131ght'],
  ['the brand with digits', 'N0rth1ight'],
  ['the brand with an L for an i', 'Northllght'],
  ['the brand with a sign', 'Northl!ght'],
  ['the brand with something invisible', 'North\u200blight'],
  ['the brand with a Hangul filler', 'North\u3164light'],
  ['the brand with a Hangul vowel filler', 'North\u1160light'],
  ['the brand with a Hangul consonant filler', 'North\u115flight'],
  ['the brand with a half-width filler', 'North\uffa0light'],
  ['the brand with a variation selector', 'North\ufe0flight'],
  ['the brand behind fillers', '\u3164\u3164Northlight\u3164'],
  ['the brand with a Han stroke', 'North\u4e28ight'],
  ['the brand with a soft hyphen', 'North\u00adlight'],
  ['the brand turned around', '\u202eNorthlight'],
  ['a listed client', 'The tv'],
  ['a listed client in capitals', 'THE TV'],
  ['a listed client without its space', 'TheTV'],
  ['a listed client with Cyrillic letters', '\u0422h\u0435 tv'],
]

describe('a registration with a name like', () => {
  it.each(LOOK_ALIKES)('RG-6 %s is refused', async (_what, name) => {
    for (const { status, body } of [
      await register({ ...RADIO, client_name: name }),
      await replace(await registered(), { ...RADIO, client_name: name }),
    ]) {
      expect([status, body.error]).toStrictEqual([400, 'invalid_client_metadata'])
      expect(body.error_description).toBe(
        'client_name looks like the name of this service or of one of its clients',
      )
    }
  })

  it.each([
    ['another word that begins like the brand', 'Northlights'],
    ['another word that holds the brand', 'Northlighthouse'],
    ['parts of the brand in another order', 'Light of the north'],
    ['a longer name than a listed client’s', 'The tv in the kitchen'],
    ['nothing', '¯\\_(ツ)_/¯'],
    ['a name in another script', 'Северный ветер'],
  ])('RG-6 %s is accepted', async (_what, name) => {
    expect((await register({ ...RADIO, client_name: name })).status).toBe(201)
  })

  it('RG-6 a brand written without spaces is accepted nowhere', async () => {
    const fetch = workerWith({ ...REGISTRATION, BRAND_NAME: '北極光' })
    expect((await register({ ...RADIO, client_name: '北極光公式' }, { fetch })).status).toBe(400)
    expect((await register({ ...RADIO, client_name: '公式' }, { fetch })).status).toBe(201)
  })

  it('RG-6 a brand of signs alone reserves no name', async () => {
    const fetch = workerWith({ ...REGISTRATION, BRAND_NAME: '★' })
    expect((await register({ ...RADIO, client_name: '★★' }, { fetch })).status).toBe(201)
  })
})

/** The question about a device of this client. */
const questionOf = async (clientId: string, fetch: Fetch): Promise<string> => {
  const device = await startDevice(clientId, { fetch })
  const person = await visitorAt(fetch)
  return (await person.open(`/device?user_code=${device.userCode}`)).html
}

const documents = workerWith({ CLIENT_ID_METADATA_DOCUMENTS: 'on' })

describe('a metadata document with a name like', () => {
  it.each(LOOK_ALIKES)('CM-5 %s is shown by its host', async (_what, name) => {
    const host: Host = new Host(() =>
      Response.json({ client_id: host.uri, client_name: name, grant_types: [DEVICE_CODE_GRANT] }),
    )
    const html = await questionOf(host.uri, documents)
    expect(html).toContain(`<h1>Connect a device to \u2068${host.name}\u2069?</h1>`)
    expect(html.split(host.name)).toHaveLength(3)
    expect(html).toContain('Not verified by \u2068Northlight\u2069')
  })
})

it('RG-6 a client that registered before its name was reserved works, and is shown by its client_id', async () => {
  const before = workerWith({ ...REGISTRATION, BRAND_NAME: 'Southlight' })
  const after = workerWith(REGISTRATION)
  const { body } = await register({ ...RADIO, client_name: 'Northlight' }, { fetch: before })
  const html = await questionOf(body.client_id, after)
  expect(html).toContain(`<h1>Connect a device to \u2068${body.client_id}\u2069?</h1>`)
  expect(html).toContain('Not verified by \u2068Northlight\u2069')
})
