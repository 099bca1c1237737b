// POST /token (RFC 6749 §3.2): authenticate, choose the grant, answer.
import {
  DEVICE_CODE_GRANT,
  GRANT_TYPES,
  type GrantType,
  REFRESH_TOKEN_GRANT,
} from '../config/client-settings.ts'
import { authenticateClient } from './clients/authentication.ts'
import { OAuthError } from '../http/errors.ts'
import type { RequestContext, TokenRequest } from '../http/request-context.ts'
import * as deviceCode from './grants/device-code.ts'
import * as refreshToken from './grants/refresh-token.ts'
import { readParameters } from '../http/parameters.ts'

const GRANTS: Readonly<Record<GrantType, (request: TokenRequest) => Promise<Response>>> = {
  [DEVICE_CODE_GRANT]: deviceCode.grant,
  [REFRESH_TOKEN_GRANT]: refreshToken.grant,
}

/** The order of the checks is part of the behaviour: the first that fails answers. */
export const token = async (context: RequestContext): Promise<Response> => {
  const parameters = await readParameters(context.request)
  const client = await authenticateClient(context, parameters)
  const grantType = parameters.get('grant_type')
  if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing')
  const supported = GRANT_TYPES.find((name) => name === grantType)
  if (supported === undefined)
    throw new OAuthError('unsupported_grant_type', unsupported(grantType))
  if (!client.grantTypes.has(grantType))
    throw new OAuthError('unauthorized_client', 'The client is not allowed to use this grant_type')
  return GRANTS[supported]({ context, client, parameters })
}

// Names that developers try first.
const FULL_NAMES: ReadonlyMap<string, string> = new Map([
  ['device_code', DEVICE_CODE_GRANT],
  ['device', DEVICE_CODE_GRANT],
  ['refresh', REFRESH_TOKEN_GRANT],
])

const unsupported = (grantType: string): string => {
  const fullName = FULL_NAMES.get(grantType)
  return fullName === undefined
    ? 'The grant_type is not supported'
    : `The grant_type is not supported: use ${fullName}`
}
