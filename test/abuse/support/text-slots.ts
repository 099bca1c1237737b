// The places of a request where a client puts a text of its own: fields, headers, parts of the
// address, members of JSON. Each can be filled with another text.
import type { Draft } from './draft.ts'

type Pair = readonly [name: string, value: string]

/** One place of a request, and the request with another text there. */
export interface TextSlot {
  readonly kind: 'field' | 'list' | 'header' | 'address' | 'cookie'
  readonly name: string
  readonly fill: (text: string) => Draft
}

/** Parameters that an endpoint may read besides those in the request. */
export interface MoreNames {
  readonly fields: readonly string[]
  readonly headers: readonly string[]
  /** Of a body that is JSON. */
  readonly members: readonly string[]
}

/** Every place of `draft`, and what else its endpoint may read. */
export const textSlotsOf = (draft: Draft, more: MoreNames): readonly TextSlot[] => [
  ...fieldSlots(draft, more.fields),
  ...headerSlots(draft, more.headers),
  ...addressSlots(draft),
  ...(draft.body === undefined
    ? []
    : jsonSlots(draft.body.toString(), more.members).map(({ kind, name, fill }) => ({
        kind,
        name,
        fill: (text: string) => ({ ...draft, body: fill(text) }),
      }))),
]

const named = (pairs: readonly Pair[], more: readonly string[]): readonly Pair[] => [
  ...pairs,
  ...more
    .filter((name) => !pairs.some(([other]) => other.toLowerCase() === name.toLowerCase()))
    .map((name) => [name, ''] as const),
]

const withPair = (pairs: readonly Pair[], name: string, value: string): readonly Pair[] => [
  ...pairs.filter(([other]) => other !== name),
  [name, value],
]

// As few bytes as the form allows, because its body may not be longer than 64 KiB.
const encoded = (value: string): string =>
  value.toWellFormed().replaceAll(/[%&+=\0]/g, encodeURIComponent)

const formBody = (fields: readonly Pair[]): string =>
  fields.map(([name, value]) => `${name}=${encoded(value)}`).join('&')

const fieldSlots = ({ fields, ...draft }: Draft, more: readonly string[]): TextSlot[] => {
  if (fields === undefined) return []
  const slot = (field: string, { kind, name, fill }: JsonSlot): TextSlot => ({
    kind,
    name,
    fill: (text) => ({ ...draft, body: formBody(withPair(fields, field, fill(text))) }),
  })
  return [
    ...named(fields, more).flatMap(([name, value]) => [
      slot(name, { kind: 'field', name, fill: (text) => text }),
      ...jsonSlots(value).map((member) =>
        slot(name, { ...member, name: `${name} ${member.name}` }),
      ),
    ]),
    {
      kind: 'field',
      name: 'a field as it is sent',
      fill: (text) => ({ ...draft, body: `${formBody(fields)}&x=${text.toWellFormed()}` }),
    },
  ]
}

const headerSlots = (draft: Draft, more: readonly string[]): TextSlot[] =>
  named(
    draft.headers.filter(([name]) => name !== 'Cookie'),
    more,
  ).flatMap(([name]) => {
    const slot = (place: string, before: string): TextSlot => ({
      kind: 'header',
      name: place,
      fill: (text) => ({ ...draft, headers: withPair(draft.headers, name, before + text) }),
    })
    const schemes = name === 'Authorization' ? ['Basic', 'Bearer', 'DPoP'] : []
    return [slot(name, ''), ...schemes.map((scheme) => slot(`${name} ${scheme}`, `${scheme} `))]
  })

const addressSlots = (draft: Draft): TextSlot[] => {
  const [path = '', query] = draft.path.split('?')
  const parts = path.split('/')
  const search = [...new URLSearchParams(query)]
  return [
    ...parts.slice(1).map((_, index) => ({
      kind: 'address' as const,
      name: `part ${index} of the path`,
      fill: (text: string): Draft => ({
        ...draft,
        path: parts.with(index + 1, encodeURIComponent(text.toWellFormed())).join('/'),
      }),
    })),
    ...search.map(([name]) => ({
      kind: 'address' as const,
      name,
      fill: (text: string): Draft => ({
        ...draft,
        path: `${path}?${new URLSearchParams(withPair(search, name, text).map(([...pair]) => pair)).toString()}`,
      }),
    })),
  ]
}

/** One text within JSON. */
export interface JsonSlot {
  readonly kind: 'field' | 'list'
  readonly name: string
  readonly fill: (text: string) => string
}

/** Every text in a JSON object, also in objects within it, and lists deep within lists. */
export const jsonSlots = (json: string, more: readonly string[] = []): readonly JsonSlot[] => {
  const value = parse(json)
  if (!isObject(value)) return []
  return memberSlots({ ...Object.fromEntries(more.map((name) => [name, ''])), ...value })
}

const memberSlots = (object: Readonly<Record<string, unknown>>): JsonSlot[] =>
  Object.entries(object).flatMap(([name, value]): JsonSlot[] => {
    const withMember = (member: string) =>
      `{${Object.entries(object)
        // An unfilled slot is left out if it was only a name.
        .filter(([key, one]) => key === name || one !== '')
        .map(
          ([key, one]) => `${JSON.stringify(key)}:${key === name ? member : JSON.stringify(one)}`,
        )
        .join(',')}}`
    const text: JsonSlot = {
      kind: 'field',
      name,
      fill: (given) => withMember(JSON.stringify(given)),
    }
    const deep: JsonSlot = {
      kind: 'list',
      name: `${name}, a list in a list`,
      fill: ({ length }) =>
        withMember('['.repeat(Math.floor(length / 2)) + ']'.repeat(Math.floor(length / 2))),
    }
    const many: JsonSlot = {
      kind: 'list',
      name: `${name}, a long list`,
      fill: (given) => withMember(JSON.stringify(given.match(/.{1,30}/gsu) ?? [])),
    }
    const inner = isObject(value) ? memberSlots(value) : packedSlots(value)
    return [
      text,
      deep,
      many,
      ...inner.map((slot) => ({
        kind: slot.kind,
        name: `${name}.${slot.name}`,
        fill: (given: string) => withMember(slot.fill(given)),
      })),
    ]
  })

/** JSON in base64url, as a passkey's client data. */
const packedSlots = (value: unknown): JsonSlot[] => {
  if (typeof value !== 'string') return []
  const inner = parse(Buffer.from(value, 'base64url').toString())
  if (!isObject(inner)) return []
  return memberSlots(inner).map(({ kind, name, fill }) => ({
    kind,
    name,
    fill: (text) => JSON.stringify(Buffer.from(fill(text)).toString('base64url')),
  }))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parse = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
