// The storage: every object of every class, its records, and whether it will delete itself.
import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

const KINDS = [
  'DEVICE_AUTHORIZATION',
  'ACCOUNT',
  'CLIENT_RECORD',
  'LOGIN',
  'KEYRING',
  'REPLAY_GUARD',
] as const
type Kind = (typeof KINDS)[number]

export interface Kept {
  readonly keys: readonly string[]
  readonly hasAlarm: boolean
}

const look = (objects: DurableObjectNamespace, id: DurableObjectId): Promise<Kept> =>
  runInDurableObject(objects.get(id), async (_, { storage }) => ({
    keys: [...(await storage.list()).keys()],
    hasAlarm: (await storage.getAlarm()) !== null,
  }))

/**
 * The objects with stored records. An object that was only called stores nothing, and so costs
 * nothing.
 */
export const leftovers = async (): Promise<Record<Kind, Kept[]>> => {
  const found = await Promise.all(
    KINDS.map(async (kind) => {
      const objects = env[kind] as unknown as DurableObjectNamespace
      const ids = await listDurableObjectIds(objects)
      const kept: Kept[] = []
      for (const id of ids) kept.push(await look(objects, id))
      return [kind, kept.filter(({ keys, hasAlarm }) => keys.length > 0 || hasAlarm)] as const
    }),
  )
  return Object.fromEntries(found) as Record<Kind, Kept[]>
}
