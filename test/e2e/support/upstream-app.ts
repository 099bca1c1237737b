// The service's own app, which signs people in at the service's identity provider (npm's oidc-provider)
// by openid-client, and then asks Antenna with the access token that it got.
import * as openid from 'openid-client'
import { TURKU, at } from '../../support/places.ts'
import { type Member, UPSTREAM_APP, type UpstreamProvider } from './upstream-provider.ts'

interface Answer {
  readonly status: number
  readonly headers: Headers
  // Answers are looked into member by member, whatever they turn out to be.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

interface Options {
  /** The requested scope. */
  readonly scope?: string
  /** Binds its token to a key of its own (RFC 9449). */
  readonly isBound?: boolean
}

export class UpstreamApp {
  readonly accessToken: string
  readonly #configuration: openid.Configuration
  readonly #origin: string
  readonly #dpop: openid.DPoPHandle | undefined
  readonly #place = at(TURKU)

  private constructor(
    configuration: openid.Configuration,
    origin: string,
    accessToken: string,
    dpop: openid.DPoPHandle | undefined,
  ) {
    this.#configuration = configuration
    this.#origin = origin
    this.accessToken = accessToken
    this.#dpop = dpop
  }

  /** Signs a person in there, for the Antenna at `origin`. */
  static async signIn(
    provider: UpstreamProvider,
    origin: string,
    member: Member,
    { scope = `openid ${UPSTREAM_APP.scope}`, isBound = false }: Options = {},
  ): Promise<UpstreamApp> {
    const configuration = await openid.discovery(
      new URL(provider.issuer),
      UPSTREAM_APP.clientId,
      undefined,
      openid.None(),
      { execute: [openid.allowInsecureRequests] },
    )
    const { resource, callback } = UPSTREAM_APP
    const pkceCodeVerifier = openid.randomPKCECodeVerifier()
    const dpop = isBound
      ? openid.getDPoPHandle(configuration, await openid.randomDPoPKeyPair())
      : undefined
    const address = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: callback,
      scope,
      resource,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    const back = await provider.signIn(address, member)
    const { access_token: accessToken } = await openid.authorizationCodeGrant(
      configuration,
      back,
      { pkceCodeVerifier },
      { resource },
      dpop === undefined ? {} : { DPoP: dpop },
    )
    return new UpstreamApp(configuration, origin, accessToken, dpop)
  }

  review(userCode: string): Promise<Answer> {
    return this.#ask(`/${userCode}`, 'GET')
  }

  decide(userCode: string, body: object): Promise<Answer> {
    return this.#ask(`/${userCode}/decision`, 'POST', JSON.stringify(body))
  }

  async #ask(path: string, method: string, body?: string): Promise<Answer> {
    const ask = () =>
      openid.fetchProtectedResource(
        this.#configuration,
        this.accessToken,
        new URL(`${this.#origin}/device/authorizations${path}`),
        method,
        body,
        new Headers({ ...this.#place, ...(body && { 'Content-Type': 'application/json' }) }),
        this.#dpop === undefined ? {} : { DPoP: this.#dpop },
      )
    try {
      return await answerOf(await ask())
    } catch (error) {
      // The library throws at challenges.
      if (error instanceof openid.WWWAuthenticateChallengeError) return answerOf(error.response)
      throw error
    }
  }
}

const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  headers: response.headers,
  body: await response.json(),
})
