// A device names its account with `id_token_hint` or `login_hint` (OpenID Connect Core §3.1.2.1) in its
// device authorization request. Only the person sees the effect: the device gets the same answer, and
// gets it before the account is looked up.
import type { Client } from '../config/clients.ts'
import type { PushHints } from '../config/push.ts'
import type { WaitingDevice } from '../push/prompt.ts'
import { OAuthError } from '../http/errors.ts'
import type { RequestContext } from '../http/request-context.ts'
import type { Parameters } from '../http/parameters.ts'

// Three times our largest ID token, and the longest possible email address.
const MAX_ID_TOKEN_LENGTH = 4096
const MAX_LOGIN_LENGTH = 254

/** A name that a device gives for an account, unproven. */
export interface AccountHint {
  readonly kind: Exclude<PushHints, 'off'>
  readonly value: string
}

/**
 * The hint of a request; a hint that this client may not send is ignored. Throws `invalid_request` for a
 * malformed one, which reveals no account. An ID token of another signer or client, and an address
 * without an account, have no effect: the device goes on with its code and learns nothing.
 */
export const readAccountHint = (
  { config }: RequestContext,
  { pushHints }: Client,
  parameters: Parameters,
): AccountHint | undefined => {
  if (config.push === undefined || pushHints === 'off') return undefined
  const mayNameByLogin = pushHints === 'login_hint' && config.hasBuiltInAccounts
  const idToken = parameters.get('id_token_hint')
  const login = mayNameByLogin ? parameters.get('login_hint') : undefined
  if (idToken !== undefined && !looksLikeJwt(idToken))
    throw new OAuthError('invalid_request', 'id_token_hint is not an ID token')
  if (login !== undefined && login.length > MAX_LOGIN_LENGTH)
    throw new OAuthError('invalid_request', 'login_hint is too long')
  if (idToken !== undefined) return { kind: 'id_token_hint', value: idToken }
  return login === undefined ? undefined : { kind: 'login_hint', value: login }
}

/** After the answer, asks the named person by push, if the account exists and allows it. */
export const promptByHint = (
  context: RequestContext,
  hint: AccountHint | undefined,
  device: WaitingDevice,
): void => {
  const { push } = context.config
  if (push === undefined || hint === undefined) return
  context.afterwards(async () => {
    const { promptNamedPerson } = await import('./named-person.ts')
    await promptNamedPerson(context, push, hint, device)
  })
}

const looksLikeJwt = (text: string): boolean =>
  text.length <= MAX_ID_TOKEN_LENGTH && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)
