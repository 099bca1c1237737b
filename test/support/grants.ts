// Later use of a grant's tokens by a client and an API: refresh, revoke, introspect.
import { env } from 'cloudflare:workers'
import { accountOf } from '../../src/objects/index.ts'
import { type Answer, answerOf } from './device.ts'
import { SECRET, TEST_VARS } from './settings.ts'
import { type ConnectedDevice, connectDevice } from './tokens.ts'
import { type Fetch, formRequest, worker } from './worker.ts'
import { named } from './named.ts'

type Fields = Readonly<Record<string, string>>
type Options = { fields?: Fields; fetch?: Fetch }

/** Credentials of a client in the settings; with its secret if it has one. */
export const as = (clientId: string): Fields => {
  const client: object | undefined = TEST_VARS.CLIENTS.find((one) => one.client_id === clientId)
  const hasSecret = client !== undefined && 'client_secret_sha256' in client
  return { client_id: clientId, ...(hasSecret && { client_secret: SECRET }) }
}

/** Connects a device of a confidential client. */
export const connectConfidential = (
  clientId = 'post',
  options: Parameters<typeof connectDevice>[1] = {},
): Promise<ConnectedDevice> =>
  connectDevice(clientId, {
    ...options,
    fields: { ...as(clientId), ...options.fields },
    poll: as(clientId),
  })

export const refresh = async (
  refreshToken: string,
  { clientId = 'tv', fields = {}, fetch = worker }: Options & { clientId?: string } = {},
): Promise<Answer> =>
  answerOf(
    await fetch(
      formRequest('/token', {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        ...as(clientId),
        ...fields,
      }),
    ),
  )

/** Refreshes, and has to succeed. */
export const refreshed = async (
  refreshToken: string,
  options: Parameters<typeof refresh>[1] = {},
): Promise<Answer['body']> => {
  const { status, body } = await refresh(refreshToken, options)
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

/** The status of a revocation, and its error if there is one. */
export const revoke = async (
  token: string,
  { clientId = 'tv', fields = {}, fetch = worker }: Options & { clientId?: string } = {},
): Promise<string> => {
  const response = await fetch(formRequest('/revoke', { token, ...as(clientId), ...fields }))
  const text = await response.text()
  return text === '' ? `${response.status}` : `${response.status} ${JSON.parse(text).error}`
}

/** An introspection response, which has to be one. */
export const introspect = async (
  token: string,
  { clientId = 'issuer-api', fields = {}, fetch = worker }: Options & { clientId?: string } = {},
): Promise<Answer['body']> => {
  const response = await fetch(formRequest('/introspect', { token, ...as(clientId), ...fields }))
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return response.json()
}

export const accountBehind = (subject: string) => {
  const account = accountOf(env, named(subject))
  if (account === undefined) throw new Error('no such subject')
  return account
}

/** A refresh token with one bit changed, in the byte at `at`. */
export const altered = (token: string, at: number): string => {
  const bytes = Buffer.from(token, 'base64url')
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return bytes.toString('base64url')
}
