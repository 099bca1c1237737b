// Held polls where something breaks: the socket, the object, the way to it, the client.
import { createExecutionContext, evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { holdClock, pass } from '../support/clock.ts'
import { type Device, authorizationBehind, startDevice } from '../support/device.ts'
import {
  AT_ONCE,
  LONG,
  PENDING,
  TOKENS,
  allow,
  heldPolls,
  hold,
  summary,
  untilHeld,
} from '../support/held-poll.ts'
import { TEST_VARS } from '../support/settings.ts'
import { workerWith } from '../support/worker.ts'

const SECOND = 1000

const local = workerWith({})

holdClock()

const cuts: [string, (device: Device) => Promise<void>][] = [
  [
    'its object is moved',
    (device) => evictDurableObject(authorizationBehind(device.userCode), { webSockets: 'close' }),
  ],
  [
    'its object is restarted',
    async (device) => {
      const restart = runInDurableObject(authorizationBehind(device.userCode), (_, state) =>
        state.abort('restarted by the test'),
      )
      await expect(restart).rejects.toThrow('restarted by the test')
    },
  ],
]

describe.each(cuts)('a held poll, when %s (LP-5)', (_, cut) => {
  it('is opened again, and still answered at the approval', async () => {
    const device = await startDevice('held-tv')
    const { answer } = await hold(device)
    await cut(device)
    await untilHeld(device)
    await allow(device)
    expect(summary(await answer)).toBe(TOKENS)
  })

  it('twice, is answered with authorization_pending at once', async () => {
    const device = await startDevice('held-tv')
    const { answer } = await hold(device)
    await cut(device)
    await untilHeld(device)
    await cut(device)
    expect(summary(await answer)).toBe(PENDING)
    await allow(device)
    expect(summary(await device.poll())).toBe(TOKENS)
  })

  it('after the approval, loses nothing', async () => {
    const device = await startDevice('held-tv')
    await allow(device)
    await cut(device)
    expect(summary(await device.poll({}, LONG))).toBe(TOKENS)
  })
})

const cutOnly = (device: Device) =>
  runInDurableObject(authorizationBehind(device.userCode), (_, state) => {
    for (const socket of state.getWebSockets()) socket.close(1011, 'cut by the test')
  })

describe('a held poll with a cut connection to a live object (LP-5)', () => {
  it('is opened again once its interval has passed', async () => {
    const device = await startDevice('held-tv')
    const { answer } = await hold(device)
    pass(SECOND)
    await cutOnly(device)
    await untilHeld(device)
    await allow(device)
    expect(summary(await answer)).toBe(TOKENS)
  })

  it('is pending before, and does not get slow_down for one request', async () => {
    const device = await startDevice('held-tv')
    const { answer } = await hold(device)
    await cutOnly(device)
    expect(summary(await answer)).toBe(PENDING)
  })
})

describe('a held poll whose object is unreachable (DC-21)', () => {
  const app = createApp(parseConfig(TEST_VARS, DEMO))

  /** A device whose Worker fails to reach the object this many times. */
  const unluckyDevice = async () => {
    let failures = 0
    const getByName = (name: string) => {
      if (failures === 0) return env.DEVICE_AUTHORIZATION.getByName(name)
      failures -= 1
      throw new Error('Network connection lost.')
    }
    const unlucky = { ...env, DEVICE_AUTHORIZATION: { getByName } }
    const device = await startDevice('held-tv', {
      fetch: async (request) => app.fetch(request, unlucky, createExecutionContext()),
    })
    return { device, fail: (times: number) => (failures = times) }
  }

  it('once, is tried again and held', async () => {
    const { device, fail } = await unluckyDevice()
    fail(1)
    const { answer } = await hold(device)
    await allow(device)
    expect(summary(await answer)).toBe(TOKENS)
  })

  it('twice, gets a 503, and never invalid_grant', async () => {
    const { device, fail } = await unluckyDevice()
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    fail(2)
    const answer = await device.poll({}, LONG)
    expect(summary(answer)).toBe('503 temporarily_unavailable')
    expect(answer.headers.get('Retry-After')).toBe('1')
    expect(logged).toHaveBeenCalledOnce()
    logged.mockRestore()
    expect(summary(await device.poll({}, AT_ONCE))).toBe(PENDING)
  })

  it('after a cut, is pending without an error (LP-5)', async () => {
    const { device, fail } = await unluckyDevice()
    const { answer } = await hold(device)
    fail(1)
    await evictDurableObject(authorizationBehind(device.userCode), { webSockets: 'close' })
    expect(summary(await answer)).toBe(PENDING)
  })
})

/** A device with requests that can be cut off. */
const startAbandoning = async () => {
  let controller = new AbortController()
  const device = await startDevice('held-tv', {
    fetch: (request) => local(new Request(request, { signal: controller.signal })),
  })
  const comeBack = () => (controller = new AbortController())
  return { device, hangUp: () => controller.abort(), comeBack }
}

describe('a client that disconnects (LP-5)', () => {
  it('before the approval uses nothing up, and gets the tokens at its next poll', async () => {
    const abandoning = await startAbandoning()
    const { device } = abandoning
    const { answer } = await hold(device)
    abandoning.hangUp()
    expect(summary(await answer)).toBe(PENDING)
    expect(await heldPolls(device)).toBe(0)
    await allow(device)
    abandoning.comeBack()
    // In the moment of the approval, so this is no repeat of a lost answer (DC-6, DC-16).
    expect(summary(await device.poll())).toBe(TOKENS)
  })

  it('while its poll is on the way uses nothing up', async () => {
    const abandoning = await startAbandoning()
    const { device } = abandoning
    await allow(device)
    const answer = device.poll()
    abandoning.hangUp()
    expect(summary(await answer)).toBe(PENDING)
    abandoning.comeBack()
    expect(summary(await device.poll())).toBe(TOKENS)
  })
})
