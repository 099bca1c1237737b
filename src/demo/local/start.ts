// `npm start`: wrangler dev with the demo and its push keys, next to the identity provider of the demo's
// app and pages. All flags except --port and --provider-port go to wrangler.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isLoopback } from '../../config/loopback.ts'
import { DEMO } from '../worker/client.ts'
import {
  basePathOf,
  DEFAULT_PORT,
  forgetAddress,
  freePort,
  networkAddresses,
  STATE_DIRECTORY,
  storeAddress,
} from './address.ts'
import { type ExampleId, startExampleId } from './example-id.ts'
import { keepPushKeys } from './push-keys.ts'

const DEFAULT_PROVIDER_PORT = 8786
const WRANGLER = join(import.meta.dirname, '../../../node_modules/wrangler/bin/wrangler.js')

const main = async (): Promise<void> => {
  const options = readFlags(process.argv.slice(2))
  const { isForOthers, directory, protocol, flags } = options
  const provider = isForOthers ? undefined : await startProvider(options.providerPort)
  const settings = ['DEMO:on', ...(provider ? await settingsFor(provider, directory) : [])]
  const port = await freePort(options.port)
  const address = `${protocol}://localhost:${port}${options.basePath}`
  console.info(introduction(provider, address))
  await storeAddress(address)
  const own = ['dev', '--port', String(port), ...settings.flatMap((text) => ['--var', text])]
  runWrangler([...own, ...flags], async () => {
    provider?.close()
    await forgetAddress(address)
  })
}

/** Takes this program's own flags; the rest goes to wrangler, in order. */
const readFlags = (args: readonly string[]) => {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: String(DEFAULT_PORT) },
      'provider-port': { type: 'string', default: String(DEFAULT_PROVIDER_PORT) },
      ip: { type: 'string', default: 'localhost' },
      'local-protocol': { type: 'string', default: 'http' },
      'persist-to': { type: 'string', default: STATE_DIRECTORY },
      config: { type: 'string', short: 'c', default: 'wrangler.toml' },
      var: { type: 'string', multiple: true, default: [] },
    },
    strict: false,
    tokens: true,
  })
  const { 'persist-to': directory, 'local-protocol': protocol } = values
  const own = tokens.flatMap((token) =>
    token.kind === 'option' && OWN_FLAGS.includes(token.name)
      ? [token.index, ...(token.inlineValue === false ? [token.index + 1] : [])]
      : [],
  )
  return {
    port: portIn('port', values.port),
    providerPort: portIn('provider-port', values['provider-port']),
    basePath: basePathOf(String(values.config), (values.var ?? []).map(String)),
    protocol: protocol === 'https' ? 'https' : 'http',
    isForOthers: !isLoopback(String(values.ip)),
    directory: typeof directory === 'string' ? directory : STATE_DIRECTORY,
    // The Worker sees this computer's address, even if the settings route another one to it: that one
    // would be redirected to https, and so to itself.
    flags: ['--infer-origin-from-routes=false', ...args.filter((_, index) => !own.includes(index))],
  }
}

const OWN_FLAGS = ['port', 'provider-port']

const portIn = (flag: string, value: string | boolean | undefined): number => {
  const port = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Infinity
  return port > 65_535 ? stop(`--${flag} must be a port number.`) : port
}

const startProvider = async (port: number): Promise<ExampleId> => {
  try {
    return await startExampleId(port)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    return stop(
      `Port ${port} is in use, and the demo's identity provider needs it.\n` +
        `Stop the program there, or run: npm start -- --provider-port ${await freePort(port + 1)}\n` +
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

const introduction = (provider: ExampleId | undefined, address: string): string => {
  const { protocol, port, pathname } = new URL(address)
  const path = pathname.replace(/\/$/, '')
  const network = networkAddresses().map((host) => `${protocol}//${host}:${port}${path}`)
  return provider === undefined
    ? `\nThe television:      ${[address, ...network].map((at) => `${at}/tv`).join(`\n${' '.repeat(21)}`)}\n` +
        'This server is open to other machines, so the app at /app is off: its identity provider\n' +
        'is reachable from this computer only. Notifications are off too: browsers require a\n' +
        'trusted certificate for them.\n'
    : `\nThe television:         ${address}/tv\n` +
        `The pages for people:   ${address}/device\n` +
        `The service's own app:  ${address}/app\n` +
        `Example ID (${provider.issuer}) accepts any name and password.\n` +
        `Allow notifications at ${address}/devices, and the next sign-in on the television\n` +
        'sends one.\n'
}

// Wrangler keeps the terminal: it has its own keys, and receives Ctrl-C too.
const runWrangler = (args: readonly string[], whenEnded: () => Promise<void>): void => {
  const wrangler = spawn(process.execPath, [WRANGLER, ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => wrangler.kill(signal))
  process.on('exit', () => wrangler.kill())
  wrangler.on('exit', (code) => {
    process.exitCode = code ?? 1
    void whenEnded()
  })
}

const stop = (message: string): never => {
  console.error(`\n${message}\n`)
  process.exit(1)
}

await main()
