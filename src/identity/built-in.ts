// The built-in accounts: e-mail and password, for a service without an identity provider.
import * as z from 'zod/mini'
import { logFailure } from '../failure-log.ts'
import type { SignInOutcome } from '../objects/account.ts'
import { accountOf, ask, subjectOfEmail } from '../objects/index.ts'
import { type PasswordProblem, passwordProblem } from './password-policy.ts'
import { type SessionCookie, endSession, mintSession } from './session.ts'

const MAX_EMAIL_LENGTH = 254
const MAX_NAME_LENGTH = 64
const emailSchema = z.email()

export interface NewPerson {
  readonly name: string
  readonly email: string
  readonly password: string
}

export interface PersonProblems {
  readonly name?: 'missing' | 'too_long'
  readonly email?: 'malformed' | 'taken'
  readonly password?: PasswordProblem
}

/** An e-mail address in the one spelling that names its account, or undefined if it is none. */
export const parseEmail = (typed: string): string | undefined => {
  const email = typed.trim().normalize('NFC').toLowerCase()
  return email.length <= MAX_EMAIL_LENGTH && z.safeParse(emailSchema, email).success
    ? email
    : undefined
}

/** Signs in; on success the value of the new session's cookie comes with it. */
export const signIn = async (
  env: Cloudflare.Env,
  { email, password }: { email: string; password: string },
  previous: SessionCookie | undefined,
): Promise<
  Exclude<SignInOutcome, { outcome: 'signed_in' }> | { outcome: 'signed_in'; cookie: string }
> => {
  const subject = subjectOfEmail(env, email)
  const { value, claim } = mintSession(subject)
  const outcome = await ask(async () => accountOf(env, subject)?.signIn(password, claim))
  if (outcome?.outcome !== 'signed_in') return outcome ?? { outcome: 'refused' }
  await endPrevious(env, previous)
  return { outcome: 'signed_in', cookie: value }
}

/** Makes an account and signs in. Problems are all told at once. */
export const createAccount = async (
  env: Cloudflare.Env,
  person: NewPerson,
  serviceName: string,
  previous: SessionCookie | undefined,
): Promise<{ problems: PersonProblems } | { cookie: string }> => {
  const name = person.name.trim().normalize('NFC')
  const email = parseEmail(person.email)
  const password = passwordProblem(person.password, [serviceName, name, email ?? ''])
  const nameProblem = name === '' ? 'missing' : 'too_long'
  const problems: PersonProblems = {
    ...((name === '' || name.length > MAX_NAME_LENGTH) && { name: nameProblem }),
    ...(email === undefined && { email: 'malformed' }),
    ...(password !== undefined && { password }),
  }
  if (email === undefined || Object.keys(problems).length > 0) return { problems }
  const subject = subjectOfEmail(env, email)
  const { value, claim } = mintSession(subject)
  const registered = await ask(async () =>
    accountOf(env, subject)?.register({ email, name, password: person.password }, claim),
  )
  if (registered?.outcome !== 'registered') return { problems: { email: 'taken' } }
  await endPrevious(env, previous)
  return { cookie: value }
}

// SS-3: whatever was signed in here before is not any more. If that cannot be reached it ends by
// itself later; the new session must not be lost over it.
const endPrevious = async (env: Cloudflare.Env, previous: SessionCookie | undefined) => {
  try {
    await endSession(env, previous)
  } catch (error) {
    logFailure(error)
  }
}
