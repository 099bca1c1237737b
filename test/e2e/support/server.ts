// The running Worker for tests from outside: wrangler's own harness, on loopback, state in memory.
import { createTestHarness } from 'wrangler'

const root = new URL('../../..', import.meta.url).pathname

export interface Server {
  readonly origin: string
  close(): Promise<void>
}

/** Starts the Worker of wrangler.toml, with other variables if need be. */
export const startServer = async (vars: Record<string, unknown> = {}): Promise<Server> => {
  const harness = createTestHarness({
    root,
    workers: [{ configPath: `${root}/wrangler.toml`, vars: { DEMO: 'on', ...vars } }],
  })
  const { url } = await harness.listen()
  // A name: browsers keep Secure and passkeys to names, and an issuer should look like one.
  const origin = url.origin.replace('127.0.0.1', 'localhost')
  return { origin, close: () => harness.close() }
}
