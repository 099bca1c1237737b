// `npm start`: wrangler dev with the demo and its push keys, next to the identity provider of the demo's
// app and pages. All flags except --provider-port go to wrangler.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isLoopback } from '../../loopback.ts'
import { DEMO } from '../worker/client.ts'
import { type ExampleId, startExampleId } from './example-id.ts'
import { keepPushKeys } from './push-keys.ts'

const DEFAULT_PORT = 8786
const ROOT = join(import.meta.dirname, '../../..')
// Not in git.
const STATE_DIRECTORY = join(ROOT, '.wrangler')
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')

const main = async (): Promise<void> => {
  const { port, isForOthers, directory, flags } = readFlags(process.argv.slice(2))
  const provider = isForOthers ? undefined : await startProvider(port)
  const settings = ['DEMO:on', ...(provider ? await settingsFor(provider, directory) : [])]
  console.info(introduction(provider))
  runWrangler(['dev', ...settings.flatMap((setting) => ['--var', setting]), ...flags], () =>
    provider?.close(),
  )
}

/** Takes this program's own flags; the rest goes to wrangler, in order. */
const readFlags = (args: readonly string[]) => {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: {
      'provider-port': { type: 'string', default: String(DEFAULT_PORT) },
      ip: { type: 'string', default: 'localhost' },
      'persist-to': { type: 'string', default: STATE_DIRECTORY },
    },
    strict: false,
    tokens: true,
  })
  const { 'provider-port': shown, 'persist-to': directory } = values
  const port = typeof shown === 'string' && /^\d+$/.test(shown) ? Number(shown) : Infinity
  if (port > 65_535) stop('--provider-port must be a port number.')
  const own = tokens.flatMap((token) =>
    token.kind === 'option' && token.name === 'provider-port'
      ? [token.index, ...(token.inlineValue === false ? [token.index + 1] : [])]
      : [],
  )
  return {
    port,
    isForOthers: !isLoopback(String(values.ip)),
    directory: typeof directory === 'string' ? directory : STATE_DIRECTORY,
    flags: args.filter((_, index) => !own.includes(index)),
  }
}

const startProvider = async (port: number): Promise<ExampleId> => {
  try {
    return await startExampleId(port)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    return stop(
      `Port ${port} is in use, and the demo's identity provider needs it.\n` +
        `Stop the program there, or run: npm start -- --provider-port ${port - 1}\n` +
        '(and --port, if another copy of this demo is running).',
    )
  }
}

/** Settings that work on this computer only. Wrangler does not print values of flags. */
const settingsFor = async ({ issuer }: ExampleId, directory: string): Promise<string[]> => {
  const { publicKey, privateKey } = await keepPushKeys(directory)
  return [
    `DEMO_PROVIDER:${issuer}`,
    `DEMO_PUSH_KEY:${publicKey}`,
    `${DEMO.push.private_key}:${privateKey}`,
  ]
}

const introduction = (provider: ExampleId | undefined): string =>
  provider === undefined
    ? '\nThis server is open to other machines, so the app at /app is off: its identity provider\n' +
      'is reachable from this computer only. Notifications are off too: browsers require a\n' +
      'trusted certificate for them.\n'
    : `\nThe demo: a television at /tv, the service's own app at /app, the pages at /device.\n` +
      `Example ID (${provider.issuer}) accepts any name and password.\n` +
      `Allow notifications at /devices, and the next sign-in on the television sends one.\n`

// Wrangler keeps the terminal: it has its own keys, and receives Ctrl-C too.
const runWrangler = (args: readonly string[], whenEnded: () => void): void => {
  const wrangler = spawn(process.execPath, [WRANGLER, ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => wrangler.kill(signal))
  process.on('exit', () => wrangler.kill())
  wrangler.on('exit', (code) => {
    whenEnded()
    process.exitCode = code ?? 1
  })
}

const stop = (message: string): never => {
  console.error(`\n${message}\n`)
  process.exit(1)
}

await main()
