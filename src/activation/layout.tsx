// The frame around every page at /device: whose page it is, one card, one line below.
// `Screen` and `UserCode` draw the code the way the television shows it.
import { raw } from 'hono/html'
import type { FC, PropsWithChildren } from 'hono/jsx'

const copy = {
  footer: (brand: string) => `${brand} never asks for a code by mail, chat or phone.`,
}

/** What every page needs: whose name it wears, where it is mounted, and the form token (VP-12). */
export interface PageContext {
  readonly brand: { readonly name: string; readonly logo: string | undefined }
  readonly basePath: string
  readonly csrf: string
  /** What the codes of most devices here are made of. */
  readonly userCodeCharset: 'letters' | 'digits'
}

interface LayoutProps {
  readonly page: PageContext
  readonly title: string
  /** Two columns where there is room for them. */
  readonly wide?: boolean
}

export const Layout: FC<PropsWithChildren<LayoutProps>> = ({
  page,
  title,
  wide = false,
  children,
}) => (
  <>
    {raw('<!doctype html>')}
    <html lang="en" class={wide ? 'wide' : undefined}>
      <head>
        <meta charset="utf-8" />
        <title>{`${title} – ${page.brand.name}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#fff" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#14171e" media="(prefers-color-scheme: dark)" />
        <meta name="robots" content="noindex" />
        <link rel="stylesheet" href={`${page.basePath}/device/style.css`} />
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
        <footer>{copy.footer(page.brand.name)}</footer>
      </body>
    </html>
  </>
)

/** A television, seen from the sofa. Lit once it is connected. */
export const Screen: FC<PropsWithChildren<{ readonly show?: 'picture lit' | 'picture off' }>> = ({
  show,
  children,
}) => <div class={show === undefined ? 'tv' : `tv ${show}`}>{children}</div>

export const UserCode: FC<{ readonly code: string }> = ({ code }) => (
  <strong class={/\d/.test(code) ? 'code digits' : 'code'}>{code}</strong>
)
