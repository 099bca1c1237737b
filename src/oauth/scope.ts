// What a client asks for: scope (RFC 6749 §3.3) and resource (RFC 8707 §2).
import { APPROVAL_SCOPE } from '../config/approval-issuer.ts'
import { REFRESH_TOKEN_GRANT } from '../config/client-settings.ts'
import type { Client } from '../config/clients.ts'
import type { Config } from '../config/config.ts'
import { OAuthError } from '../http/errors.ts'

// The scopes whose claims are ours to tell: no other resource can do anything with them.
const IDENTITY_SCOPES: readonly string[] = ['openid', 'profile', 'email']

/** The words of a scope, each once. Throws `invalid_scope` if the grammar is broken. */
export const parseScope = (text: string): readonly string[] => {
  if (!/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(text))
    throw new OAuthError('invalid_scope', 'scope holds a character that is not allowed')
  const words = new Set(text.split(' ').filter((word) => word !== ''))
  if (words.size === 0) throw new OAuthError('invalid_scope', 'scope has no word in it')
  return [...words]
}

/**
 * The part of the requested scope that this client may have. Words we do not know, or that it may
 * not have, are dropped: some clients ask for all of scopes_supported. Throws `invalid_scope` if
 * the grammar is broken or nothing is left.
 */
export const grantableScope = (
  requested: string | undefined,
  client: Client,
): readonly string[] => {
  const words = requested === undefined ? undefined : new Set(parseScope(requested))
  const granted = client.scope.filter((word) => words === undefined || words.has(word))
  if (granted.length === 0)
    throw new OAuthError('invalid_scope', 'Nothing of this scope is for this client')
  return granted
}

/**
 * The part of a granted scope that its client may still have. A grant lasts for up to years, and an
 * operator who takes a scope from a client means the devices that have it, too.
 */
export const remainingScope = (granted: readonly string[], client: Client): readonly string[] =>
  granted.filter((word) => client.scope.includes(word))

/**
 * Whether a client may have refresh tokens with this scope: only with the person's consent
 * (RFC 9700 §4.14.2, OpenID Connect Core §11).
 */
export const mayRefresh = ({ grantTypes }: Client, scope: readonly string[]): boolean =>
  grantTypes.has(REFRESH_TOKEN_GRANT) && scope.includes('offline_access')

/**
 * The resources that tokens of a grant may be for. Without a `resource`: the default, and
 * ourselves where something of ours is asked for. Throws `invalid_target` for one that we do not serve.
 */
export const grantableResource = (
  requested: readonly string[],
  scope: readonly string[],
  config: Config,
  issuer: string,
): readonly string[] => {
  const standard = config.resource ?? issuer
  if (requested.length === 0) {
    const asksForOurs = scope.some((word) => [...IDENTITY_SCOPES, APPROVAL_SCOPE].includes(word))
    return [...new Set(asksForOurs ? [standard, issuer] : [standard])]
  }
  if (requested.some((resource) => resource !== standard && resource !== issuer))
    throw new OAuthError('invalid_target', 'No token can be had for this resource')
  return [...new Set(requested)]
}

/**
 * The words of a scope that mean something to `audience` (RFC 9068 §2.2.3). What decides about
 * devices is for us alone: another API that is shown such a token must not be able to use it.
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
