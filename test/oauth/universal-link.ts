// An iPhone's decision about an address: whether an apple-app-site-association document gives it to
// an app. Written from Apple's "applinks.Details.Components" for these tests only: the defaults and
// the substitution variables are missing, since the document does not use them.

export interface Component {
  readonly '/'?: string
  readonly '?'?: string | Readonly<Record<string, string>>
  readonly '#'?: string
  readonly exclude?: boolean
}

export interface Association {
  readonly applinks: {
    readonly details: readonly {
      readonly appIDs: readonly string[]
      readonly components: readonly Component[]
    }[]
  }
}

/** The apps that open `address`: of each entry, the first component that matches decides. */
export const appsFor = ({ applinks }: Association, address: string): readonly string[] =>
  applinks.details.flatMap(({ appIDs, components }) => {
    const first = components.find((component) => isMatch(component, new URL(address)))
    return first === undefined || first.exclude === true ? [] : appIDs
  })

const isMatch = (component: Component, { pathname, search, hash }: URL): boolean => {
  const query = component['?']
  return (
    isLike(component['/'], pathname) &&
    isLike(component['#'], hash.slice(1)) &&
    (typeof query === 'object'
      ? Object.entries(query).every(([name, pattern]) => isLikeAll(pattern, itemsOf(search, name)))
      : isLike(query, search.slice(1)))
  )
}

// Repeated items must all match; an absent one is empty.
const isLikeAll = (pattern: string, values: readonly string[]): boolean =>
  (values.length === 0 ? [''] : values).every((value) => isLike(pattern, value))

// Still percent-encoded, as patterns are by default.
const itemsOf = (search: string, name: string): readonly string[] =>
  search
    .slice(1)
    .split('&')
    .map((item) => item.split('='))
    .filter(([key]) => key === name)
    .map(([, value = '']) => value)

// `*` is any number of characters, `?` is one; an absent component matches everything.
const isLike = (pattern = '*', text: string): boolean => {
  const [wild, ...rest] = pattern
  if (wild === undefined) return text === ''
  if (wild === '*')
    return Array.from({ length: text.length + 1 }, (_, at) => text.slice(at)).some((end) =>
      isLike(rest.join(''), end),
    )
  return text !== '' && (wild === '?' || wild === text[0]) && isLike(rest.join(''), text.slice(1))
}
