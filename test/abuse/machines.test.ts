// Everything that machines are served with, asked wrongly in every way: a right request in which one
// to three things are not. What holds of every answer is in support/harmless.ts.
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { changesOf, describe as described, requestOf } from './support/draft.ts'
import { faultsOf } from './support/harmless.ts'
import { CAMPAIGN_MS, runs } from './support/hostile.ts'
import { connectInternet } from '../support/internet.ts'
import { type Kept, leftovers } from './support/leftovers.ts'
import {
  type Belongings,
  MACHINE_REQUESTS,
  collectBelongings,
  everything,
  newClient,
  oddJwt,
} from './support/machine-requests.ts'
import { KNOWN_PARAMETERS } from '../../src/http/protocol.ts'
import { freshAddress } from '../support/worker.ts'

let belongings: Belongings
let before: Record<string, Kept[]>

let registered = 0

beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  connectInternet()
  belongings = await collectBelongings()
  before = await leftovers()
})
afterAll(() => {
  vi.restoreAllMocks()
})

/** Secrets of others, by name: which they are is known when the request is made. */
const others = fc.constantFrom(
  ...(['access_token', 'refresh_token', 'id_token'] as const).map((name) => `\u{1F511}${name}`),
)

const resolve = (text: string): string => {
  const [, name] = text.split('\u{1F511}')
  return name === undefined ? text : String(Reflect.get(belongings.others, name) ?? text)
}

it(
  'random requests to the endpoints break nothing, leak nothing and echo nothing',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(MACHINE_REQUESTS)),
        fc.oneof({ weight: 3, arbitrary: fc.constant({ header: [], claims: [] }) }, oddJwt),
        changesOf(KNOWN_PARAMETERS, others),
        async (name, odd, change) => {
          const made = await MACHINE_REQUESTS[name]?.(belongings, odd)
          if (made === undefined) throw new TypeError(name)
          const draft = change(made)
          const pairs = (all: typeof draft.headers) =>
            all.map(([key, value]) => [key, resolve(value)] as const)
          const resolved = {
            ...draft,
            headers: pairs(draft.headers),
            fields: draft.fields && pairs(draft.fields),
          }
          const request = requestOf(resolved, freshAddress())
          if (request === undefined) return
          const response = await everything(request)
          await keepCount(request, response)
          expect(await faultsOf(request, response), described(resolved)).toStrictEqual([])
        },
      ),
      runs(500),
    )
  },
  CAMPAIGN_MS,
)

// 201 and 204 answer a registration and its removal; each uses the client up.
const keepCount = async ({ method }: Request, { status }: Response): Promise<void> => {
  if (status === 201) registered += 1
  if (method === 'DELETE' && status === 204)
    belongings = { ...belongings, client: await newClient() }
}

it(
  'random requests leave nothing behind but grants and records that expire',
  async () => {
    const after = await leftovers()
    const grown = (kind: keyof typeof after) => after[kind].length - (before[kind]?.length ?? 0)
    expect(grown('CLIENT_RECORD')).toBe(registered)
    expect(grown('ACCOUNT')).toBe(0)
    expect(grown('LOGIN')).toBe(0)
    expect(grown('KEYRING')).toBe(0)
    for (const kept of [...after.DEVICE_AUTHORIZATION, ...after.REPLAY_GUARD])
      expect(kept.hasAlarm).toBe(true)
  },
  CAMPAIGN_MS,
)
