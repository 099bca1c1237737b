// Refresh tokens and the key of a DPoP proof (RFC 9449 §5): conformance RF-8, with RF-5 and RF-6.
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { holdClock, passSeconds } from '../support/clock.ts'
import type { Answer } from '../support/device.ts'
import { type KeyHolder, newKeyHolder, readyKeyHolder } from '../support/dpop.ts'
import { as, connectConfidential, refresh } from '../support/grants.ts'
import { connectDevice } from '../support/tokens.ts'
import { type Fetch, formRequest, worker } from '../support/worker.ts'

holdClock()

const summary = ({ status, body }: Answer): string => `${status} ${body.error ?? body.token_type}`
const NOT_GOOD = '400 invalid_grant'

const boundOf = (answer: Answer): string | undefined =>
  (decodeJwt(answer.body.access_token)['cnf'] as { jkt?: string } | undefined)?.jkt

/** A public client's device, with its first refresh token, and its key. */
const connected = async (): Promise<{ holder: KeyHolder; token: string }> => {
  const holder = await newKeyHolder()
  const { tokens } = await connectDevice('tv', { fetch: holder.fetchOnlyAt('/token') })
  return { holder, token: tokens.refresh_token }
}

const STRANGERS: [string, () => Promise<Fetch>][] = [
  ['another key', async () => (await newKeyHolder()).fetch],
  ['no key', async () => worker],
]

describe('a refresh token of a public client issued with a proof', () => {
  it('RF-8 is accepted with the same key, and so is its successor', async () => {
    const { holder, token } = await connected()
    const first = await refresh(token, { fetch: holder.fetch })
    const second = await refresh(first.body.refresh_token, { fetch: holder.fetch })
    for (const answer of [first, second]) {
      expect(summary(answer)).toBe('200 DPoP')
      expect(boundOf(answer)).toBe(holder.jkt)
    }
  })

  it.each(STRANGERS)('RF-8 is refused with %s, and not revoked', async (_name, stranger) => {
    const { holder, token } = await connected()
    const fetch = await stranger()
    expect(summary(await refresh(token, { fetch }))).toBe(NOT_GOOD)
    expect(summary(await refresh(token, { fetch: holder.fetch }))).toBe('200 DPoP')
  })

  it.each(STRANGERS)(
    'RF-8 is answered for %s exactly as an unknown token',
    async (_name, stranger) => {
      const { token } = await connected()
      const fetch = await stranger()
      const stolen = await refresh(token, { fetch })
      expect(stolen.body).toStrictEqual((await refresh('nosuch', { fetch })).body)
    },
  )

  it.each(STRANGERS)('RF-8 RF-5 ends nothing if it comes late with %s', async (_name, stranger) => {
    const { holder, token } = await connected()
    const fetch = await stranger()
    const second = await refresh(token, { fetch: holder.fetch })
    const third = await refresh(second.body.refresh_token, { fetch: holder.fetch })
    passSeconds(61)
    expect(summary(await refresh(token, { fetch }))).toBe(NOT_GOOD)
    expect(summary(await refresh(third.body.refresh_token, { fetch: holder.fetch }))).toBe(
      '200 DPoP',
    )
  })

  it('RF-8 RF-5 ends its family if it comes late with the right key', async () => {
    const { holder, token } = await connected()
    const second = await refresh(token, { fetch: holder.fetch })
    const third = await refresh(second.body.refresh_token, { fetch: holder.fetch })
    passSeconds(61)
    for (const old of [token, third.body.refresh_token])
      expect(summary(await refresh(old, { fetch: holder.fetch }))).toBe(NOT_GOOD)
  })

  it('RF-8 RF-6 is repeated for a lost answer with the right key, and no other', async () => {
    const { holder, token } = await connected()
    const [lost, found] = [
      await refresh(token, { fetch: holder.fetch }),
      await refresh(token, { fetch: holder.fetch }),
    ]
    expect(summary(found)).toBe('200 DPoP')
    expect(found.body.refresh_token).toBe(lost.body.refresh_token)
    for (const [, stranger] of STRANGERS)
      expect(summary(await refresh(token, { fetch: await stranger() }))).toBe(NOT_GOOD)
  })

  it('RF-8 is not used up by a proof that is invalid or lacks a nonce', async () => {
    const { token } = await connected()
    const stranger = await readyKeyHolder()
    for (const [options, error] of [
      [{ method: 'GET' }, 'invalid_dpop_proof'],
      [{ claims: { nonce: undefined } }, 'use_dpop_nonce'],
    ] as const) {
      const headers = { DPoP: await stranger.proof(options) }
      const fields = { grant_type: 'refresh_token', refresh_token: token, ...as('tv') }
      const response = await worker(formRequest('/token', fields, headers))
      expect(await response.json()).toMatchObject({ error })
    }
  })
})

