// The requested scope (RFC 6749 §3.3) and resource (RFC 8707 §2).
import { APPROVAL_SCOPE } from '../config/approval-issuer.ts'
import { REFRESH_TOKEN_GRANT } from '../config/client-settings.ts'
import type { Client } from '../config/clients.ts'
import type { Config } from '../config/config.ts'
import { OAuthError } from '../http/errors.ts'

// Scopes for claims of UserInfo: no other resource can use them.
const IDENTITY_SCOPES: readonly string[] = ['openid', 'profile', 'email']

/** The words of a scope, each once. Throws `invalid_scope` if the grammar is broken. */
export const parseScope = (text: string): readonly string[] => {
  if (!/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(text))
    throw new OAuthError('invalid_scope', 'scope holds an invalid character')
  const words = new Set(text.split(' ').filter((word) => word !== ''))
  if (words.size === 0) throw new OAuthError('invalid_scope', 'scope is empty')
  return [...words]
}

/**
 * The part of the requested scope that this client is allowed. Unknown and forbidden words are dropped,
 * because some clients ask for all of scopes_supported. Throws `invalid_scope` if the grammar is broken
 * or no word is left.
 */
export const grantableScope = (
  requested: string | undefined,
  client: Client,
): readonly string[] => {
  const words = requested === undefined ? undefined : new Set(parseScope(requested))
  const granted = client.scope.filter((word) => words === undefined || words.has(word))
  if (granted.length === 0)
    throw new OAuthError('invalid_scope', 'The client is not allowed any part of this scope')
  return granted
}

/**
 * The part of a granted scope that its client is still allowed. A grant lasts for up to years, and
 * removing a scope from a client applies to existing devices, too.
 */
export const remainingScope = (granted: readonly string[], client: Client): readonly string[] =>
  granted.filter((word) => client.scope.includes(word))

/**
 * True if a client may have refresh tokens with this scope: the person must have consented
 * (RFC 9700 §4.14.2, OpenID Connect Core §11).
 */
export const mayRefresh = ({ grantTypes }: Client, scope: readonly string[]): boolean =>
  grantTypes.has(REFRESH_TOKEN_GRANT) && scope.includes('offline_access')

/**
 * The resources that tokens of a grant may be for. Without a `resource`: the default, and this server if
 * the scope holds words of its own. Throws `invalid_target` for an unknown one.
 */
export const grantableResource = (
  requested: readonly string[],
  scope: readonly string[],
  config: Config,
  issuer: string,
): readonly string[] => {
  const defaultResource = config.resource ?? issuer
  if (requested.length === 0) {
    const hasOwnScope = scope.some((word) => [...IDENTITY_SCOPES, APPROVAL_SCOPE].includes(word))
    return [...new Set(hasOwnScope ? [defaultResource, issuer] : [defaultResource])]
  }
  if (requested.some((resource) => resource !== defaultResource && resource !== issuer))
    throw new OAuthError('invalid_target', 'No tokens are issued for this resource')
  return [...new Set(requested)]
}

/**
 * The words of a scope that concern `audience` (RFC 9068 §2.2.3). The approval scope is for this server
 * alone: another API that receives such a token must not be able to use it.
 */
export const scopeFor = (
  audience: readonly string[],
  scope: readonly string[],
  issuer: string,
): readonly string[] => {
  const isForUs = audience.includes(issuer)
  const isForUsAlone = audience.every((resource) => resource === issuer)
  return scope.filter((word) =>
    word === APPROVAL_SCOPE ? isForUsAlone : isForUs || !IDENTITY_SCOPES.includes(word),
  )
}
