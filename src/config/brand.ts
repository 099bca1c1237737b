// Whose pages people see: a service's name and looks, and where its help and its terms are.
import * as z from 'zod/mini'

export const colour = z.string().check(z.regex(/^#[0-9a-f]{6}$/i, 'must be a colour like #1f4ed8'))

export const logo = z
  .string()
  .check(z.regex(/^[\w.-]+\.(svg|png|webp)$/, 'must name a picture in src/assets'))

export interface Brand {
  readonly name: string
  /** A file in src/assets. */
  readonly logo: string | undefined
  /** What fills buttons on the light theme, and on the dark one. */
  readonly accent: string
  readonly accentDark: string
  readonly supportUri: string | undefined
  readonly termsUri: string | undefined
  readonly privacyUri: string | undefined
}

/** What a client's pages do differently. */
export type ClientBrand = Partial<Omit<Brand, 'name'>>

/** The brand with what a client has of its own. */
export const brandFor = (brand: Brand, own: ClientBrand | undefined): Brand => ({
  ...brand,
  ...Object.fromEntries(Object.entries(own ?? {}).filter(([, value]) => value !== undefined)),
})
