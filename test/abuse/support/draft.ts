// A request before it is sent, and the ways in which one that is right is made wrong.
import * as fc from 'fast-check'
import { asHeader, hostileText } from './hostile.ts'
import { url } from '../../support/worker.ts'

type Pair = readonly [name: string, value: string]

export interface Draft {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly type?: string | undefined
  readonly headers: readonly Pair[]
  /** The fields of a form, in this order; undefined without a form. */
  readonly fields?: readonly Pair[] | undefined
  /** A body to send unchanged instead. */
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined
}

const FORM = 'application/x-www-form-urlencoded'

export const formDraft = (
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Draft => ({
  method: 'POST',
  path,
  type: FORM,
  headers: Object.entries(headers),
  fields: Object.entries(fields),
})

export const plainDraft = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Draft => ({ method, path, headers: Object.entries(headers) })

const encode = (text: string): string => encodeURIComponent(text.toWellFormed())

const bodyOf = ({ fields, body }: Draft) =>
  body?.toString() ?? fields?.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')

/** The request, from an address of its own; undefined where no client could send it. */
export const requestOf = (draft: Draft, address: string): Request | undefined => {
  try {
    const headers = new Headers({ 'CF-Connecting-IP': address })
    if (draft.type !== undefined) headers.set('Content-Type', draft.type)
    for (const [name, value] of draft.headers) headers.append(name, asHeader(value))
    const body = ['GET', 'HEAD'].includes(draft.method) ? undefined : (draft.body ?? bodyOf(draft))
    return new Request(url(draft.path), {
      method: draft.method,
      headers,
      redirect: 'manual',
      ...(body !== undefined && { body }),
    })
  } catch {
    return undefined
  }
}

/** A value of the draft, first of the fields, then of the headers, and the draft with another. */
const values = ({ fields = [], headers }: Draft): readonly Pair[] => [...fields, ...headers]

const withValue = (draft: Draft, at: number, change: (value: string) => string): Draft => {
  const { fields = [], headers } = draft
  const index = at % Math.max(1, values(draft).length)
  const changed = (pairs: readonly Pair[], offset: number): Pair[] =>
    pairs.map(([name, value], each) => [name, each + offset === index ? change(value) : value])
  return {
    ...draft,
    headers: changed(headers, fields.length),
    ...(draft.fields !== undefined && { fields: changed(fields, 0) }),
  }
}

const withoutField = (draft: Draft, at: number): Draft => ({
  ...draft,
  fields: draft.fields?.filter((_, index) => index !== at % (draft.fields?.length ?? 1)),
})

const withFields = (draft: Draft, more: readonly Pair[], isFirst = false): Draft => ({
  ...draft,
  fields: isFirst ? [...more, ...(draft.fields ?? [])] : [...(draft.fields ?? []), ...more],
})

const withHeader = (draft: Draft, name: string, value: string): Draft => ({
  ...draft,
  headers: [
    ...draft.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase()),
    [name, value],
  ],
})

const withQuery = (draft: Draft, name: string, text: string): Draft => ({
  ...draft,
  path: `${draft.path}${draft.path.includes('?') ? '&' : '?'}${encode(name)}=${encode(text)}`,
})

export type Change = (draft: Draft) => Draft
type Names = readonly string[]

const any = fc.nat({ max: 40 })

