// Every call to an object translates its failures, and starts on a new stub.
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import {
  ObjectUnavailable,
  accountOf,
  deviceAuthorizationOf,
  emailLogin,
  mintSubject,
  waitAt,
} from '../../src/objects/index.ts'
import { named } from '../support/named.ts'

const failure = (more: object) => Object.assign(new Error('Network connection lost.'), more)

/** Bindings with objects that all fail with this error, and the number of stubs taken. */
const broken = (error: Error) => {
  const fail = async (): Promise<never> => {
    throw error
  }
  const stub = new Proxy({}, { get: () => fail })
  const getByName = vi.fn(() => stub)
  const namespace = { getByName, get: getByName, idFromString: (text: string) => text }
  const bindings = { LOGIN: namespace, ACCOUNT: namespace, DEVICE_AUTHORIZATION: namespace }
  return { env: { ...env, ...bindings } as unknown as Cloudflare.Env, getByName }
}

it.each([
  ['a method', (away: Cloudflare.Env) => emailLogin(away, 'a@example.com').subject()],
  ['a method of an account', (away: Cloudflare.Env) => accountOf(away, named('x'))?.passkey('y')],
  ['a wait', (away: Cloudflare.Env) => waitAt(away, named('BCDFGHJK'), {})],
])('a failed call of %s is an ObjectUnavailable that tells an overload', async (_what, call) => {
  for (const overloaded of [true, false]) {
    const cause = failure({ overloaded })
    const error: unknown = await Promise.resolve(call(broken(cause).env)).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(ObjectUnavailable)
    expect(error).toMatchObject({ isOverloaded: overloaded, cause })
  }
})

it('a missing stub and a broken answer are failures of the call', async () => {
  const noStub = vi.spyOn(env.DEVICE_AUTHORIZATION, 'getByName').mockImplementation(() => {
    throw failure({})
  })
  await expect(
    deviceAuthorizationOf(env, named('BCDFGHJK')).withdraw(named('x')),
  ).rejects.toBeInstanceOf(ObjectUnavailable)
  noStub.mockRestore()
  const halfAnswer = vi.fn(async () => new Response('{"outcome":'))
  const cut = vi
    .spyOn(env.DEVICE_AUTHORIZATION, 'getByName')
    .mockReturnValue({ fetch: halfAnswer } as never)
  await expect(waitAt(env, named('BCDFGHJK'), {})).rejects.toBeInstanceOf(ObjectUnavailable)
  expect(halfAnswer).toHaveBeenCalledOnce()
  cut.mockRestore()
})

it('each call uses a new stub, and an await of the object uses none', async () => {
  const { env: away, getByName } = broken(failure({}))
  const login = emailLogin(away, 'a@example.com')
  await Promise.resolve(login)
  expect(getByName).not.toHaveBeenCalled()
  await login.subject().catch(() => undefined)
  await login.subject().catch(() => undefined)
  expect(getByName).toHaveBeenCalledTimes(2)
})

it('a call passes all of its arguments to the object', async () => {
  const subject = mintSubject(env)
  const email = `${crypto.randomUUID()}@example.com`
  expect(await emailLogin(env, email).claim(subject, 'Ada')).toBe(subject)
  expect(await emailLogin(env, email).subject()).toBe(subject)
})

/** An object whose calls fail with these in turn, and then answer; and the number of stubs taken. */
const failing = (...failures: readonly object[]) => {
  const left = [...failures]
  const subject = async () => {
    const next = left.shift()
    if (next !== undefined) throw failure(next)
    return 'anna'
  }
  const getByName = vi.fn(() => ({ subject }))
  const away = { ...env, LOGIN: { getByName } } as unknown as Cloudflare.Env
  return { call: () => emailLogin(away, 'a@example.com').subject(), getByName }
}

describe('a call that fails', () => {
  const RESET = { durableObjectReset: true }

  it.each([
    ['for now', { retryable: true }],
    ['because the object was restarted', RESET],
  ])('DC-21 %s is made once more, on a new stub', async (_, why) => {
    const { call, getByName } = failing(why)
    expect(await call()).toBe('anna')
    expect(getByName).toHaveBeenCalledTimes(2)
  })

  it.each([
    ['while the object is overloaded', { retryable: true, overloaded: true }],
    ['in a restart by overload', { ...RESET, overloaded: true }],
    ['by a fault', {}],
  ])('DC-21 %s is not made again', async (_, why) => {
    const { call, getByName } = failing(why)
    await expect(call()).rejects.toBeInstanceOf(ObjectUnavailable)
    expect(getByName).toHaveBeenCalledOnce()
  })

  it('DC-21 twice is a failure', async () => {
    const { call, getByName } = failing(RESET, RESET)
    await expect(call()).rejects.toBeInstanceOf(ObjectUnavailable)
    expect(getByName).toHaveBeenCalledTimes(2)
  })
})
