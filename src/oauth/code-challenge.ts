// PKCE on the device grant (RFC 7636, by analogy): the challenge of a device authorization request, whose
// verifier each poll must bring.
import { OAuthError } from '../http/errors.ts'
import type { Parameters } from '../http/parameters.ts'

/** The only method: `plain` would send the verifier itself. */
export const CODE_CHALLENGE_METHOD = 'S256'

/**
 * The challenge, or undefined without PKCE. Throws `invalid_request` for any other use of PKCE (RFC 7636
 * §4.4.1): the client would believe itself protected.
 */
export const readCodeChallenge = (parameters: Parameters): string | undefined => {
  const challenge = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (challenge === undefined && method === undefined) return undefined
  if (challenge === undefined) throw new OAuthError('invalid_request', 'code_challenge is missing')
  if (method !== CODE_CHALLENGE_METHOD)
    throw new OAuthError(
      'invalid_request',
      `code_challenge_method must be ${CODE_CHALLENGE_METHOD}; without it, the method is plain`,
    )
  if (!/^[\w-]{43}$/.test(challenge))
    throw new OAuthError('invalid_request', 'code_challenge must be 43 base64url characters')
  return challenge
}
