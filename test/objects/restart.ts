// Objects that restart under a call, as each deployment makes all of them do: the call has taken effect,
// its answer is lost, and the call is made again.
import { runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { Login } from '../../src/objects/index.ts'

export type Act<Remote> = (object: Remote) => Promise<unknown>
/** The method that restarts, the preparation, and the call. */
export type Case<Remote> = readonly [method: string, call: Act<Remote>, prepare?: Act<Remote>]

/** Rows for a table of tests. */
export const byMethod = <Remote>(cases: readonly Case<Remote>[]) =>
  cases.map((one) => ({ method: one[0], one }))

/** From now on the object restarts once, as soon as this method has written all that it writes. */
export const restartOnceIn = (prototype: object, method: string) => {
  const original = Reflect.get(prototype, method) as (...parameters: unknown[]) => Promise<unknown>
  let restarts = 0
  Object.defineProperty(prototype, method, {
    configurable: true,
    writable: true,
    async value(this: { ctx: DurableObjectState }, ...parameters: unknown[]) {
      const answer = await Reflect.apply(original, this, parameters)
      if (restarts > 0) return answer
      restarts += 1
      await this.ctx.storage.sync()
      this.ctx.abort('restarted by the test')
      return answer
    },
  })
  return {
    restarts: () => restarts,
    end: () =>
      Object.defineProperty(prototype, method, {
        configurable: true,
        writable: true,
        value: original,
      }),
  }
}

const ownerOf = (prototype: object, method: string): object =>
  Object.hasOwn(prototype, method)
    ? prototype
    : ownerOf(Object.getPrototypeOf(prototype) as object, method)

/** The same but for ids of calls, which are random. */
const comparable = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    member instanceof Uint8Array ? [...member] : member,
  )?.replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'a call')

const storedIn = (stub: DurableObjectStub) =>
  runInDurableObject(stub, async (_, { storage }) =>
    comparable([[...(await storage.list())], await storage.getAlarm()]),
  )

/** Makes the call at two equal objects, of which one restarts: all must be the same in the end. */
export const survives = async <Remote>(
  prototype: object,
  [method, call, prepare = async () => undefined]: Case<Remote>,
  newObject: () => { remote: Remote; stub: () => DurableObjectStub },
) => {
  const [steady, restarted] = [newObject(), newObject()]
  await prepare(steady.remote)
  await prepare(restarted.remote)
  const expected = comparable(await call(steady.remote))
  const restart = restartOnceIn(ownerOf(prototype, method), method)
  try {
    expect(comparable(await call(restarted.remote))).toBe(expected)
    expect(restart.restarts()).toBe(1)
  } finally {
    restart.end()
  }
  expect(await storedIn(restarted.stub())).toBe(await storedIn(steady.stub()))
}

const LIFECYCLE = ['constructor', 'alarm', 'fetch', 'webSocketClose', 'webSocketError']

/** All methods that RPC reaches. */
const methodsOf = (prototype: object, base: object): string[] =>
  prototype === base
    ? []
    : [
        ...Object.getOwnPropertyNames(prototype).filter((name) => !LIFECYCLE.includes(name)),
        ...methodsOf(Object.getPrototypeOf(prototype) as object, base),
      ]

const BASE = Object.getPrototypeOf(Login.prototype) as object

export const covers = <Remote>(prototype: object, cases: readonly Case<Remote>[]) =>
  it('is tried in every method', () => {
    expect([...new Set(cases.map(([method]) => method))].toSorted()).toEqual(
      methodsOf(prototype, BASE).toSorted(),
    )
  })
