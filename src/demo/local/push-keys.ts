// The key pair by which push services know the demo (VAPID, RFC 8292). Kept, since a browser that was
// opted in takes messages of the one key only that it was told then.
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { publicKeyOf } from '../../config/push.ts'

const FILE = 'demo-push-key'

interface PushKeys {
  readonly publicKey: string
  readonly privateKey: string
}

/** The key pair that a directory holds; a new one, if it holds none. */
export const keepPushKeys = async (directory: string): Promise<PushKeys> => {
  const file = join(directory, FILE)
  const kept = pairOf((await textOf(file)).trim())
  if (kept !== undefined) return kept
  const made = makeKeys()
  await mkdir(directory, { recursive: true })
  await writeFile(file, `${made.privateKey}\n`, { mode: 0o600 })
  return made
}

const makeKeys = (): PushKeys => {
  const { d } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  })
  const pair = pairOf(d ?? '')
  if (pair === undefined) throw new Error('the key pair that was made is none')
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
