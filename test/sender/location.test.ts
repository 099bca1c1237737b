// The location of a request, and the proximity of two (RFC 10027 §6.1.1): conformance XD-3, VP-16.
import { describe, expect, it } from 'vitest'
import {
  PROXIMITIES,
  type Proximity,
  type Location,
  networkOf,
  placeIn,
  proximityOf,
  requestLocation,
} from '../../src/sender/location.ts'
import { RECIFE, TURKU } from '../support/places.ts'

/** A request as the edge forwards it. */
const requestFrom = (cf: unknown, address?: string): Request =>
  new Request('https://antenna.test/', {
    headers: address === undefined ? {} : { 'CF-Connecting-IP': address },
    cf: cf as RequestInitCfProperties,
  })

const from = (cf: unknown, address?: string): Location => requestLocation(requestFrom(cf, address))

const HOME = from(TURKU, '203.0.113.7')
const NOWHERE = from({})
/** A request outside Cloudflare's network, without `cf`. */
const OUTSIDE = from(undefined)
const withAsn = (asn: number | undefined) => ({ ...TURKU, asn })

describe('the network prefix of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['2001:db8:1:2::3', '2001:db8:1:2'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::3', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('XD-3 of %s is %s', (address, network) => {
    expect(networkOf(requestFrom({}, address))).toBe(network)
  })

  it.each([undefined, '', 'localhost', '203.0.113.256', '2001:db8::1::2', '1.2.3.4, 5.6.7.8'])(
    'XD-3 of %s is not known',
    (address) => {
      expect(networkOf(requestFrom({}, address))).toBeUndefined()
    },
  )
})

describe('the location of a request', () => {
  it('XD-3 is that of the edge', () => {
    expect(HOME).toEqual({
      city: 'Turku',
      region: 'Southwest Finland',
      country: 'FI',
      operator: 'Aura Net',
      asn: 64_500,
      networkPrefix: '203.0.113.7',
      isFromEdge: true,
    })
  })

  it.each<[string, unknown, string | undefined]>([
    ['nothing at all', undefined, undefined],
    ['nothing about it', {}, undefined],
    [
      'null',
      { city: null, region: null, country: null, asOrganization: null, asn: null },
      undefined,
    ],
    ['empty text', { city: '', region: '', country: '', asOrganization: '', asn: '' }, undefined],
    ['spaces', { city: ' ', region: '\t', country: '  ', asOrganization: '\n' }, undefined],
    [
      'what is no text',
      { city: 7, region: ['a'], country: {}, asOrganization: true, asn: '64500' },
      undefined,
    ],
  ])('XD-3 is unknown if the edge sends %s', (_, cf) => {
    expect(from(cf)).toEqual({
      city: undefined,
      region: undefined,
      country: undefined,
      operator: undefined,
      asn: undefined,
      networkPrefix: undefined,
      isFromEdge: cf !== undefined,
    })
  })

  it.each([
    ['FI', 'FI'],
    ['T1', 'T1'],
    ['XX', undefined],
    ['fi', undefined],
    ['F', undefined],
    ['FIN', undefined],
    ['FI ', undefined],
    ['F\n', undefined],
    ['ÅÄ', undefined],
  ])('XD-3 with the country %j is in %s', (country, expected) => {
    expect(from({ ...TURKU, country }).country).toBe(expected)
  })

  it.each<[string, 'city' | 'region' | 'operator']>([
    ['city', 'city'],
    ['region', 'region'],
    ['asOrganization', 'operator'],
  ])('VP-16 has no control characters in %s, which is cut to length', (member, name) => {
    const odd = `A\u202Eb\u0000 \n c${'x'.repeat(100)}`
    expect(from({ [member]: odd })[name]).toBe(`A b c${'x'.repeat(59)}`)
  })

  it('XD-3 is stored beyond the request as a place alone', () => {
    expect(placeIn(HOME)).toEqual({ city: 'Turku', region: 'Southwest Finland', country: 'FI' })
    const nowhere = { city: undefined, region: undefined, country: undefined }
    expect(placeIn(NOWHERE)).toEqual(nowhere)
  })
})

const ESPOO = { ...TURKU, region: 'Uusimaa', city: 'Espoo' }
const RUISSALO = { asn: 64_501, asOrganization: 'Ruissalo Kaapeli' }

