// The used parts of npm's oidc-provider, which has no types.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  /** The Koa context of one request. */
  export interface Context {
    readonly path: string
    status: number
    body: unknown
    readonly oidc: {
      readonly client: { readonly clientId: string }
      readonly session: { readonly accountId: string }
      readonly entities: { readonly AuthorizationCode?: { readonly authTime: number } }
      readonly provider: Provider
    }
  }

  export interface Grant {
    addOIDCScope(scope: string): void
    addResourceScope(resource: string, scope: string): void
    save(): Promise<string>
  }

  export interface Client {
    readonly clientId: string
    redirectUriAllowed(uri: string): boolean
  }

  export class Provider {
    constructor(issuer: string, configuration: object)
    readonly Client: { readonly prototype: Client }
    readonly Grant: new (of: { clientId: string; accountId: string }) => Grant
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): this
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
    /** Throws for a browser that was not sent to the page. */
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{ readonly params: Readonly<Record<string, unknown>> }>
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: object,
    ): Promise<void>
  }

  export const interactionPolicy: {
    readonly base: () => { add(prompt: object): void }
    readonly Prompt: new (of: { name: string; requestable: boolean }) => object
  }
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  export const createMemoryAdapter: () => unknown
}
