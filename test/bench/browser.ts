// A person's browser under load: cookies, redirects and forms over one connection, nothing more.
import { type Answer, Connection, FORM, header } from './connection.ts'

type Fields = Readonly<Record<string, string>>

const MAX_REDIRECTS = 5

export class Browser {
  readonly cookies: Map<string, string>
  readonly #port: number
  readonly #connection: Connection
  readonly #headers: Fields

  constructor(port: number, headers: Fields = {}, cookies: Iterable<[string, string]> = []) {
    this.cookies = new Map(cookies)
    this.#port = port
    this.#connection = new Connection(port)
    this.#headers = headers
  }

  /** Another window of the same person. */
  clone(): Browser {
    return new Browser(this.#port, this.#headers, this.cookies)
  }

  /** Opens an address, wherever that leads. */
  async open(address: string): Promise<Answer> {
    let at = pathOf(address)
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const answer = this.#keep(await this.#connection.get(at, this.#withCookies(this.#headers)))
      const location = header(answer, 'location')
      if (location === undefined) return answer
      at = pathOf(location)
    }
    throw new Error(`too many redirects at ${at}`)
  }

  /** Sends a form, and goes where that leads. */
  async submit(action: string, fields: Fields): Promise<Answer> {
    const headers = this.#withCookies({ ...FORM, ...this.#headers })
    const body = new URLSearchParams(fields).toString()
    const answer = this.#keep(await this.#connection.post(pathOf(action), body, headers))
    const location = header(answer, 'location')
    return location === undefined ? answer : this.open(location)
  }

  /** Sends JSON, as a page with a script does. */
  async send(path: string, value: object): Promise<Answer> {
    const headers = this.#withCookies({ ...this.#headers, 'Content-Type': 'application/json' })
    return this.#keep(await this.#connection.post(path, JSON.stringify(value), headers))
  }

  close(): void {
    this.#connection.close()
  }

  #withCookies(headers: Fields): Fields {
    if (this.cookies.size === 0) return headers
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return { ...headers, Cookie: cookie }
  }

  #keep(answer: Answer): Answer {
    for (const [, name = '', value = '', attributes = ''] of answer.head.matchAll(COOKIE))
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(attributes)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    return answer
  }
}

const COOKIE = /\r\nset-cookie: *([^=\r]+)=([^;\r]*)([^\r]*)/gi

const pathOf = (address: string): string => address.replace(/^https?:\/\/[^/]+/, '') || '/'

/** The hidden fields of a page. */
export const hiddenFields = ({ body }: Answer): Record<string, string> =>
  Object.fromEntries(
    [...body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value],
    ),
  )
