// The demo's VAPID key pair (RFC 8292). It is stored on disk, because a subscribed browser accepts
// messages only of the key that it subscribed with.
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { publicKeyOf } from '../../config/push.ts'

const FILE = 'demo-push-key'

interface PushKeys {
  readonly publicKey: string
  readonly privateKey: string
}

/** The key pair in a directory; a new one is written if it has none. */
export const keepPushKeys = async (directory: string): Promise<PushKeys> => {
  const file = join(directory, FILE)
  const stored = pairOf((await textOf(file)).trim())
  if (stored !== undefined) return stored
  const created = createKeys()
  await mkdir(directory, { recursive: true })
  await writeFile(file, `${created.privateKey}\n`, { mode: 0o600 })
  return created
}

const createKeys = (): PushKeys => {
  const { d } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  })
  const pair = pairOf(d ?? '')
  if (pair === undefined) throw new Error('the new key pair is invalid')
  return pair
}

const pairOf = (privateKey: string): PushKeys | undefined => {
  const publicKey = publicKeyOf(privateKey)
  return publicKey === undefined ? undefined : { publicKey, privateKey }
}

const textOf = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
