// The built-in accounts: email and password, for a service without an identity provider.
import * as z from 'zod/mini'
import { plainText } from '../text/plain-text.ts'
import { emailLogin, mintSubject } from '../objects/index.ts'
import type { PasswordOutcome } from '../objects/login/login.ts'
import { type PasswordProblem, passwordProblem } from './password-policy.ts'
import { type Opened, type SignInContext, openAccount } from './session.ts'

/** The longest email address in UTF-16 units (RFC 5321 §4.5.3.1.3). */
export const MAX_EMAIL_LENGTH = 254
/** The longest name in UTF-16 units. */
export const MAX_NAME_LENGTH = 64
const emailSchema = z.email()

export interface NewPerson {
  readonly name: string
  readonly email: string
  readonly password: string
}

export interface PersonProblems {
  readonly name?: 'missing' | 'too_long'
  readonly email?: 'malformed' | 'too_long' | 'taken'
  readonly password?: PasswordProblem
}

/** An email address in normal form, which names its Login; undefined if it is malformed. */
export const parseEmail = (typed: string): string | undefined => {
  const trimmed = typed.trim()
  if (trimmed.length > MAX_EMAIL_LENGTH) return undefined
  const email = trimmed.normalize('NFC').toLowerCase()
  return email.length <= MAX_EMAIL_LENGTH && z.safeParse(emailSchema, email).success
    ? email
    : undefined
}

/** Signs in with email and password. On success returns the new session's cookie value. */
export const signIn = async (
  env: Cloudflare.Env,
  { email, password }: { email: string; password: string },
  context: SignInContext,
): Promise<Exclude<PasswordOutcome, { outcome: 'right' }> | Opened> => {
  const tried = await emailLogin(env, email).tryPassword(password)
  if (tried.outcome !== 'right') return tried
  const { subject, name } = tried
  const claims = { name, email, isEmailVerified: false }
  return openAccount(env, subject, claims, { amr: ['pwd'] }, context)
}

/** Creates an account and signs in. Returns all problems at once. */
export const createAccount = async (
  env: Cloudflare.Env,
  person: NewPerson,
  serviceName: string,
  context: SignInContext,
): Promise<{ problems: PersonProblems } | Opened | { outcome: 'refused' }> => {
  const name = plainText(person.name)
  const email = parseEmail(person.email)
  const password = passwordProblem(person.password, [serviceName, name, email ?? ''])
  const nameProblem = name === '' ? 'missing' : 'too_long'
  const emailProblem = person.email.trim().length > MAX_EMAIL_LENGTH ? 'too_long' : 'malformed'
  const problems: PersonProblems = {
    ...((name === '' || person.name.trim().length > MAX_NAME_LENGTH) && { name: nameProblem }),
    ...(email === undefined && { email: emailProblem }),
    ...(password !== undefined && { password }),
  }
  if (email === undefined || Object.keys(problems).length > 0) return { problems }
  const subject = mintSubject(env)
  const registered = await emailLogin(env, email).register(subject, {
    name,
    password: person.password,
  })
  if (registered.outcome !== 'registered') return { problems: { email: 'taken' } }
  return openAccount(
    env,
    subject,
    { name, email, isEmailVerified: false },
    { amr: ['pwd'] },
    context,
  )
}
