// The brand on the pages: the service's name, logo and colours, and its help and legal links.
import * as z from 'zod/mini'

export const colour = z.string().check(z.regex(/^#[0-9a-f]{6}$/i, 'must be a colour like #1f4ed8'))

export const logo = z
  .string()
  .check(
    z.regex(
      /^[\w.-]+\.(svg|png|webp)$/,
      'must be the name of an SVG, PNG or WebP file in src/assets',
    ),
  )

export interface Brand {
  readonly name: string
  /** A file in src/assets. */
  readonly logo: string | undefined
  /** The fill of buttons on the light theme; `accentDark` is that on the dark theme. */
  readonly accent: string
  readonly accentDark: string
  readonly supportUri: string | undefined
  readonly termsUri: string | undefined
  readonly privacyUri: string | undefined
}

/** A client's own values, which replace the service's on its pages. */
export type ClientBrand = Partial<Omit<Brand, 'name'>>

/** The service's brand, overridden by the client's own values. */
export const brandFor = (brand: Brand, own: ClientBrand | undefined): Brand => ({
  ...brand,
  ...Object.fromEntries(Object.entries(own ?? {}).filter(([, value]) => value !== undefined)),
})
