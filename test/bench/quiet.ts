// The measures that are no load: how soon people see their device connected, and what it takes until
// then. A server at a time, except that what is counted is counted beside.
import type { Browser } from './browser.ts'
import { countCosts } from './costs.ts'
import type { Results } from './results.ts'
import { type AntennaOptions, startAntenna, startBetterAuth, startOidcProvider } from './servers.ts'
import { type Target, antenna, betterAuth, oidcProvider } from './target.ts'
import { SIGN_INS, type Waiting, measureWaiting } from './waiting.ts'

export interface QuietOptions {
  readonly repetitions: number
  readonly signInSeconds: number
  readonly say: (what: string) => void
}

const LONG_SIGN_INS = 3
const PREFERRED_SECONDS = 25
const LONGEST_PREFERRED_SECONDS = 55
// A poll that is held and a second of rest; 5 s without a hold come to the same.
const CYCLE_MS = 5000
const PREFERRED_CYCLE_MS = 26_000

export const measureQuietly = async (
  options: Omit<AntennaOptions, 'storage'>,
  { repetitions, signInSeconds, say }: QuietOptions,
): Promise<Pick<Results, 'waiting' | 'costs'>> => {
  const shared = { repetitions, signInSeconds, longSignIns: LONG_SIGN_INS }
  const onDisk = { ...options, storage: 'disk' } as const
  say('waiting: Antenna')
  const { server, browsers } = await startAntenna(onDisk)
  const target = antenna('Antenna', server, 'plain')
  const ours = { ...shared, target, clientId: 'plain' }
  const preference = { clientId: 'plain', waitSeconds: PREFERRED_SECONDS, signInSeconds }
  const [plain, preferring, ...counted] = await Promise.all([
    measureWaiting({ ...ours, browsers, cycleMs: CYCLE_MS }),
    measureWaiting({
      ...ours,
      ...preference,
      browsers: browsers.map((browser) => browser.clone()),
      cycleMs: PREFERRED_CYCLE_MS,
    }),
    countCosts(onDisk, preference),
    countCosts(onDisk, { ...preference, waitSeconds: LONGEST_PREFERRED_SECONDS }),
    countCosts(onDisk, { clientId: 'plain', signInSeconds }),
    countCosts(onDisk, { clientId: 'every-5-s', signInSeconds }),
  ])
  await server.stop()

  const waitingAt = async (peer: Target): Promise<Waiting> => {
    say(`waiting: ${peer.name}`)
    const people: Browser[] = []
    while (people.length < SIGN_INS * repetitions + LONG_SIGN_INS) people.push(await peer.signUp())
    const waiting = await measureWaiting({
      ...shared,
      target: peer,
      clientId: 'bench',
      browsers: people,
      cycleMs: CYCLE_MS,
    })
    await peer.server.stop()
    return waiting
  }
  return {
    waiting: {
      plain,
      preferring,
      oidcProvider: await waitingAt(
        oidcProvider('oidc-provider', await startOidcProvider('memory')),
      ),
      betterAuth: await waitingAt(betterAuth('better-auth', await startBetterAuth('5s'))),
    },
    costs: {
      preferring: counted[0],
      patient: counted[1],
      plain: counted[2],
      every5s: counted[3],
    },
  }
}