describe('a refresh token of a public client issued without a proof', () => {
  it('RF-8 is a bearer token until a refresh with a proof binds it', async () => {
    const { tokens } = await connectDevice()
    const plain = await refresh(tokens.refresh_token)
    expect([summary(plain), boundOf(plain)]).toStrictEqual(['200 Bearer', undefined])
    const holder = await newKeyHolder()
    const proven = await refresh(plain.body.refresh_token, { fetch: holder.fetch })
    expect([summary(proven), boundOf(proven)]).toStrictEqual(['200 DPoP', holder.jkt])
    for (const [, stranger] of STRANGERS) {
      const fetch = await stranger()
      expect(summary(await refresh(proven.body.refresh_token, { fetch }))).toBe(NOT_GOOD)
    }
    const next = await refresh(proven.body.refresh_token, { fetch: holder.fetch })
    expect(summary(next)).toBe('200 DPoP')
  })

  it('RF-8 RF-6 is repeated only with the key of its successor', async () => {
    const { tokens } = await connectDevice()
    const holder = await newKeyHolder()
    const lost = await refresh(tokens.refresh_token, { fetch: holder.fetch })
    for (const [, stranger] of STRANGERS)
      expect(summary(await refresh(tokens.refresh_token, { fetch: await stranger() }))).toBe(
        NOT_GOOD,
      )
    const found = await refresh(tokens.refresh_token, { fetch: holder.fetch })
    expect(found.body.refresh_token).toBe(lost.body.refresh_token)
    expect(summary(await refresh(found.body.refresh_token, { fetch: holder.fetch }))).toBe(
      '200 DPoP',
    )
  })

  it('RF-8 RF-5 ends its family if a thief bound it to a key and its owner returns', async () => {
    const { tokens } = await connectDevice()
    const thief = await newKeyHolder()
    const second = await refresh(tokens.refresh_token, { fetch: thief.fetch })
    const third = await refresh(second.body.refresh_token, { fetch: thief.fetch })
    expect(summary(third)).toBe('200 DPoP')
    passSeconds(61)
    expect(summary(await refresh(tokens.refresh_token))).toBe(NOT_GOOD)
    const fourth = await refresh(third.body.refresh_token, { fetch: thief.fetch })
    expect(summary(fourth)).toBe(NOT_GOOD)
  })

  it.each(STRANGERS)(
    'RF-8 RF-5 ends its family if a thief bound it, and a minute later it comes with %s',
    async (_name, owner) => {
      const { tokens } = await connectDevice()
      const thief = await newKeyHolder()
      const fetch = await owner()
      const stolen = await refresh(tokens.refresh_token, { fetch: thief.fetch })
      expect(summary(stolen)).toBe('200 DPoP')
      passSeconds(61)
      expect(summary(await refresh(tokens.refresh_token, { fetch }))).toBe(NOT_GOOD)
      const next = await refresh(stolen.body.refresh_token, { fetch: thief.fetch })
      expect(summary(next)).toBe(NOT_GOOD)
    },
  )
})

describe.each(['post', 'basic'])('a refresh token of the confidential client %s', (clientId) => {
  it('RF-8 is bound to the client alone, which may change keys', async () => {
    const holder = await newKeyHolder()
    const fetch = holder.fetchOnlyAt('/token')
    const { tokens } = await connectConfidential(clientId, { fetch })
    expect(tokens.token_type).toBe('DPoP')
    const other = await newKeyHolder()
    const changed = await refresh(tokens.refresh_token, { clientId, fetch: other.fetch })
    expect([summary(changed), boundOf(changed)]).toStrictEqual(['200 DPoP', other.jkt])
    const none = await refresh(changed.body.refresh_token, { clientId })
    expect([summary(none), boundOf(none)]).toStrictEqual(['200 Bearer', undefined])
  })
})
