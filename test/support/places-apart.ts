// Devices and people in many networks, and a Worker that compares their places (RFC 10027 §6.1.1).
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { SECOND } from '../../src/durations.ts'
import { upstreamAccount } from '../../src/identity/upstream.ts'
import { accountOf } from '../../src/objects/index.ts'
import { ApprovalApp } from './approval-app.ts'
import { type Answer, type Device, startDevice } from './device.ts'
import { AT_ONCE } from './held-poll.ts'
import { named } from './named.ts'
import { RECIFE, TURKU } from './places.ts'
import { TEST_VARS } from './settings.ts'
import { TrustedIssuer } from './trusted-issuer.ts'
import { type Placed, sentFrom, workerWith } from './worker.ts'

export const acme = new TrustedIssuer()
const ONLY_AT_HOME = {
  same_operator: 'refuse',
  same_city: 'refuse',
  same_country: 'refuse',
  far: 'refuse',
  unknown: 'refuse',
}
const client = (id: string, proximity: object) => ({
  ...TEST_VARS.CLIENTS[0],
  client_id: id,
  client_name: `The ${id}`,
  proximity,
})
export const worker = workerWith({
  APPROVAL_ISSUERS: [acme.entry()],
  CLIENTS: [client('tv', {}), client('strict', ONLY_AT_HOME), client('trusting', { far: 'allow' })],
})

let addresses = 0
export const somewhere = (network: Placed['network'], address?: string): Placed => {
  addresses += 1
  return { network, address: address ?? `198.51.${addresses >> 8}.${addresses & 255}` }
}
/** Another one of the same operator, or of the same place. */
export const moved = ({ network }: Placed, more: object = {}): Placed =>
  somewhere({ ...network, ...more })

export const operator = (asn: number, asOrganization: string) => ({ asn, asOrganization })
export const MOBILE = operator(64_501, 'Ruissalo Mobile')
export const WARP = operator(13_335, 'Cloudflare WARP')

export const HOME = somewhere(TURKU, '203.0.113.7')
export const HOME_BY_IPV6 = somewhere(TURKU, '2001:db8:1:2::7')
export const HOME_WITH_NEW_PREFIX = somewhere(TURKU, '2001:db8:9:9::7')
export const NEIGHBOUR = somewhere({ ...TURKU, ...operator(64_502, 'Piispanristi Cable') })
export const PHONE_NETWORK = somewhere({ ...TURKU, ...MOBILE })
export const ROAMING = somewhere({ ...RECIFE, asn: TURKU.asn })
export const HOTEL = somewhere({ ...RECIFE, ...operator(64_512, 'Boa Viagem Hotel') })
export const RELAY = somewhere({ ...TURKU, city: 'Helsinki', ...operator(36_183, 'Private Relay') })
export const VPN_ABROAD = somewhere({ ...RECIFE, ...operator(64_513, 'A VPN') })
export const TOR = somewhere({ country: 'T1', ...operator(64_514, 'An exit') })
export const OTHER_EXIT = moved(TOR, operator(64_515, 'Another exit'))
export const UNPLACED = somewhere({})
export const OUTSIDE = somewhere(undefined)

export const startAt = (place: Placed, clientId = 'tv'): Promise<Device> =>
  startDevice(clientId, {
    fetch: sentFrom(place, worker),
    fields: { device_name: 'Den TV', scope: 'openid' },
  })

/** The same device, polling from elsewhere. */
export const pollFrom = async (place: Placed, device: Device): Promise<Answer> => {
  vi.setSystemTime(Date.now() + 2 * SECOND)
  return device.poll({}, AT_ONCE, sentFrom(place, worker))
}

export const newPerson = async (place: Placed) => {
  const sub = crypto.randomUUID()
  const app = new ApprovalApp(sentFrom(place, worker), `Bearer ${await acme.token(sub)}`)
  return { sub, app }
}

export const approveAs = async (
  { app }: { app: ApprovalApp },
  { userCode }: Device,
): Promise<Answer> => {
  const { body } = await app.review(userCode)
  const check = { typed_code: userCode, in_front: true }
  return app.decide(userCode, { decision: 'approve', ...(body.policy === 'confirm' && check) })
}

export const activityOf = async (sub: string) => {
  const subject = await upstreamAccount(env, acme.issuer, sub, 'somebody')
  const claim = { id: named('session'), secretHash: named('hash') }
  const signIn = {
    authTimeMs: Date.now(),
    amr: ['pwd'],
    browser: 'A browser',
    place: { city: undefined, region: undefined, country: undefined },
  }
  const account = accountOf(env, subject)
  await account?.open(undefined, claim, signIn)
  const events = (await account?.overview(claim))?.events ?? []
  return events.filter(({ kind }) => kind !== 'signed_in')
}
