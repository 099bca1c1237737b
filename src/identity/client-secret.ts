// Client secrets that are signed JWTs, as Sign in with Apple demands. Each is made for one request, so
// none has to be renewed.
import { SignJWT, importPKCS8 } from 'jose'
import { ASSERTION_LIFETIME_MS } from '../config/limits.ts'
import { SECOND } from '../durations.ts'
import type { ClientSecretKey } from '../config/identity-provider.ts'

/** A client secret for one request to the token endpoint of `issuer`. */
export const signedClientSecret = async (
  { privateKey, keyId, teamId }: ClientSecretKey,
  clientId: string,
  issuer: string,
): Promise<string> => {
  const now = Math.floor(Date.now() / SECOND)
  return new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid: keyId })
    .setIssuer(teamId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setIssuedAt(now)
    .setExpirationTime(now + ASSERTION_LIFETIME_MS / SECOND)
    .sign(await importPKCS8(privateKey, 'ES256'))
}
