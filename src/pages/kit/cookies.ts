// The cookies of the pages. All are HttpOnly and SameSite=Lax: a link from a mail or an app still
// finds the person signed in, a form of another site does not.
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import {
  KEPT_CODE_MS,
  KEPT_RESULT_MS,
  KEPT_SHOWN_MS,
  REMOVED_NAME_MS,
  RETURN_MS,
  SESSION_LIFETIME_MS,
  UPSTREAM_SIGN_IN_MS,
} from '../../config/limits.ts'
import { SECOND } from '../../durations.ts'
import { isForeign, isLink } from './fetch-metadata.ts'

const LIFETIMES_MS = {
  /** The session. */
  session: SESSION_LIFETIME_MS,
  /** A browser before sign-in: what its form token is bound to. */
  visit: SESSION_LIFETIME_MS,
  /** The code that was typed or scanned last. */
  user_code: KEPT_CODE_MS,
  /** Proofs that questions were shown, so that their codes are no guesses and their ends are told. */
  shown: KEPT_SHOWN_MS,
  /** The app's preferred language (`ui_locales`). */
  language: KEPT_CODE_MS,
  /** The outcome that the last page shows. */
  result: KEPT_RESULT_MS,
  /** The device or passkey that the next page says was removed. */
  removed: REMOVED_NAME_MS,
  /** A pending sign-in at an identity provider; one cookie per `state`, because tabs share cookies. */
  upstream: UPSTREAM_SIGN_IN_MS,
  /** Came back from an identity provider for this code: the browser calls the next page foreign. */
  returned: RETURN_MS,
}

type CookieName = keyof typeof LIFETIMES_MS

/** `of`: the state or code that a cookie is for, where there may be several of its kind. */
export const readCookie = (context: Context, name: CookieName, of?: string): string | undefined =>
  getCookie(context, fullName(name, of), prefixOn(context))

export const keepCookie = (
  context: Context,
  name: CookieName,
  value: string,
  of?: string,
): void => {
  if (mayChange(context, name))
    setCookie(context, fullName(name, of), value, {
      ...attributes(context),
      maxAge: LIFETIMES_MS[name] / SECOND,
    })
}

export const dropCookie = (context: Context, name: CookieName, of?: string): void => {
  if (mayChange(context, name)) deleteCookie(context, fullName(name, of), attributes(context))
}

/** The cookies of one kind that came with the request, by what they are for. */
export const cookiesOf = (context: Context, name: CookieName): ReadonlyMap<string, string> => {
  const start = `${prefixOn(context) === 'host' ? '__Host-' : ''}${fullName(name, '')}`
  return new Map(
    Object.entries(getCookie(context)).flatMap(([full, value]) =>
      full.startsWith(start) ? [[full.slice(start.length), value]] : [],
    ),
  )
}

const fullName = (name: CookieName, of: string | undefined): string =>
  of === undefined ? name : `${name}_${of}`

/** This foreign request answers one that a page of ours has sent the browser away with. */
export const expectForeign = (context: Context): void => context.set('isExpected', true)

const mayChange = (context: Context, name: CookieName): boolean =>
  !isForeign(context) ||
  context.get('isExpected') === true ||
  // A first form token takes nothing from the person.
  (isLink(context) && name === 'visit')

/** True if this browser keeps cookies: it gets one before it sends a form. */
export const hasCookies = (context: Context): boolean => context.req.header('Cookie') !== undefined

// On http, which only loopback is served on, some browsers refuse Secure and with it `__Host-`.
const prefixOn = (context: Context): 'host' | undefined => (isHttps(context) ? 'host' : undefined)

const attributes = (context: Context) => ({
  prefix: prefixOn(context),
  secure: isHttps(context),
  path: '/',
  httpOnly: true,
  sameSite: 'Lax' as const,
})

const isHttps = (context: Context): boolean => new URL(context.req.url).protocol === 'https:'
