// The servers that take the same load, one after the other, and what each made of it.
import type { Browser } from './browser.ts'
import {
  type PollsMeasured,
  type Repetition,
  type Span,
  measurePolls,
  measureSignIns,
  measureStarts,
  startFlows,
} from './load.ts'
import {
  type AntennaOptions,
  type Storage,
  startAntenna,
  startBetterAuth,
  startCeiling,
  startFloor,
  startOidcProvider,
} from './servers.ts'
import { type Target, antenna, bare, bareSignIn, betterAuth, oidcProvider } from './target.ts'

export interface Contender {
  readonly name: string
  /** Number of pending flows while they are polled. */
  readonly flows: number
  /** Its polls and device authorizations are another's, and are not measured again. */
  readonly onlySignsIn?: boolean
  /** Starts it anew. */
  readonly launch: () => Promise<{ target: Target; browsers: () => Promise<readonly Browser[]> }>
}

export interface Loaded {
  readonly name: string
  readonly polls: PollsMeasured
  readonly starts: readonly Repetition[]
  readonly signIns: readonly Repetition[]
}

const LANES = 32
// Enough that no poll is early at 4,000 answers/s.
const FLOWS = 2000
// oidc-provider's own adapter remembers a thousand things, two for each flow.
const FEW_FLOWS = 200

const newPeople = (target: Target) => async () => {
  const browsers: Browser[] = []
  for (let index = 0; index < LANES; index += 1) browsers.push(await target.signUp())
  return browsers
}

const antennaOn = (storage: Storage, options: Omit<AntennaOptions, 'storage'>): Contender => ({
  name: `Antenna, ${storage}`,
  flows: FLOWS,
  launch: async () => {
    const { server, browsers } = await startAntenna({ ...options, storage })
    const target = antenna(`Antenna, ${storage}`, server, 'at-once')
    return { target, browsers: async () => browsers }
  },
})

const floorOn = (storage: Storage, write: string, suffix = ''): Contender => {
  const name = `bare object${suffix}, ${storage}`
  const launch = async () => {
    const target = bare(name, await startFloor(storage), write)
    return { target, browsers: newPeople(target) }
  }
  return { name, flows: FLOWS, launch }
}

const shapeOn = (storage: Storage): Contender => {
  const name = `bare objects, as many steps, ${storage}`
  const launch = async () => {
    const target = bareSignIn(name, await startFloor(storage))
    return { target, browsers: newPeople(target) }
  }
  return { name, flows: 0, onlySignsIn: true, launch }
}

const oidcProviderOn = (storage: Storage): Contender => ({
  name: `oidc-provider, ${storage}`,
  flows: storage === 'memory' ? FEW_FLOWS : FLOWS,
  launch: async () => {
    const server = await startOidcProvider(storage)
    const target = oidcProvider(`oidc-provider, ${storage}`, server)
    return { target, browsers: newPeople(target) }
  },
})

export const contenders = (options: Omit<AntennaOptions, 'storage'>): Contender[] => [
  {
    name: 'ceiling',
    flows: FLOWS,
    launch: async () => {
      const target = bare('ceiling', await startCeiling())
      return { target, browsers: newPeople(target) }
    },
  },
  floorOn('disk', 'write'),
  floorOn('disk', 'alarm', ' with alarm'),
  shapeOn('disk'),
  antennaOn('disk', options),
  floorOn('memory', 'write'),
  floorOn('memory', 'alarm', ' with alarm'),
  shapeOn('memory'),
  antennaOn('memory', options),
  oidcProviderOn('memory'),
  oidcProviderOn('disk'),
  {
    name: 'better-auth, disk',
    flows: FLOWS,
    launch: async () => {
      // As short as ours, or most polls would be told to slow down.
      const target = betterAuth('better-auth, disk', await startBetterAuth('1s'))
      return { target, browsers: newPeople(target) }
    },
  },
]

/** Puts all the load on one server, in two lives of it: what one leaves open is gone in the next. */
export const load = async (contender: Contender, span: Span): Promise<Loaded> => {
  const { name, launch, onlySignsIn = false } = contender
  const first = onlySignsIn
    ? { polls: { repetitions: [], tooSoon: 0 }, starts: [] }
    : await loadByDevices(contender, span)
  const { target, browsers: signUp } = await launch()
  const browsers = await signUp()
  const signIns = await measureSignIns(target, browsers, span)
  for (const browser of browsers) browser.close()
  await target.server.stop()
  return { name, ...first, signIns }
}

const loadByDevices = async ({ flows, launch }: Contender, span: Span) => {
  const { target } = await launch()
  const waiting = await startFlows(target, flows)
  const polls = await measurePolls(target, waiting, span)
  const starts = await measureStarts(target, span)
  await target.server.stop()
  return { polls, starts }
}
