// The Keyring holds the keys that sign tokens, and the secret that seals everything else we hand out.
// There is one instance, named `keyring`; it never deletes itself. Keys are made on first use and rotate
// by alarm.
import { DurableObject } from 'cloudflare:workers'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { ID_TOKEN_ALGORITHMS } from '../../config/client-settings.ts'
import { randomBytes } from '../../crypto.ts'
import {
  type ForgottenKey,
  type SigningAlgorithm,
  type SigningKey,
  dueKey,
  nextChangeMs,
  rememberedKeys,
  retainedKeys,
} from './keyring-state.ts'

const RECORD = 'keys'
const REMEMBERED = 'remembered'
const MAC_SECRET = 'mac_secret'

export class Keyring extends DurableObject {
  /** All keys, including private halves, for the isolates of this Worker. */
  async keys(): Promise<readonly SigningKey[]> {
    return this.#rotate(Date.now())
  }

  /** The public halves of keys that are no longer published, for ID tokens as hints. */
  async rememberedKeys(): Promise<readonly ForgottenKey[]> {
    return (await this.ctx.storage.get<readonly ForgottenKey[]>(REMEMBERED)) ?? []
  }

  /**
   * 256 random bits that never change. They seal names of objects and values that come back to us (`seal`
   * in crypto.ts), and refresh tokens are derived from them.
   */
  async macSecret(): Promise<Uint8Array> {
    const known = await this.ctx.storage.get<Uint8Array>(MAC_SECRET)
    if (known !== undefined) return known
    const secret = randomBytes(32)
    await this.ctx.storage.put(MAC_SECRET, secret)
    return secret
  }

  override async alarm(): Promise<void> {
    const now = Date.now()
    await this.ctx.storage.setAlarm(nextChangeMs(await this.#rotate(now), now))
  }

  #rotate(now: number): Promise<readonly SigningKey[]> {
    // Making a key takes time and must not happen twice at once.
    return this.ctx.blockConcurrencyWhile(async () => {
      const before = (await this.ctx.storage.get<readonly SigningKey[]>(RECORD)) ?? []
      const made = await Promise.all(
        ID_TOKEN_ALGORITHMS.flatMap((alg) => {
          const activeFromMs = dueKey(before, alg, now)
          return activeFromMs === undefined ? [] : [makeKey(alg, activeFromMs)]
        }),
      )
      const keys = retainedKeys([...before, ...made], now)
      const dropped = before.filter((key) => !keys.includes(key))
      if (made.length > 0 || keys.length < before.length) {
        await Promise.all([
          this.ctx.storage.put(RECORD, keys),
          this.ctx.storage.setAlarm(nextChangeMs(keys, now)),
          ...(dropped.length > 0 ? [this.#remember(dropped, now)] : []),
        ])
      }
      return keys
    })
  }

  async #remember(dropped: readonly SigningKey[], now: number): Promise<void> {
    const remembered = rememberedKeys(await this.rememberedKeys(), dropped, now)
    await this.ctx.storage.put(REMEMBERED, remembered)
  }
}

const makeKey = async (alg: SigningAlgorithm, activeFromMs: number): Promise<SigningKey> => {
  const pair = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })
  const [privateJwk, publicJwk] = await Promise.all([
    exportJWK(pair.privateKey),
    exportJWK(pair.publicKey),
  ])
  const kid = await calculateJwkThumbprint(publicJwk)
  const common = { kid, alg, use: 'sig' }
  return {
    kid,
    alg,
    activeFromMs,
    privateJwk: { ...privateJwk, ...common },
    publicJwk: { ...publicJwk, ...common },
  }
}
