// Apps that signed in here with a token for device:approve, and the Worker that they approve devices at.
import type { Subject } from '../../src/ids.ts'
import type { Proximity } from '../../src/sender/location.ts'
import { ApprovalApp } from './approval-app.ts'
import { type Answer, type Device, UNKNOWN } from './device.ts'
import { newPerson } from './member.ts'
import { type KeyHolder, newKeyHolder } from './dpop.ts'
import { type Placed, sentFrom, workerWith } from './worker.ts'
import { type Network, RECIFE, TURKU } from './places.ts'
import { TEST_VARS } from './settings.ts'
import { connectDevice } from './tokens.ts'
import { TrustedIssuer } from './trusted-issuer.ts'

export const acme = new TrustedIssuer()
const TRUSTING = {
  same_network: 'allow',
  same_operator: 'allow',
  same_city: 'allow',
  same_country: 'allow',
  far: 'allow',
  unknown: 'allow',
}
const app = (id: string, more: object = {}) => ({
  client_id: id,
  client_name: `The ${id}`,
  scope: 'openid offline_access device:approve',
  dpop_bound_access_tokens: true,
  hold_seconds: 0,
  ...more,
})
export const fetch = workerWith({
  APPROVAL_ISSUERS: [acme.entry()],
  CLIENTS: [
    ...TEST_VARS.CLIENTS,
    app('app'),
    app('other-app'),
    app('trusting-app', { proximity: TRUSTING }),
    app('careful-app', { proximity: { same_network: 'confirm' } }),
    app('strict-app', { proximity: { ...TRUSTING, same_country: 'refuse' } }),
    { ...TEST_VARS.CLIENTS[0], client_id: 'trusting-tv', proximity: TRUSTING },
  ],
})

let addresses = 0
const somewhere = (network: Network): Placed => {
  addresses += 1
  return { network, address: `198.51.100.${addresses}` }
}
export const HOME = somewhere(TURKU)
export const AT_HOME = { ...UNKNOWN, country: TURKU.country, networkPrefix: HOME.address }
export const BY_PROXIMITY: Readonly<Record<Exclude<Proximity, 'unknown'>, Placed>> = {
  same_network: HOME,
  same_operator: somewhere(TURKU),
  same_city: somewhere({ ...TURKU, asn: 64_501 }),
  same_country: somewhere({ ...TURKU, asn: 64_501, city: 'Salo' }),
  far: somewhere(RECIFE),
}

export interface SignedInApp {
  readonly holder: KeyHolder
  readonly subject: Subject
  readonly grantId: string
  readonly tokens: { readonly access_token: string; readonly refresh_token: string }
}

/** An app that its person approved at this distance. */
export const signIn = async (proximity?: Proximity): Promise<SignedInApp> => {
  const [holder, subject] = [await newKeyHolder(fetch), (await newPerson()).subject]
  const allowance = proximity && {
    proximity,
    action: 'confirm' as const,
    deviceLocation: AT_HOME,
    personLocation: AT_HOME,
  }
  const approval = { subject, ...(allowance && { allowance }) }
  const { fetch: collector } = holder.at(sentFrom(HOME, fetch))
  return { holder, subject, ...(await connectDevice('app', { fetch: collector, approval })) }
}

export const at = ({ holder, tokens }: SignedInApp, place: Placed): ApprovalApp =>
  new ApprovalApp(holder.at(sentFrom(place, fetch)).fetch, `DPoP ${tokens.access_token}`)

export const checkOf = ({ userCode }: Device) => ({ typed_code: userCode, in_front: true })

export const approveAt = (signedIn: SignedInApp, place: Placed, device: Device): Promise<Answer> =>
  at(signedIn, place).decide(device.userCode, { decision: 'approve', ...checkOf(device) })