const NEAR: [Proximity, string, Location, Location][] = [
  ['same_network', 'one IPv4 address', HOME, from(ESPOO, '203.0.113.7')],
  ['same_network', 'one IPv4 address, once mapped', HOME, from(RECIFE, '::ffff:203.0.113.7')],
  ['same_network', 'one /64', from(TURKU, '2001:db8:1:2::3'), from(RECIFE, '2001:db8:1:2:9::')],
  ['same_network', 'one address and no country', from({}, '2001:db8::1'), from({}, '2001:db8::2')],

  ['same_operator', 'the next IPv4 address', HOME, from(TURKU, '203.0.113.8')],
  ['same_operator', 'the next /64', from(TURKU, '2001:db8:1:2::'), from(TURKU, '2001:db8:1:3::')],
  ['same_operator', 'one operator in two cities', HOME, from(ESPOO)],
  ['same_operator', 'one by number, not by name', HOME, from({ ...TURKU, asOrganization: 'X' })],

  ['same_city', 'one city, two operators', HOME, from({ ...TURKU, ...RUISSALO })],
  ['same_city', 'one city, no operator', from(withAsn(undefined)), from(withAsn(undefined))],
  [
    'same_city',
    'one city without a region',
    from({ country: 'SG', city: 'Singapore' }),
    from({ country: 'SG', city: 'Singapore' }),
  ],

  ['same_country', 'two cities', HOME, from({ ...ESPOO, ...RUISSALO })],
  [
    'same_country',
    'cities of one name in two regions',
    from({ country: 'US', region: 'Oregon', city: 'Portland' }),
    from({ country: 'US', region: 'Maine', city: 'Portland' }),
  ],
  [
    'same_country',
    'cities of one name, one without a region',
    from({ country: 'US', region: 'Oregon', city: 'Portland' }),
    from({ country: 'US', city: 'Portland' }),
  ],
  ['same_country', 'no cities', from({ country: 'FI' }), from({ country: 'FI' })],
  [
    'same_country',
    'one region, no cities',
    from({ country: 'FI', region: 'Uusimaa' }),
    from({ country: 'FI', region: 'Uusimaa' }),
  ],
  [
    'same_country',
    'one operator by name, not by number',
    from({ country: 'FI', asOrganization: 'Aura Net' }),
    from({ country: 'FI', asOrganization: 'Aura Net' }),
  ],

  ['far', 'two countries', HOME, from(RECIFE, '198.51.100.1')],
  ['far', 'one operator in two countries', HOME, from({ ...RECIFE, asn: 64_500 })],
  ['far', 'cities of one name in two countries', HOME, from({ ...TURKU, country: 'SE', asn: 1 })],

  ['far', 'one without a country', HOME, from({ ...TURKU, country: undefined })],
  ['far', 'one in Tor', HOME, from({ ...TURKU, country: 'T1' })],
  [
    'far',
    'both in Tor, at one exit',
    from({ ...TURKU, country: 'T1' }),
    from({ ...TURKU, country: 'T1' }),
  ],
  ['far', 'one in an unknown country', HOME, from({ ...TURKU, country: 'XX' })],
  ['far', 'both in an unknown country', from({ country: 'XX' }), from({ country: 'XX' })],
  ['far', 'one that the edge cannot place', HOME, NOWHERE],
  ['far', 'both that the edge cannot place', NOWHERE, NOWHERE],
  ['far', 'one that the edge cannot place, one outside Cloudflare', NOWHERE, OUTSIDE],
  ['unknown', 'both outside Cloudflare', OUTSIDE, OUTSIDE],
  ['unknown', 'one outside Cloudflare', HOME, OUTSIDE],
  ['unknown', 'two addresses outside', from(undefined, '192.0.2.1'), from(undefined, '192.0.2.2')],
  [
    'same_network',
    'one address outside',
    from(undefined, '192.0.2.1'),
    from(undefined, '192.0.2.1'),
  ],
]

describe('the proximity', () => {
  it.each(NEAR)('XD-3 XD-14 is %s: %s', (proximity, _, device, person) => {
    expect(proximityOf(device, person)).toBe(proximity)
    expect(proximityOf(person, device), 'in both directions').toBe(proximity)
  })

  it('XD-3 has no other values', () => {
    expect(new Set(NEAR.map(([proximity]) => proximity))).toEqual(new Set(PROXIMITIES))
  })
})
