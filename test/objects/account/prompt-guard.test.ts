// Conditions for a push prompt to an account: time and place.
import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../../src/durations.ts'
import {
  NO_PROMPTS,
  type PromptGuard,
  type PromptRequest,
  afterPrompt,
  afterSilence,
  isNear,
  mayPrompt,
  promptSource,
} from '../../../src/objects/account/prompt-guard.ts'
import type { Place, Location } from '../../../src/sender/location.ts'
import { named } from '../../support/named.ts'

const NOW = 1_800_000_000_000
const AT: Location = {
  city: 'Turku',
  region: 'Southwest Finland',
  country: 'FI',
  operator: 'Aura Net',
  asn: 64_500,
  networkPrefix: '192.0.2.1',
}
const POLICY = {
  same_network: 'allow',
  same_operator: 'allow',
  same_city: 'allow',
  same_country: 'allow',
  far: 'allow',
  unknown: 'allow',
} as const

const request = (more: Partial<PromptRequest> = {}): PromptRequest => ({
  codeHash: named('code'),
  clientId: 'tv',
  source: named('source'),
  location: AT,
  proximityPolicy: POLICY,
  hintIssuedAtMs: undefined,
  ...more,
})

const asked = (agesMs: readonly number[]): PromptGuard =>
  agesMs.reduce(
    (guard, ageMs, index) =>
      afterPrompt(guard, request({ codeHash: named(`code ${index}`) }), NOW - ageMs),
    NO_PROMPTS,
  )

describe('an account', () => {
  it.each<[string, readonly number[], boolean]>([
    ['without earlier prompts gets one', [], true],
    ['with two prompts in this hour gets one', [HOUR - 1, 0], true],
    ['gets no fourth prompt in one hour', [HOUR - 1, 1, 0], false],
    ['gets another an hour after the first of three', [HOUR, 1, 0], true],
    ['with many prompts, all long ago, gets one', Array.from({ length: 30 }, () => DAY), true],
    ['with many prompts in this hour gets none', Array.from({ length: 30 }, () => 0), false],
  ])('%s', (_, agesMs, expected) => {
    expect(mayPrompt(asked(agesMs), request(), NOW)).toBe(expected)
  })

  it('gets one prompt per code', () => {
    const guard = afterPrompt(NO_PROMPTS, request(), NOW - DAY)
    expect(mayPrompt(guard, request(), NOW)).toBe(false)
    expect(mayPrompt(guard, request({ codeHash: named('another') }), NOW)).toBe(true)
  })
})

describe('a silenced source', () => {
  const guard = afterSilence(NO_PROMPTS, named('source'), NOW)

  it('sends no prompts for thirty days, and then may again', () => {
    expect(mayPrompt(guard, request(), NOW)).toBe(false)
    expect(mayPrompt(guard, request(), NOW + 30 * DAY - 1)).toBe(false)
    expect(mayPrompt(guard, request(), NOW + 30 * DAY)).toBe(true)
  })

  it('is silenced anew each time', () => {
    const again = afterSilence(guard, named('source'), NOW + 20 * DAY)
    expect(again.silenced).toHaveLength(1)
    expect(mayPrompt(again, request(), NOW + 40 * DAY)).toBe(false)
  })

  it('does not silence others, and a hundred are remembered', () => {
    expect(mayPrompt(guard, request({ source: named('another') }), NOW)).toBe(true)
    const many = Array.from({ length: 150 }, (_, index) => named(`source ${index}`))
    const crowded = many.reduce((before, source) => afterSilence(before, source, NOW), guard)
    expect(crowded.silenced).toHaveLength(100)
    expect(mayPrompt(crowded, request({ source: named('source 149') }), NOW)).toBe(false)
  })

  it('is one client in one network, stored as a digest', () => {
    const source = promptSource('tv', AT)
    expect(source).toMatch(/^[\w-]{43}$/)
    expect(promptSource('tv', { ...AT, city: 'Oulu' })).toBe(source)
    expect(promptSource('radio', AT)).not.toBe(source)
    expect(promptSource('tv', { ...AT, networkPrefix: '192.0.2.2' })).not.toBe(source)
    expect(promptSource('tv', { ...AT, networkPrefix: undefined })).not.toBe(source)
  })
})

describe('isNear for a browser', () => {
  const unknown = { city: undefined, region: undefined, country: undefined }

  it.each<[string, Place, Partial<PromptRequest>, boolean]>([
    ['in the same city', AT, {}, true],
    ['in the same country', { ...AT, city: 'Oulu' }, {}, true],
    ['in another country', { ...AT, country: 'SE' }, {}, false],
    ['in an unknown place', unknown, {}, false],
    ['and a device in an unknown place', AT, { location: { ...AT, ...unknown } }, false],
    ['behind Tor', { ...AT, country: 'T1' }, {}, false],
    ['and a device behind Tor', AT, { location: { ...AT, country: 'T1' } }, false],
    [
      'and a device, both behind Tor',
      { ...AT, country: 'T1' },
      { location: { ...AT, country: 'T1' } },
      false,
    ],
    [
      'as near as the client asks about',
      { ...AT, city: 'Oulu' },
      { proximityPolicy: { ...POLICY, same_country: 'confirm' } },
      false,
    ],
    [
      'in the same city, where the client asks in the same network',
      AT,
      { proximityPolicy: { ...POLICY, same_network: 'confirm' } },
      false,
    ],
    [
      'in the same country, where the client refuses the same operator',
      { ...AT, city: 'Oulu' },
      { proximityPolicy: { ...POLICY, same_operator: 'refuse' } },
      false,
    ],
    [
      'nearer than what the client asks about',
      AT,
      { proximityPolicy: { ...POLICY, same_country: 'confirm', far: 'refuse', unknown: 'refuse' } },
      true,
    ],
    [
      'as near as the client refuses',
      AT,
      { proximityPolicy: { ...POLICY, same_city: 'refuse' } },
      false,
    ],
  ])('%s', (_, place, more, expected) => {
    expect(isNear(request(more), place)).toBe(expected)
  })
})
