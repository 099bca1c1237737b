// A person with a browser that has cookies and forms but no JavaScript: what every page must work
// with. Follows redirects, fills in forms by their field names, and sends hidden fields along.

type Send = (request: Request) => Promise<Response>
type Fields = Readonly<Record<string, string>>

export interface Page {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly html: string
}

export const PASSWORD = 'plums in the icebox'

export class Person {
  readonly cookies = new Map<string, string>()
  /** Every Set-Cookie header that came. */
  readonly setCookies: string[] = []
  readonly #send: Send
  readonly #origin: string
  readonly #headers: Fields

  constructor(send: Send, origin: string, headers: Fields = {}) {
    this.#send = send
    this.#origin = origin
    this.#headers = headers
  }

  /** Opens an address, as a scan does in a browser without Fetch Metadata. */
  open(address: string, headers: Fields = {}): Promise<Page> {
    const url = new URL(address, this.#origin)
    return this.#follow(new Request(url, { redirect: 'manual', headers }))
  }

  /** Sends the form of `page` that has this action, with these fields filled in. */
  submit(page: Page, action: string, fields: Fields = {}, headers: Fields = {}): Promise<Page> {
    const form = page.html
      .split('<form')
      .slice(1)
      .find((text) => text.includes(`action="${action}"`))
    if (form === undefined) throw new Error(`no form for ${action} on ${page.html}`)
    const hidden = [...form.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)]
    const all = { ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), ...fields }
    return this.post(action, all, headers)
  }

  /** Sends a form, wherever it came from. A header with an empty value is not sent. */
  post(action: string, fields: Fields, headers: Fields = {}): Promise<Page> {
    return this.#follow(
      new Request(new URL(action, this.#origin), {
        method: 'POST',
        body: new URLSearchParams(fields),
        redirect: 'manual',
        headers: Object.entries({
          Origin: this.#origin,
          'Sec-Fetch-Site': 'same-origin',
          ...headers,
        }).filter(([, value]) => value !== ''),
      }),
    )
  }

  /** Makes an account on the page that a signed-out visitor is sent to. */
  async createAccount(name: string, email: string, password = PASSWORD): Promise<Page> {
    const page = await this.open('/device/create-account')
    return this.submit(page, '/device/create-account', { name, email, password })
  }

  async signIn(email: string, password = PASSWORD): Promise<Page> {
    const page = await this.open('/device/sign-in')
    return this.submit(page, '/device/sign-in', { email, password })
  }

  decide(page: Page, decision: 'allow' | 'deny'): Promise<Page> {
    return this.submit(page, '/device/confirm', { decision })
  }

  async #follow(request: Request, redirects = 0): Promise<Page> {
    const response = await this.#fetch(request)
    const location = response.headers.get('Location')
    if (location === null || redirects > 5) {
      const html = await response.text()
      return { url: new URL(request.url), status: response.status, headers: response.headers, html }
    }
    await response.body?.cancel()
    const next = new URL(location, request.url)
    // The browser's headers describe the page of the form as before.
    const headers = [...request.headers].filter(([name]) => /^(sec-fetch|referer)/.test(name))
    return this.#follow(new Request(next, { redirect: 'manual', headers }), redirects + 1)
  }

  async #fetch(request: Request): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = new Headers(request.headers)
    for (const [name, value] of Object.entries(this.#headers)) headers.set(name, value)
    if (cookie !== '') headers.set('Cookie', cookie)
    const response = await this.#send(new Request(request, { headers }))
    for (const header of response.headers.getSetCookie()) this.#store(header)
    return response
  }

  #store(header: string): void {
    this.setCookies.push(header)
    const [pair = '', ...attributes] = header.split(/; */)
    const at = pair.indexOf('=')
    const name = pair.slice(0, at)
    if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(at + 1))
  }
}
