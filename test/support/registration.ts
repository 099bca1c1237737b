// Registration of clients (RFC 7591), and a client that manages its registration (RFC 7592).
import { createHash } from 'node:crypto'
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { DEVICE_CODE_GRANT, REFRESH_TOKEN_GRANT } from '../../src/config/client-settings.ts'
import { type Answer, answerOf } from './device.ts'
import { asKeyClient } from './key-client.ts'
import { type ConnectedDevice, connectDevice } from './tokens.ts'
import { type Fetch, formRequest, freshAddress, url, workerWith } from './worker.ts'

type Fields = Readonly<Record<string, string>>
type Json = Answer['body']

/** The operator's initial access token, and the setting with it. */
export const INITIAL_ACCESS_TOKEN = '6d8b1f~initial.access_token/0+a-Z='
export const REGISTRATION = {
  REGISTRATION_TOKEN_SHA256: createHash('sha256').update(INITIAL_ACCESS_TOKEN).digest('hex'),
}

/** A Worker where clients register. */
export const registrar = workerWith(REGISTRATION)

/** The least that a client on a device says. */
export const RADIO = {
  client_name: 'Kitchen radio',
  application_type: 'native',
  grant_types: [DEVICE_CODE_GRANT, REFRESH_TOKEN_GRANT],
}

interface Options {
  /** The bearer token, or a whole Authorization header; `null` sends no header. */
  readonly token?: string | null
  readonly headers?: Fields
  readonly fetch?: Fetch
}

type Body = object | string | Uint8Array | ReadableStream

const send = async (
  method: string,
  address: string,
  body: Body | undefined,
  { token = null, headers = {}, fetch = registrar }: Options,
): Promise<Answer> => {
  const isRaw =
    typeof body !== 'object' || body instanceof Uint8Array || body instanceof ReadableStream
  const authorization = token?.includes(' ') === true ? token : `Bearer ${token}`
  const request = new Request(address, {
    method,
    headers: {
      'CF-Connecting-IP': freshAddress(),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(token !== null && { Authorization: authorization }),
      ...headers,
    },
    ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body) }),
    redirect: 'manual',
  })
  return answerOf(await fetch(request))
}

/** Asks to register a client; a body that is no plain object is sent as it is. */
export const register = (
  metadata: Body = RADIO,
  { path = '/register', ...options }: Options & { readonly path?: string } = {},
): Promise<Answer> => send('POST', url(path), metadata, { token: INITIAL_ACCESS_TOKEN, ...options })

/** Registers a client, which has to succeed: what the client is told. */
export const registered = async (metadata: object = RADIO): Promise<Json> => {
  const { status, body } = await register(metadata)
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

/** A client reads (GET), replaces (PUT) or removes (DELETE) its registration. */
export const manage = (
  method: string,
  client: Json,
  { body, ...options }: Options & { readonly body?: Body } = {},
): Promise<Answer> =>
  send(method, client.registration_client_uri, body, {
    token: client.registration_access_token,
    ...options,
  })

/** A client replaces all of its metadata. */
export const replace = (client: Json, metadata: object): Promise<Answer> =>
  manage('PUT', client, { body: { client_id: client.client_id, ...metadata } })

/** All that is stored of a client, as text. */
export const storedOf = ({ client_id: clientId }: Json): Promise<string> =>
  runInDurableObject(env.CLIENT_RECORD.getByName(clientId), async (_, { storage }) =>
    JSON.stringify([...(await storage.list())]),
  )

/** A registered client's credentials in a form; an assertion is valid for one request. */
export const proofOf = async (client: Json): Promise<Fields> => {
  const { client_id: clientId, client_secret: secret } = client
  if (client.token_endpoint_auth_method === 'private_key_jwt') return asKeyClient({ clientId })
  return { client_id: clientId, ...(secret !== undefined && { client_secret: secret }) }
}

/** A device of a registered client, that a person allowed. */
export const connectRegistered = async (
  client: Json,
  { fields = {}, fetch = registrar }: { fields?: Fields; fetch?: Fetch } = {},
): Promise<ConnectedDevice> =>
  connectDevice(client.client_id, {
    fields: { ...(await proofOf(client)), ...fields },
    poll: await proofOf(client),
    fetch,
  })

/** Asks for a code, with these fields and nothing else. */
export const askForCode = async (fields: Fields, fetch: Fetch = registrar): Promise<Answer> =>
  answerOf(await fetch(formRequest('/device_authorization', fields)))
