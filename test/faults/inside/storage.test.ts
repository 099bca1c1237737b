// Storage that fails at every step of a sign-in: no answer promises an unsaved change, no person
// gets a 500 or the message of an invalid code, and the sign-in continues once storage works again.
import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Person } from '../../support/person.ts'
import { STEPS, SignIn, UNAVAILABLE, doStep, newPerson } from './sign-in.ts'

type Method = (this: unknown, ...entry: unknown[]) => unknown
type Api = Record<'put' | 'get', Method>

let person: Person
/** The common base of all objects' storage, to break both of its APIs everywhere. */
let apis: { readonly asynchronous: Api; readonly synchronous: Api }
beforeAll(async () => {
  person = await newPerson()
  apis = await runInDurableObject(env.KEYRING.getByName('keyring'), (_, { storage }) => ({
    asynchronous: Object.getPrototypeOf(storage) as Api,
    synchronous: Object.getPrototypeOf(storage.kv) as Api,
  }))
})
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.spyOn(console, 'error').mockReturnValue()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const full = () => new Error('database or disk is full: SQLITE_FULL')

const fails: Method = () => {
  throw full()
}
const failsLater: Method = async () => {
  throw full()
}

/** Breaks one method until what is returned is called. */
const breakAll = (method: keyof Api, instead: Method, insteadSync = instead) => {
  const spies = [
    vi.spyOn(apis.asynchronous, method).mockImplementation(instead),
    vi.spyOn(apis.synchronous, method).mockImplementation(insteadSync),
  ]
  return () => {
    for (const spy of spies) spy.mockRestore()
  }
}

const FAULTS = {
  'cannot be written': () => breakAll('put', fails),
  'cannot be written, as turns out later': () => breakAll('put', failsLater, fails),
  'is written, though it says otherwise': () => {
    const [put, putSync] = [apis.asynchronous.put, apis.synchronous.put]
    return breakAll(
      'put',
      async function (...entry) {
        await put.apply(this, entry)
        throw full()
      },
      function (...entry) {
        putSync.apply(this, entry)
        throw full()
      },
    )
  },
  'cannot be read': () => breakAll('get', failsLater, fails),
}

describe.each(Object.entries(FAULTS))('storage that %s', (_, breakStorage) => {
  it.each([
    ['goes on', 'all', 'never'],
    ['is aborted first', 'all', 'before'],
    // An unsaved change in memory must not count as saved.
    ['is aborted afterwards', 'even', 'after'],
    ['is aborted afterwards', 'odd', 'after'],
  ])('is a 503 that can be repeated if the object %s (%s steps)', async (_how, which, aborted) => {
    const signIn = new SignIn(person)
    let failures = 0
    for (const [at, step] of STEPS.entries()) {
      if (which !== 'all' && which !== (at % 2 === 0 ? 'even' : 'odd')) {
        await doStep(signIn, step)
        continue
      }
      const repair = breakStorage()
      const answer = await step.act(signIn)
      repair()
      if (aborted === 'before') await abortAllDurableObjects()
      if (UNAVAILABLE.includes(answer)) {
        failures += 1
        await doStep(signIn, step)
      } else {
        expect(answer, step.name).toBe(step.answer)
      }
      if (aborted === 'after') await abortAllDurableObjects()
    }
    expect(failures, 'it did fail').toBeGreaterThanOrEqual(which === 'all' ? 6 : 2)
  })
})
