// The cost of a request: objects called, storage writes, alarms, signatures.
import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { TEST_VARS } from './settings.ts'
import { type Fetch, url } from './worker.ts'

const touched = new Set<string>()
let asked = 0

const touch = (id: DurableObjectId) => {
  asked += 1
  touched.add(id.toString())
}

/** A namespace that records its stubs. */
const counted = <T extends Rpc.DurableObjectBranded>(namespace: DurableObjectNamespace<T>) =>
  ({
    idFromName: (name: string) => namespace.idFromName(name),
    idFromString: (text: string) => namespace.idFromString(text),
    newUniqueId: () => namespace.newUniqueId(),
    get: (id: DurableObjectId) => {
      touch(id)
      return namespace.get(id)
    },
    getByName: (name: string) => {
      touch(namespace.idFromName(name))
      return namespace.getByName(name)
    },
  }) as unknown as DurableObjectNamespace<T>

const app = createApp(parseConfig(TEST_VARS, DEMO))
const countedEnv: Cloudflare.Env = {
  ...env,
  DEVICE_AUTHORIZATION: counted(env.DEVICE_AUTHORIZATION),
  ACCOUNT: counted(env.ACCOUNT),
  CLIENT_RECORD: counted(env.CLIENT_RECORD),
  KEYRING: counted(env.KEYRING),
  REPLAY_GUARD: counted(env.REPLAY_GUARD),
  LOGIN: counted(env.LOGIN),
}
/** A Worker with counted costs. */
export const fetch: Fetch = async (request) =>
  app.fetch(request, countedEnv, createExecutionContext())

/** The same with other settings; it answers after all background work is done. */
export const countedWith = (vars: object): Fetch => {
  const other = createApp(parseConfig({ ...TEST_VARS, ...vars }, DEMO))
  return async (request) => {
    const context = createExecutionContext()
    const response = await other.fetch(request, countedEnv, context)
    await waitOnExecutionContext(context)
    return response
  }
}

/** Number of calls to objects since costOf began. */
export const timesAsked = (): number => asked

type Spy = { readonly mock: { readonly calls: readonly unknown[] }; mockClear(): void }
const spies: Record<'writes' | 'alarms' | 'signatures', Spy[]> = {
  writes: [],
  alarms: [],
  signatures: [],
}
const callsOf = (kind: keyof typeof spies) =>
  spies[kind].reduce((sum, { mock }) => sum + mock.calls.length, 0)

/** The cost of an action. */
export const costOf = async (action: () => Promise<unknown>) => {
  touched.clear()
  asked = 0
  for (const spy of Object.values(spies).flat()) spy.mockClear()
  await action()
  return {
    objects: touched.size,
    writes: callsOf('writes'),
    alarms: callsOf('alarms'),
    signatures: callsOf('signatures'),
  }
}

export const NOTHING = { objects: 0, writes: 0, alarms: 0, signatures: 0 }

/** To be called before anything is counted. */
export const startCounting = async (): Promise<void> => {
  // One class of storage for all objects, in the isolate that runs them and this test.
  await runInDurableObject(env.ACCOUNT.getByName('anybody'), (_, { storage }) => {
    const all = Object.getPrototypeOf(storage) as DurableObjectStorage
    spies.writes = (['put', 'delete', 'deleteAll'] as const).map((name) => vi.spyOn(all, name))
    spies.alarms = [vi.spyOn(all, 'setAlarm')]
  })
  spies.signatures = [vi.spyOn(crypto.subtle, 'sign')]
  // The isolate knows the signing keys from here on.
  expect((await fetch(new Request(url('/jwks.json')))).status).toBe(200)
  // … and what it seals with.
  expect((await fetch(new Request(url('/device/sign-in')))).status).toBe(200)
}
