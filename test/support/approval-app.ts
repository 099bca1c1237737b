// The service's own app on a phone: it asks for the review of a code, and sends the decision.
import { type Answer, answerOf } from './device.ts'
import { type Fetch, freshAddress, url } from './worker.ts'

type Fields = Readonly<Record<string, string>>

const PATH = '/device/authorizations'

export class ApprovalApp {
  readonly #fetch: Fetch
  readonly #headers: Fields

  /** `headers` go onto every request; an empty `Authorization` is not sent. */
  constructor(fetch: Fetch, authorization: string, headers: Fields = {}) {
    this.#fetch = fetch
    this.#headers = {
      'CF-Connecting-IP': freshAddress(),
      ...(authorization !== '' && { Authorization: authorization }),
      ...headers,
    }
  }

  async review(
    userCode: string,
    { query = '', headers }: { query?: string; headers?: Fields } = {},
  ): Promise<Answer> {
    return this.send(`/${userCode}${query}`, headers && { headers })
  }

  /** A body that is text is sent as it is. */
  async decide(userCode: string, body: object | string, headers: Fields = {}): Promise<Answer> {
    return this.send(`/${userCode}/decision`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    })
  }

  async send(path: string, init: RequestInit & { headers?: Fields } = {}): Promise<Answer> {
    const headers = { ...this.#headers, ...init.headers }
    return answerOf(await this.#fetch(new Request(url(PATH + path), { ...init, headers })))
  }
}
