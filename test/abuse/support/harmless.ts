// The rules for every answer to any request: no internal error, no internals, no echo that could
// act, and the headers that a browser needs for its protection.
import { ISSUER } from '../../support/settings.ts'

/** Puts a text where it can be found again: it must not come back as it is. */
export const marked = (text: string): string => `mk1${text}mk2`

const RAW = /mk1[<>"'&\p{C}\u2028\u2029]+mk2/u
// Nothing that people read has any of these; our own words isolate names by U+2068 and U+2069.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]/
const INSIDES =
  /\bat \S+ \(|\b(?:node_modules|workerd|Object\.<anonymous>|DurableObject|ObjectUnavailable)\b|\w+Error\b|\.tsx?\b|\/(?:work|home|tmp|src)\//

const TAGS = new Set(
  'a bdi body br button circle code dd details div dl dt footer form h1 h2 h3 head header html img input label li link main meta ol p path script section span strong summary svg title ul wbr'.split(
    ' ',
  ),
)
const ATTRIBUTES =
  /^(?:action|alt|autocapitalize|autocomplete|autocorrect|autofocus|charset|checked|class|content|cx|cy|d|defer|dir|fill|for|hidden|href|id|inputmode|lang|maxlength|media|method|name|novalidate|pathLength|pathlength|r|readonly|rel|required|role|spellcheck|src|stroke(?:-\w+)*|tabindex|type|value|viewBox|viewbox|(?:aria|data)-[a-z-]+)$/
const OWN_ADDRESS = /^(?:\/(?![/\\])|#|\?)/

const PAGE_HEADERS: readonly (readonly [string, RegExp])[] = [
  [
    'Content-Security-Policy',
    /^default-src 'none'; style-src 'self'; script-src 'self';(?: worker-src 'self';)? img-src 'self'; connect-src '(?:none|self)'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  ],
  ['X-Frame-Options', /^DENY$/],
  ['Referrer-Policy', /^no-referrer$/],
  ['Cache-Control', /^no-store$/],
]

const COOKIE =
  /^__Host-(?:session|visit|user_code|language|result|removed|shown|upstream_[\w-]+|returned_[A-Z\d]+)=[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/

const isHtml = (headers: Headers): boolean =>
  headers.get('Content-Type')?.startsWith('text/html') === true

/** True for an answer to a person, even in place of a missing file. */
const isPage = (path: string, { headers }: Response): boolean =>
  /^\/(?:devices?(?:\/|$)|authorize$)/.test(path) &&
  !/^\/device\/qr\/[^/]+$/.test(path) &&
  !path.startsWith('/device/authorizations/') &&
  !(!isHtml(headers) && /^\/device\/(?:logo$|icon\.svg$|[\w-]+\.(?:css|js)$)/.test(path))

/** The faults of an answer; an empty list for every honest and every dishonest request. */
export const faultsOf = async (request: Request, response: Response): Promise<string[]> => {
  const { pathname } = new URL(request.url)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const faults = [
    ...statusFaults(request, response),
    ...headerFaults(response),
    ...(isPage(pathname, response) ? pageHeaderFaults(response) : machineFaults(response)),
  ]
  let text = ''
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    faults.push('the body is not UTF-8')
  }
  if (text !== '') faults.push(...(await bodyFaults(response, text)))
  return faults
}

// The provider of these tests is away, which its sign-in says.
const AT_PROVIDER = /\/device\/sign-in\/at\/acme(\/callback)?$/

const statusFaults = (request: Request, { status }: Response): string[] => {
  const isAway = [502, 503].includes(status) && AT_PROVIDER.test(new URL(request.url).pathname)
  return status < 500 || isAway ? [] : [`the status is ${status}`]
}

const headerFaults = ({ headers }: Response): string[] => {
  const faults: string[] = []
  for (const [name, value] of headers) {
    if (/^x-evil/i.test(name)) faults.push(`a header that was sent: ${name}`)
    if (RAW.test(value) || /[^\t\x20-\x7e]/.test(value)) faults.push(`raw text in ${name}`)
    if (INSIDES.test(value)) faults.push(`insides in ${name}`)
  }
  if (headers.get('X-Content-Type-Options') !== 'nosniff') faults.push('no nosniff')
  if (!/^max-age=\d{8}/.test(headers.get('Strict-Transport-Security') ?? '')) faults.push('no HSTS')
  return faults
}

const pageHeaderFaults = (response: Response): string[] => {
  const { headers } = response
  const faults = PAGE_HEADERS.filter(
    ([name, pattern]) => !pattern.test(headers.get(name) ?? ''),
  ).map(([name]) => `${name}: ${headers.get(name)}`)
  const location = headers.get('Location')
  if (location !== null && !OWN_ADDRESS.test(location) && !location.startsWith(`${ISSUER}/`))
    faults.push(`leads to ${location}`)
  for (const cookie of headers.getSetCookie())
    if (!COOKIE.test(cookie)) faults.push(`a cookie like ${cookie}`)
  if (headers.has('Access-Control-Allow-Origin')) faults.push('another origin may read a page')
  return faults
}

const machineFaults = ({ status, headers }: Response): string[] => {
  const faults = headers.has('Set-Cookie') ? ['a cookie for a machine'] : []
  // The front door: the bare host in the address bar.
  if (headers.has('Location') && headers.get('Location') !== '/device')
    faults.push('a machine is sent elsewhere')
  if (headers.has('Access-Control-Allow-Credentials')) faults.push('cookies for other origins')
  const isCacheable = /public/.test(headers.get('Cache-Control') ?? '')
  if (isCacheable && ![200, 304].includes(status)) faults.push('a refusal that is kept')
  return faults
}

const bodyFaults = async (response: Response, text: string): Promise<string[]> => {
  const type = response.headers.get('Content-Type') ?? ''
  const faults = INSIDES.test(text) && !type.includes('javascript') ? [`insides: ${text}`] : []
  if (/^text\/html; charset=utf-8$/i.test(type)) return [...faults, ...(await htmlFaults(text))]
  if (/^application\/(?:jwk-set\+)?json/.test(type)) return [...faults, ...jsonFaults(text)]
  if (/^(?:image\/svg\+xml|text\/(?:css|javascript|plain))/.test(type))
    return RAW.test(text) ? [...faults, 'raw text'] : faults
  return [...faults, `a body of type ${type}`]
}

const jsonFaults = (text: string): string[] => {
  try {
    JSON.parse(text)
    return []
  } catch {
    return [`no JSON: ${text}`]
  }
}

const htmlFaults = async (html: string): Promise<string[]> => {
  const faults: string[] = []
  if (!/^<!doctype html><html lang="[a-zA-Z-]+" dir="(?:ltr|rtl)".*<\/html>$/s.test(html))
    faults.push(`no whole page: ${html.slice(0, 100)} … ${html.slice(-20)}`)
  if (RAW.test(html)) faults.push(`raw text: ${RAW.exec(html)?.[0]}`)
  if (CONTROLS.test(html)) faults.push(`a control character: ${CONTROLS.exec(html)?.index}`)
  const rewriter = new HTMLRewriter().on('*', {
    element: ({ tagName, attributes }) => {
      if (!TAGS.has(tagName)) faults.push(`an element <${tagName}>`)
      for (const [name = '', value = ''] of attributes) {
        if (!ATTRIBUTES.test(name)) faults.push(`an attribute ${name} of <${tagName}>`)
        if (['src', 'action'].includes(name) && !OWN_ADDRESS.test(value))
          faults.push(`${name} leads to ${value}`)
        if (name === 'href' && !OWN_ADDRESS.test(value)) faults.push(`a link to ${value}`)
      }
    },
  })
  await rewriter.transform(new Response(html)).text()
  if (/<script(?![^>]* src=)/.test(html)) faults.push('a script on the page')
  return faults
}
