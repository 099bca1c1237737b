// One request of a person: whose browser it is, what it sent, and what its pages need.
import type { Context } from 'hono'
import { displayUserCode, parseUserCode } from '../codes.ts'
import type { Config } from '../config.ts'
import { randomBytes, sha256, toBase64url } from '../crypto.ts'
import {
  type SessionCookie,
  type SignedIn,
  parseSession,
  signedInPerson,
} from '../identity/session.ts'
import { accountOf, ask } from '../objects/index.ts'
import { keepCookie, readCookie } from './cookies.ts'
import type { PageContext } from './layout.tsx'

export type PageEnvironment = {
  Bindings: Cloudflare.Env
  Variables: { config: Config; page: PageContext; form: Form }
}
export type PageRequest = Context<PageEnvironment>

/** The fields of a form that a person sent; absent ones are empty. */
export type Form = (name: string) => string

/** What every page of this request needs; a browser without any cookie of ours gets one. */
export const pageContextFor = (context: Context, config: Config): PageContext => ({
  brand: {
    name: config.brand.name,
    logo: config.brand.logo === undefined ? undefined : `${config.basePath}/device/logo`,
  },
  basePath: config.basePath,
  csrf: formTokenFor(context),
  userCodeCharset: config.userCodeCharset,
})

/** What the session cookie claims. */
export const sessionCookie = (context: Context): SessionCookie | undefined =>
  parseSession(readCookie(context, 'session'))

/** Who is signed in. Touches the account. */
export const signedInVisitor = (context: PageRequest): Promise<SignedIn | undefined> =>
  signedInPerson(context.env, sessionCookie(context))

/** Who is signed in and about to have a code looked up (RFC 8628 §5.1). Touches the account. */
export const codeTryer = async (
  context: PageRequest,
  userCode: string,
): Promise<SignedIn | undefined> => {
  const cookie = sessionCookie(context)
  if (cookie === undefined) return undefined
  const person = await ask(async () =>
    accountOf(context.env, cookie.subject)?.tryCode(cookie.claim, userCode),
  )
  return person === undefined ? undefined : { ...person, ...cookie }
}

/** The code that was typed or scanned, as it is displayed. */
export const keptUserCode = (context: Context): string | undefined => {
  const userCode = parseUserCode(readCookie(context, 'user_code') ?? '')
  return userCode === undefined ? undefined : displayUserCode(userCode)
}

/** Keeps a code while its person signs in. False if it is no user code. */
export const keepUserCode = (context: Context, typed: string): boolean => {
  const userCode = parseUserCode(typed)
  if (userCode === undefined) return false
  keepCookie(context, 'user_code', userCode)
  return true
}

// Bound to the browser and the session (VP-12). Derived from the cookie, so that nothing has to be stored, and by a one-way function, so that a
// page that leaks does not leak the session.
const formTokenFor = (context: Context): string => {
  const bound = readCookie(context, 'session') ?? readCookie(context, 'visit') ?? newVisit(context)
  return sha256(`form ${bound}`)
}

const newVisit = (context: Context): string => {
  const value = toBase64url(randomBytes(32))
  keepCookie(context, 'visit', value)
  return value
}
