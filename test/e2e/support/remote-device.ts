// A device on the network: it asks a running Worker for a code, shows it, polls, and then uses what
// it was given.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Place, TURKU, at } from '../../support/places.ts'

type Fields = Readonly<Record<string, string>>

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly id_token: string
}

interface Failure {
  readonly error: string
}

interface Options {
  readonly clientId?: string
  readonly name?: string
  readonly place?: Place
  /** The hint that names its account, if it has one. */
  readonly hint?: Fields
}

const OFFLINE = 'openid profile offline_access library:read'

export class RemoteDevice {
  readonly name: string
  /** As it is shown on the screen. */
  readonly userCode: string
  /** The content of its picture. */
  readonly picture: string
  readonly #origin: string
  readonly #clientId: string
  readonly #deviceCode: string
  #place: Place
  readonly #intervalMs: number
  #pollAtMs = 0

  private constructor(origin: string, options: Required<Options>, answer: Fields) {
    this.name = options.name
    this.#origin = origin
    this.#clientId = options.clientId
    this.#place = options.place
    this.userCode = answer['user_code'] ?? ''
    this.picture = answer['verification_uri_complete'] ?? ''
    this.#deviceCode = answer['device_code'] ?? ''
    this.#intervalMs = Number(answer['interval']) * 1000
  }

  static async start(
    origin: string,
    { clientId = 'tv', name = 'Living-room TV', place = at(TURKU), hint = {} }: Options = {},
  ): Promise<RemoteDevice> {
    const fields = { client_id: clientId, device_name: name, scope: OFFLINE, ...hint }
    const response = await post(`${origin}/device_authorization`, fields, place)
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
    const answer = (await response.json()) as Fields
    return new RemoteDevice(origin, { clientId, name, place, hint }, answer)
  }

  /** It is elsewhere from now on, or a thief there has its codes. */
  moveTo(place: Place): void {
    this.#place = place
  }

  /** Polls once, when it may: the error, or `tokens`. */
  async outcome(): Promise<string> {
    const polled = await this.#poll()
    return 'error' in polled ? polled.error : 'tokens'
  }

  /** Polls once, and must get tokens. */
  async collect(): Promise<Tokens> {
    const polled = await this.#poll()
    if ('error' in polled) throw new Error(polled.error)
    return polled
  }

  /** Uses a refresh token: the error, or the next tokens. */
  async refresh({ refresh_token }: Tokens): Promise<Tokens | string> {
    const fields = { grant_type: 'refresh_token', client_id: this.#clientId, refresh_token }
    const response = await post(`${this.#origin}/token`, fields, this.#place)
    const body = (await response.json()) as Tokens | Failure
    return 'error' in body ? body.error : body
  }

  /** The status of UserInfo for these tokens. */
  async userinfo({ access_token }: Tokens): Promise<number> {
    const response = await fetch(`${this.#origin}/userinfo`, {
      headers: { ...this.#place, Authorization: `Bearer ${access_token}` },
    })
    await response.body?.cancel()
    return response.status
  }

  async #poll(): Promise<Tokens | Failure> {
    await sleep(Math.max(0, this.#pollAtMs - Date.now()))
    this.#pollAtMs = Date.now() + this.#intervalMs
    const fields = {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: this.#clientId,
      device_code: this.#deviceCode,
    }
    const response = await post(`${this.#origin}/token`, fields, this.#place)
    return (await response.json()) as Tokens | Failure
  }
}

const post = (url: string, fields: Fields, headers: Fields): Promise<Response> =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers })
