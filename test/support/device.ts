// A device: it asks for a code, shows it, and polls.
import { env } from 'cloudflare:workers'
import { parseUserCode } from '../../src/codes.ts'
import type { Allowance, Approval } from '../../src/objects/device-authorization/approval.ts'
import { mintGrantId } from '../../src/tokens/refresh-token.ts'
import type { Location } from '../../src/sender/location.ts'
import { newPerson } from './member.ts'
import { type Fetch, formRequest, worker } from './worker.ts'
import { named } from './named.ts'

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

type Fields = Readonly<Record<string, string>>
// Answers are looked into member by member, whatever they turn out to be.
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Json
}

export interface Device {
  readonly deviceCode: string
  /** As it is shown on the screen. */
  readonly userCode: string
  readonly answer: Json
  /** `by` sends it instead of what started it. */
  poll(fields?: Fields, headers?: Fields, by?: Fetch): Promise<Answer>
}

/** An answer with its JSON, or {}. */
export const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : JSON.parse(text),
  }
}

/** Starts a device authorization and stands for the device that holds it. */
export const startDevice = async (
  clientId = 'tv',
  {
    fields = {},
    headers = {},
    fetch = worker,
  }: { fields?: Fields; headers?: Fields; fetch?: Fetch } = {},
): Promise<Device> => {
  const response = await fetch(
    formRequest('/device_authorization', { client_id: clientId, ...fields }, headers),
  )
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  const answer = await response.json<Json>()
  const own = {
    grant_type: DEVICE_CODE_GRANT,
    client_id: clientId,
    device_code: answer.device_code,
  }
  return {
    deviceCode: answer.device_code,
    userCode: answer.user_code,
    answer,
    poll: async (more = {}, moreHeaders = {}, by = fetch) =>
      answerOf(
        await by(formRequest('/token', { ...own, ...more }, { ...headers, ...moreHeaders })),
      ),
  }
}

/** The object behind a shown code. */
export const authorizationBehind = (userCode: string) =>
  env.DEVICE_AUTHORIZATION.getByName(parseUserCode(userCode) ?? '')

/** An unknown location. */
export const UNKNOWN: Location = {
  city: undefined,
  region: undefined,
  country: undefined,
  operator: undefined,
  asn: undefined,
  networkPrefix: undefined,
}

/** Both in one network, of which nothing else is known. */
const BESIDE: Allowance = {
  proximity: 'same_network',
  action: 'allow',
  deviceLocation: UNKNOWN,
  personLocation: UNKNOWN,
}

/** A person allows what a device shows, without the pages. */
export const approve = async (userCode: string, approval: Partial<Approval> = {}) =>
  authorizationBehind(userCode).approve({
    subject: approval.subject ?? (await newPerson()).subject,
    grantId: named(mintGrantId()),
    approvedAtMs: Date.now(),
    authTimeMs: Date.now(),
    amr: ['pwd'],
    allowance: BESIDE,
    ...approval,
  })

/** A person declines it. */
export const deny = (userCode: string) =>
  authorizationBehind(userCode).deny(named('somebody'), 'denied')
