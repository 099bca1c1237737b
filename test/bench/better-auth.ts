// The peer better-auth with its device authorization plugin, on SQLite.
// node better-auth.ts <port> <directory> <interval>
import { createServer } from 'node:http'
import { join } from 'node:path'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import { deviceAuthorization } from 'better-auth/plugins'
import { openDatabase } from './sqlite.ts'

const [, , port = '', directory = '', interval = '5s'] = process.argv
const origin = `http://127.0.0.1:${port}`

const auth = betterAuth({
  baseURL: origin,
  secret: 'a secret of the benchmark, of no use elsewhere',
  database: openDatabase(join(directory, 'better-auth.sqlite')),
  emailAndPassword: { enabled: true },
  // All requests here come from one address.
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [deviceAuthorization({ expiresIn: '10m', interval })],
})

const migrations = await getMigrations(auth.options)
await migrations.runMigrations()
const handle = toNodeHandler(auth)
createServer((request, response) => void handle(request, response)).listen(
  Number(port),
  '127.0.0.1',
)
