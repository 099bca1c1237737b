// A device that a person allowed: its tokens, and what they are checked with.
import { type JSONWebKeySet, createLocalJWKSet } from 'jose'
import type { Approval } from '../../src/objects/device-authorization/approval.ts'
import { mintGrantId } from '../../src/tokens/refresh-token.ts'
import { type Answer, type Device, answerOf, approve, startDevice } from './device.ts'
import { somebody } from './member.ts'
import { type Fetch, freshAddress, url, worker } from './worker.ts'
import { named } from './named.ts'

type Fields = Readonly<Record<string, string>>
export interface ConnectedDevice {
  readonly device: Device
  readonly grantId: string
  /** The successful token response. */
  readonly tokens: Answer['body']
}

/** Starts, is allowed, and polls once. */
export const connectDevice = async (
  clientId = 'tv',
  {
    fields = {},
    poll = {},
    headers = {},
    fetch = worker,
    approval = {},
  }: {
    fields?: Fields
    poll?: Fields
    headers?: Fields
    fetch?: Fetch
    approval?: Partial<Approval>
  } = {},
): Promise<ConnectedDevice> => {
  const device = await startDevice(clientId, { fields, headers, fetch })
  const grantId = mintGrantId()
  const subject = approval.subject ?? (await somebody()).subject
  await approve(device.userCode, { grantId: named(grantId), ...approval, subject })
  const { status, body } = await device.poll(poll)
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return { device, grantId, tokens: body }
}

/** The key set of the Worker, to verify tokens. */
export const publishedKeys = async (
  fetch: Fetch = worker,
  issuerPath = '',
): Promise<ReturnType<typeof createLocalJWKSet>> => {
  const response = await fetch(new Request(url(`${issuerPath}/jwks.json`)))
  return createLocalJWKSet(await response.json<JSONWebKeySet>())
}

/** Asks UserInfo with a bearer token. */
export const askUserinfo = async (
  token: string,
  { method = 'GET', scheme = 'Bearer', fetch = worker } = {},
): Promise<Answer> =>
  answerOf(
    await fetch(
      new Request(url('/userinfo'), {
        method,
        headers: {
          Authorization: `${scheme} ${token}`,
          'CF-Connecting-IP': freshAddress(),
        },
      }),
    ),
  )