/** Damages a secret a little, so that it still looks like one. */
const spoiled: fc.Arbitrary<(text: string) => string> = fc.oneof(
  any.map((at) => (text: string) => text.slice(0, -at - 1)),
  any.map((at) => (text: string) => text.slice(at + 1)),
  fc
    .tuple(fc.nat({ max: 300 }), fc.constantFrom(...'AZaz09-_.=+/ %\0é'))
    .map(([at, one]) => (text: string) => {
      const index = at % Math.max(1, text.length)
      return text.slice(0, index) + one + text.slice(index + 1)
    }),
  fc.constant((text: string) => text + text),
  fc.constant((text: string) => text.toUpperCase()),
  fc.constant((text: string) => `${text}=`),
  fc.constant((text: string) => text.split('').toReversed().join('')),
  hostileText.map((more) => (text: string) => text + more),
)

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'TRACE']
const TYPES = [
  'application/json',
  'text/plain',
  'text/html',
  'multipart/form-data; boundary=x',
  `${FORM}; charset=utf-16`,
  `${FORM};charset=utf-8`,
  `${FORM.toUpperCase()}; charset="UTF-8`,
  `${FORM}, application/json`,
  'application/x-www-form-urlencodedx',
  '',
]
const HEADERS = [
  'Authorization',
  'DPoP',
  'Prefer',
  'Accept',
  'Accept-Language',
  'Content-Encoding',
  'Cookie',
  'Forwarded',
  'Host',
  'If-None-Match',
  'Origin',
  'Range',
  'Referer',
  'Sec-Fetch-Site',
  'User-Agent',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-HTTP-Method-Override',
  'X-Original-URL',
  'X-Rewrite-URL',
]
const TAILS = ['&%', '&a=%zz', '&a=%c0%af', '&a=%ed%a0%80', '&a=%ff', '&a=%00', '&a=%f5%80%80%80']
const PATHS = ['/', '//', '/..', '/%2e%2e/token', ';a=b', '%00', '%0d%0aX-Evil:1', '.json', '%2f']

/** One thing that is changed. `names` are those of parameters, `others` are secrets of others. */
const changeOf = (names: Names, others: fc.Arbitrary<string>): fc.Arbitrary<Change> => {
  const name = fc.oneof(fc.constantFrom(...names), hostileText)
  const header = fc.constantFrom(...HEADERS)
  const ways: readonly (readonly [weight: number, change: fc.Arbitrary<Change>])[] = [
    [
      6,
      fc.tuple(any, hostileText).map(
        ([at, text]) =>
          (draft) =>
            withValue(draft, at, () => text),
      ),
    ],
    [
      4,
      fc.tuple(any, spoiled).map(
        ([at, spoil]) =>
          (draft) =>
            withValue(draft, at, spoil),
      ),
    ],
    [
      4,
      fc.tuple(any, others).map(
        ([at, other]) =>
          (draft) =>
            withValue(draft, at, () => other),
      ),
    ],
    [2, any.map((at) => (draft) => withoutField(draft, at))],
    [
      3,
      fc.tuple(name, hostileText, fc.boolean()).map(
        ([more, text, isFirst]) =>
          (draft) =>
            withFields(draft, [[more, text]], isFirst),
      ),
    ],
    [1, any.map((at) => (draft) => withFields(draft, values(draft).slice(at % 8, (at % 8) + 1)))],
    [
      4,
      fc.tuple(header, fc.oneof(hostileText, others)).map(
        ([more, text]) =>
          (draft) =>
            withHeader(draft, more, text),
      ),
    ],
    [1, fc.constantFrom(...TYPES).map((type) => (draft) => ({ ...draft, type }))],
    [1, fc.constantFrom(...METHODS).map((method) => (draft) => ({ ...draft, method }))],
    [
      1,
      fc
        .uint8Array({ maxLength: 400 })
        .map((bytes) => (draft) => ({ ...draft, body: new Uint8Array(bytes) })),
    ],
    [
      1,
      fc
        .constantFrom(...TAILS)
        .map((tail) => (draft) => ({ ...draft, body: `${bodyOf(draft) ?? ''}${tail}` })),
    ],
    [
      1,
      fc.constantFrom(...PATHS).map((tail) => (draft) => ({ ...draft, path: draft.path + tail })),
    ],
    [
      1,
      fc.tuple(name, hostileText).map(
        ([key, text]) =>
          (draft) =>
            withQuery(draft, key, text),
      ),
    ],
    [
      1,
      fc.constant((draft) => ({
        ...draft,
        path: `${draft.path}?${bodyOf(draft) ?? ''}`,
        fields: [],
      })),
    ],
  ]
  return fc.oneof(...ways.map(([weight, arbitrary]) => ({ weight, arbitrary })))
}

/** One to three things that are changed. */
export const changesOf = (names: Names, others: fc.Arbitrary<string>): fc.Arbitrary<Change> =>
  fc
    .array(changeOf(names, others), { minLength: 1, maxLength: 3 })
    .map((changes) => (draft) => changes.reduce((changed, change) => change(changed), draft))

/** The request, in a form to read. */
export const describe = (draft: Draft): string =>
  JSON.stringify({ ...draft, body: draft.body?.toString() }).slice(0, 2000)
