// The cookies of the pages. All are HttpOnly and SameSite=Lax: a link from a mail or an app still
// finds the person signed in, a form of another site does not.
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import {
  KEPT_CODE_MS,
  KEPT_RESULT_MS,
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
  /** The code that was typed or scanned, so that no address shows it (VP-14). */
  user_code: KEPT_CODE_MS,
  /** The app's preferred language (`ui_locales`). */
  language: KEPT_CODE_MS,
  /** The outcome that the last page shows. */
  result: KEPT_RESULT_MS,
  /** The device or passkey that the next page says was removed. */
  removed: REMOVED_NAME_MS,
  /** The pending sign-in at an identity provider. */
  upstream: UPSTREAM_SIGN_IN_MS,
  /** The account is being switched: a provider must not assume the previous one. */
  switching: KEPT_CODE_MS,
  /** The page after sign-in, unless a code waits. */
  next: KEPT_CODE_MS,
  /** Came back from an identity provider, by whose page the browser calls the next one foreign. */
  returned: RETURN_MS,
}

type CookieName = keyof typeof LIFETIMES_MS

// A first form token, and the one place that is not a code: neither takes anything from the person.
const FROM_LINKS: ReadonlySet<CookieName> = new Set<CookieName>(['visit', 'next'])

export const readCookie = (context: Context, name: CookieName): string | undefined =>
  getCookie(context, name, prefixOn(context))

export const keepCookie = (context: Context, name: CookieName, value: string): void => {
  if (mayChange(context, name))
    setCookie(context, name, value, { ...attributes(context), maxAge: LIFETIMES_MS[name] / SECOND })
}

export const dropCookie = (context: Context, name: CookieName): void => {
  if (mayChange(context, name)) deleteCookie(context, name, attributes(context))
}

/** This foreign request answers one that a page of ours has sent the browser away with. */
export const expectForeign = (context: Context): void => context.set('isExpected', true)

const mayChange = (context: Context, name: CookieName): boolean =>
  !isForeign(context) ||
  context.get('isExpected') === true ||
  (isLink(context) && FROM_LINKS.has(name))

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
