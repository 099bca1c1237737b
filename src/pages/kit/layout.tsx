// The frame around every page at /device: the brand, one card, one line below.
// `Screen` and `ShownUserCode` draw the code the way the television shows it.
import type { UserCode } from '../../ids.ts'
import { raw } from 'hono/html'
import type { FC, PropsWithChildren } from 'hono/jsx'
import { type ShownCharset, charsetOf, displayUserCode } from '../../codes.ts'
import type { Language } from '../../language/language.ts'
import type { PageBrand } from '../../config/page-brand.ts'

/** The context of every page: brand, language and form token (VP-12). */
export interface PageContext {
  readonly brand: PageBrand
  readonly language: Language
  readonly basePath: string
  readonly csrf: string
  /** The charset of the codes that people type. */
  readonly userCodeCharset: ShownCharset
}

interface LayoutProps {
  readonly page: PageContext
  readonly title: string
  /** Two columns where there is room for them. */
  readonly wide?: boolean
  /** The address that the browser goes on to by itself; it leaves no trace in its history. */
  readonly goesTo?: string | undefined
}

export const Layout: FC<PropsWithChildren<LayoutProps>> = ({
  page,
  title,
  wide = false,
  goesTo,
  children,
}) => (
  <>
    {raw('<!doctype html>')}
    <html lang={page.language.tag} dir={page.language.direction} class={wide ? 'wide' : undefined}>
      <head>
        <meta charset="utf-8" />
        <title>{`${title} – ${page.brand.name}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#fff" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#14171e" media="(prefers-color-scheme: dark)" />
        <meta name="robots" content="noindex" />
        {goesTo === undefined ? null : <meta http-equiv="refresh" content={`0; url=${goesTo}`} />}
        <link rel="stylesheet" href={page.brand.styleSheet} />
        <link rel="icon" type="image/svg+xml" href={page.brand.icon} />
      </head>
      <body>
        <header>
          {page.brand.logo === undefined ? (
            page.brand.name
          ) : (
            <img src={page.brand.logo} alt={page.brand.name} />
          )}
        </header>
        <main>{children}</main>
        <Footer page={page} />
      </body>
    </html>
  </>
)

const Footer: FC<{ readonly page: PageContext }> = ({ page }) => {
  const copy = page.language.messages.layout
  const { name, supportUri, termsUri, privacyUri } = page.brand
  const links = [
    [copy.support, supportUri],
    [copy.terms, termsUri],
    [copy.privacy, privacyUri],
  ] as const
  return (
    <footer>
      <p>{copy.footer(name)}</p>
      <p class="links">
        {links.map(([label, uri]) => (uri === undefined ? null : <a href={uri}>{label}</a>))}
      </p>
    </footer>
  )
}

/** An address that breaks, where it must, before the @. */
export const Email: FC<{ readonly address: string | undefined }> = ({ address = '' }) => {
  const at = address.lastIndexOf('@')
  return (
    <span class="quiet">
      {address.slice(0, Math.max(at, 0))}
      <wbr />
      {address.slice(Math.max(at, 0))}
    </span>
  )
}

/** A television, seen from the sofa. Lit once it is connected. */
export const Screen: FC<PropsWithChildren<{ readonly show?: 'picture lit' | 'picture off' }>> = ({
  show,
  children,
}) => <div class={show === undefined ? 'tv' : `tv ${show}`}>{children}</div>

export const ShownUserCode: FC<{ readonly userCode: UserCode }> = ({ userCode }) => (
  <strong class={charsetOf(userCode) === 'digits' ? 'code digits' : 'code'}>
    {displayUserCode(userCode)}
  </strong>
)
