// POST /device_authorization: the device authorization request (RFC 8628 §3.1 and §3.2).
import { DEVICE_CODE_GRANT } from '../config/client-settings.ts'
import type { Client } from '../config/clients.ts'
import type { Config } from '../config/config.ts'
import { displayUserCode, mintDeviceCode, mintUserCode } from '../codes.ts'
import { deviceNameOf } from '../sender/device-name.ts'
import { SECOND } from '../durations.ts'
import { deviceAuthorizationOf } from '../objects/index.ts'
import type { AuthorizationRequest } from '../objects/device-authorization/authorization-request.ts'
import { policyFor } from '../config/proximity-policy.ts'
import type { WaitingDevice } from '../push/prompt.ts'
import { isWithinLimit } from '../http/rate-limit.ts'
import { macSecret } from '../tokens/signing-keys.ts'
import { requestLocation } from '../sender/location.ts'
import { promptByHint, readAccountHint } from './account-hint.ts'
import { authenticateClient } from './clients/authentication.ts'
import { readCodeChallenge } from './code-challenge.ts'
import { verifyDpopProof } from '../http/dpop.ts'
import { OAuthError, tooManyRequests } from '../http/errors.ts'
import type { RequestContext } from '../http/request-context.ts'
import { type Parameters, readParameters } from '../http/parameters.ts'
import type { DeviceAuthorizationResponse } from '../http/protocol.ts'
import { grantableResource, grantableScope } from './scope.ts'
import { requirePageOf } from './web-origin.ts'

// With a million live codes, one in 25,000 is taken: five collisions in a row are a fault.
const MAX_ATTEMPTS = 5

/** Starts a device authorization and hands out its codes. */
export const deviceAuthorization = async (
  context: RequestContext,
  mint = mintUserCode,
): Promise<Response> => {
  const { request, env, config, issuer } = context
  // Before any lookup for all clients, then for the one client.
  requirePageOf(context, config.clients.values())
  const parameters = await readParameters(request)
  const client = await authenticateClient(context, parameters)
  requirePageOf(context, [client])
  if (!client.grantTypes.has(DEVICE_CODE_GRANT))
    throw new OAuthError('unauthorized_client', 'The client is not allowed to use the device grant')
  refuseRequestObjects(parameters)
  const scope = grantableScope(parameters.get('scope'), client)
  const resource = grantableResource(parameters.resource, scope, config, issuer)
  const codeChallenge = readCodeChallenge(parameters)
  const hint = readAccountHint(context, client, parameters)
  const dpopJkt = await verifyDpopProof(context)
  if (!(await mayStart(env, request, client))) throw tooManyRequests()
  await context.oneTimeValues.use()
  const now = Date.now()
  const started = await start(env, client, mint, {
    clientId: client.id,
    clientName: client.name,
    clientUri: client.uri,
    scope,
    resource,
    codeChallenge,
    dpopJkt,
    intervalMs: client.intervalMs,
    requestedAtMs: now,
    // Whole seconds, as in the device_code.
    expiresAtMs: Math.ceil((now + client.codeLifetimeMs) / SECOND) * SECOND,
    deviceName: deviceNameOf(parameters.get('device_name'), request.headers.get('User-Agent')),
    location: requestLocation(request),
    proximityPolicy: policyFor(client.proximityPolicy, scope),
  })
  promptByHint(context, hint, started)
  return Response.json(respond(config, client, issuer, started))
}

const mayStart = async (env: Cloudflare.Env, request: Request, { id }: Client): Promise<boolean> =>
  (await isWithinLimit(env, 'START_LIMIT', request, id)) &&
  isWithinLimit(env, 'START_ADDRESS_LIMIT', request, 'start')

interface Started extends WaitingDevice {
  readonly deviceCode: string
}

const start = async (
  env: Cloudflare.Env,
  client: Client,
  mint: typeof mintUserCode,
  request: Omit<AuthorizationRequest, 'secretHash'>,
): Promise<Started> => {
  const serverSecret = await macSecret(env)
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const userCode = mint(client.userCodeCharset)
    const { text, deviceCode } = mintDeviceCode(serverSecret, userCode, request.expiresAtMs)
    const accepted = { ...request, secretHash: deviceCode.secretHash }
    const started = await deviceAuthorizationOf(env, userCode).start(accepted)
    if (started.outcome === 'started') return { userCode, deviceCode: text, request: accepted }
  }
  throw new Error('no free user code was found')
}

const respond = (
  config: Config,
  client: Client,
  issuer: string,
  { userCode, deviceCode }: Started,
): DeviceAuthorizationResponse => {
  const shown = displayUserCode(userCode)
  return {
    device_code: deviceCode,
    user_code: shown,
    verification_uri: verificationUri(config, issuer),
    ...(client.hasVerificationUriComplete && {
      verification_uri_complete: verificationUriComplete(config, issuer, shown),
      verification_uri_qr: `${issuer}/device/qr/${shown}.svg`,
    }),
    expires_in: client.codeLifetimeMs / SECOND,
    interval: client.intervalMs / SECOND,
  }
}

const verificationUri = (config: Config, issuer: string): string =>
  config.verificationUri ?? `${issuer}/device`

/** RFC 8628 §3.3.1. */
export const verificationUriComplete = (
  config: Config,
  issuer: string,
  shownUserCode: string,
): string => {
  const url = new URL(verificationUri(config, issuer))
  url.searchParams.set('user_code', shownUserCode)
  return url.href
}

// OpenID Connect Core §6: refused rather than ignored, because their content would be lost.
const refuseRequestObjects = (parameters: Parameters): void => {
  if (parameters.get('request') !== undefined)
    throw new OAuthError('request_not_supported', 'Request objects are not supported')
  if (parameters.get('request_uri') !== undefined)
    throw new OAuthError('request_uri_not_supported', 'Request objects are not supported')
}
