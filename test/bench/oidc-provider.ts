// The peer oidc-provider: with its own adapter in memory, or on SQLite if it gets a directory. A
// signed-in person confirms once, on its confirmation page, as with ours.
// node oidc-provider.ts <port> [<directory>]
import { createServer } from 'node:http'
import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import { type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { sqliteAdapter } from './oidc-provider-sqlite.ts'

const [, , port = '', directory] = process.argv
const SCOPE = 'openid profile offline_access'
const DAY = 86_400

const { privateKey } = await generateKeyPair('RS256', { extractable: true })

// A new grant each time, as a new device is one: an old one would grow with every sign-in.
const grantAll = async ({ oidc: { client, session, provider } }: KoaContextWithOIDC) => {
  const clientId = client?.clientId
  const grant = new provider.Grant({ clientId, accountId: session?.accountId })
  grant.addOIDCScope(SCOPE)
  await grant.save()
  return grant
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  ...(directory !== undefined && {
    adapter: sqliteAdapter(join(directory, 'oidc-provider.sqlite')),
  }),
  clients: [
    {
      client_id: 'bench',
      token_endpoint_auth_method: 'none',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' }] },
  cookies: { keys: ['a key of the benchmark'] },
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
  ttl: {
    AccessToken: 600,
    DeviceCode: 600,
    Grant: DAY,
    IdToken: 600,
    Interaction: 600,
    RefreshToken: DAY,
    Session: DAY,
  },
  findAccount: (_: KoaContextWithOIDC, sub: string) => ({
    accountId: sub,
    claims: () => ({ sub }),
  }),
  loadExistingGrant: grantAll,
})

const handle = provider.callback()
createServer((request, response) => void handle(request, response)).listen(
  Number(port),
  '127.0.0.1',
)
