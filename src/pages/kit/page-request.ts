// One page request: the browser's session, its form, and the context of its pages.
import { FRESH_SIGN_IN_MS } from '../../config/limits.ts'
import type { UserCode } from '../../ids.ts'
import type { Context } from 'hono'
import { parseUserCode } from '../../codes.ts'
import { type Config, issuerFor } from '../../config/config.ts'
import { browserNameOf } from '../../sender/device-name.ts'
import { randomBytes, sha256, toBase64url } from '../../crypto.ts'
import type { RelyingParty } from '../../identity/passkey.ts'
import {
  type SessionCookie,
  type SignedIn,
  type SignInContext,
  parseSession,
  signedInPerson,
} from '../../identity/session.ts'
import { accountOf } from '../../objects/index.ts'
import { macSecret } from '../../tokens/signing-keys.ts'
import { type Place, placeIn, requestLocation } from '../../sender/location.ts'
import { keepCookie, readCookie } from './cookies.ts'
import { isForeign } from './fetch-metadata.ts'
import { type Language, chooseLanguage, languageInUiLocales } from '../../language/language.ts'
import type { PageContext } from './layout.tsx'
import { pageBrand } from '../../config/page-brand.ts'
import { isProvenShown } from '../../review/shown-request.ts'

/** Questions that a browser has open in its tabs. */
const MAX_SHOWN_PROOFS = 4

export type PageEnvironment = {
  Bindings: Cloudflare.Env
  Variables: {
    config: Config
    page: PageContext
    session: SessionCookie | undefined
    form: Form
    /** A foreign request that a page of ours has sent the browser away for. */
    isExpected?: boolean
  }
}
export type PageRequest = Context<PageEnvironment>

/** The fields of a form that a person sent; absent ones are empty. */
export type Form = (name: string) => string

/** The context of this request's pages; a browser without any cookie of ours gets one. */
export const pageContextFor = (context: Context, config: Config): PageContext => ({
  brand: pageBrand(config),
  language: languageFor(context),
  basePath: config.basePath,
  csrf: formTokenFor(context),
  userCodeCharset: config.userCodeCharset,
})

/** The page with the looks that a client has of its own. */
export const pageForClient = (context: PageRequest, clientId: string): PageContext => ({
  ...context.get('page'),
  brand: pageBrand(context.get('config'), clientId),
})

/** The relying party of a passkey ceremony, at the issuer's origin. */
export const relyingPartyOf = (context: PageRequest): RelyingParty => {
  const config = context.get('config')
  return {
    name: config.brand.name,
    origin: new URL(issuerFor(config, context.req.url)).origin,
  }
}

/** To one of our own pages, after a form or a link. */
export const goTo = (context: PageRequest, path: string): Response =>
  context.redirect(`${context.get('page').basePath}${path}`, 303)

/** The contents of the session cookie that came with the request, if we set it. */
export const readSession = async (context: PageRequest): Promise<SessionCookie | undefined> => {
  const value = readCookie(context, 'session')
  return value === undefined ? undefined : parseSession(await macSecret(context.env), value)
}

/** The same, once it is read. */
export const sessionCookie = (context: PageRequest): SessionCookie | undefined =>
  context.get('session')

/** The browser, place and previous session of a sign-in. */
export const signInContextOf = (context: PageRequest): SignInContext => ({
  browser: browserNameOf(context.req.header('User-Agent') ?? null),
  place: placeIn(requestLocation(context.req.raw)),
  previous: sessionCookie(context),
})

/** The browser's place, recorded for push; undefined where push is off or the request foreign. */
export const placeToSee = (context: PageRequest): Place | undefined =>
  isForeign(context)
    ? undefined
    : context.get('config').push && placeIn(requestLocation(context.req.raw))

/** The signed-in person. Calls the account object. */
export const signedInVisitor = (context: PageRequest): Promise<SignedIn | undefined> =>
  signedInPerson(context.env, sessionCookie(context))

/** True if a code may be answered without another sign-in (SS-5). */
export const isFreshSignIn = ({ authTimeMs }: SignedIn): boolean =>
  Date.now() < authTimeMs + FRESH_SIGN_IN_MS

/** A person about to look up a code; `wasShown` if the browser proves that they have seen it. */
export interface CodeTryer extends SignedIn {
  readonly wasShown: boolean
}

/**
 * The person about to look up a code (RFC 8628 §5.1): signed in, and recently, because phones are
 * handed around (SS-5). Calls the account object.
 */
export const codeTryer = async (
  context: PageRequest,
  userCode: UserCode,
): Promise<CodeTryer | undefined> => {
  const cookie = sessionCookie(context)
  if (cookie === undefined) return undefined
  const { env } = context
  const { subject, digest } = cookie
  const now = Date.now()
  // A page that is only opened brings no form.
  const form: Form | undefined = context.get('form')
  const proofs = [form?.('shown') ?? '', ...shownProofs(context)]
  const proven = await Promise.all(
    proofs.map((proof) => isProvenShown(env, { subject, userCode }, proof, now)),
  )
  const wasShown = proven.includes(true)
  const person = await accountOf(env, subject)?.tryCode(digest, {
    userCode,
    wasShown,
    place: placeToSee(context),
  })
  return person && { ...person, ...cookie, wasShown }
}

/** The proofs of the questions that this browser was shown last. */
const shownProofs = (context: Context): readonly string[] =>
  (readCookie(context, 'shown') ?? '').split('.').slice(0, MAX_SHOWN_PROOFS)

/** Keeps the proof of a question that is shown now: a reload of its page is no guess either. */
export const keepShownProof = (context: Context, proof: string): void => {
  const others = shownProofs(context).filter((other) => other !== proof && other !== '')
  keepCookie(context, 'shown', [proof, ...others].slice(0, MAX_SHOWN_PROOFS).join('.'))
}

/** The code that was typed or scanned. */
export const keptUserCode = (context: Context): UserCode | undefined =>
  parseUserCode(readCookie(context, 'user_code') ?? '')

/** Keeps a code while its person signs in. Undefined if it is no user code. */
export const keepUserCode = (context: Context, typed: string): UserCode | undefined => {
  const userCode = parseUserCode(typed)
  if (userCode !== undefined) keepCookie(context, 'user_code', userCode)
  return userCode
}

// The app's wish comes once, in the address that the picture holds, and is kept for the pages after.
const languageFor = (context: Context): Language => {
  const accepted = context.req.header('Accept-Language')
  const wished = languageInUiLocales(context.req.query('ui_locales'), accepted)
  if (wished !== undefined) keepCookie(context, 'language', wished.tag)
  return wished ?? chooseLanguage(readCookie(context, 'language'), accepted)
}

// Bound to the browser and the session (VP-12). Derived from the cookie, so that nothing has to be
// stored, and by a one-way function, so that a page that leaks does not leak the session.
const formTokenFor = (context: Context): string => {
  const bound = readCookie(context, 'session') ?? readCookie(context, 'visit') ?? newVisit(context)
  return sha256(`form ${bound}`)
}

const newVisit = (context: Context): string => {
  const value = toBase64url(randomBytes(32))
  keepCookie(context, 'visit', value)
  return value
}
