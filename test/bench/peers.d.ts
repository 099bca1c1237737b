// The parts of npm's better-auth that we use; it is installed for the benchmark only.
declare module 'better-auth' {
  export const betterAuth: (options: object) => {
    readonly options: object
    readonly handler: (request: Request) => Promise<Response>
  }
}

declare module 'better-auth/db/migration' {
  export const getMigrations: (options: object) => Promise<{ runMigrations(): Promise<void> }>
}

declare module 'better-auth/plugins' {
  export const deviceAuthorization: (options: object) => object
}

declare module 'better-auth/node' {
  import type { IncomingMessage, ServerResponse } from 'node:http'
  export const toNodeHandler: (
    auth: object,
  ) => (request: IncomingMessage, response: ServerResponse) => Promise<void>
}
