// The browser's response in a passkey ceremony: untrusted JSON in a form field.
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import * as z from 'zod/mini'

const base64url = z.string().check(z.regex(/^[\w-]{1,65536}$/))

const common = {
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  clientExtensionResults: z._default(z.looseObject({}), {}),
}

const authenticationSchema = z.looseObject({
  ...common,
  response: z.looseObject({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: z.optional(base64url),
  }),
})

const registrationSchema = z.looseObject({
  ...common,
  response: z.looseObject({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.optional(z.array(z.string().check(z.maxLength(32)))),
  }),
})

/** The response of `navigator.credentials.get()`, or undefined if it is malformed. */
export const parseAuthenticationResponse = (
  text: string,
): AuthenticationResponseJSON | undefined => {
  const parsed = authenticationSchema.safeParse(parseJson(text))
  return parsed.success ? parsed.data : undefined
}

/** The response of `navigator.credentials.create()`, or undefined if it is malformed. */
export const parseRegistrationResponse = (text: string): RegistrationResponseJSON | undefined => {
  const parsed = registrationSchema.safeParse(parseJson(text))
  return parsed.success ? parsed.data : undefined
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
