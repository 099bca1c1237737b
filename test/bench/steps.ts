// CPU time of one sign-in by steps, one after the other, with nothing beside them.
import type { Browser } from './browser.ts'
import { hiddenFields } from './browser.ts'
import { Connection } from './connection.ts'
import { nth } from './load.ts'
import { type ServerProcess, exactCpuMs } from './server-process.ts'
import { antenna } from './target.ts'

/** Step → CPU time of the server for one, in ms. */
export type Steps = ReadonlyMap<string, number>

/** So many sign-ins at once, each one step further than before. */
const SIGN_INS = 200
const WARM_UP = 40

export const measureSteps = async (
  server: ServerProcess,
  browsers: readonly Browser[],
): Promise<Steps> => {
  await walk(server, browsers, WARM_UP)
  return walk(server, browsers, SIGN_INS)
}

const walk = async (
  server: ServerProcess,
  browsers: readonly Browser[],
  count: number,
): Promise<Steps> => {
  const target = antenna('steps', server, 'at-once')
  const device = new Connection(server.port)
  const steps = new Map<string, number>()
  const step = async <T>(name: string, act: (index: number) => Promise<T>): Promise<T[]> => {
    const before = await exactCpuMs(server.pid)
    const results: T[] = []
    for (let index = 0; index < count; index += 1) results.push(await act(index))
    steps.set(name, ((await exactCpuMs(server.pid)) - before) / count)
    return results
  }
  const flows = await step('device authorization', () => target.start(device))
  await step('pending poll', (index) => target.poll(device, nth(flows, index)))
  const questions = await step('code scanned, question shown', (index) =>
    nth(browsers, index).open(`/device?user_code=${nth(flows, index).userCode}`),
  )
  await step('allowed, result shown', (index) =>
    nth(browsers, index).submit('/device/confirm', {
      ...hiddenFields(nth(questions, index)),
      decision: 'allow',
    }),
  )
  await step('tokens collected', (index) => target.poll(device, nth(flows, index)))
  device.close()
  return steps
}
