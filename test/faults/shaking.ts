// Faults of the server while people sign in.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Campaign } from './campaign.ts'
import type { Random } from './random.ts'
import type { ShakenServer } from './shaken-server.ts'

export interface Shaking {
  /** Longest pause between two faults. */
  readonly mostMs: number
  readonly weights: Readonly<Record<'kills' | 'terms' | 'full disks', number>>
}

export const ROUGH: Shaking = { mostMs: 6000, weights: { kills: 80, terms: 12, 'full disks': 8 } }

/** On a busy machine no request would be answered without such a pause. */
const ANSWERS = 100
const TICK_MS = 50

/** Shakes it while `goesOn`, and leaves it running. */
export const shake = async (
  server: ShakenServer,
  random: Random,
  { mostMs, weights }: Shaking,
  campaign: Campaign,
  goesOn: () => boolean,
): Promise<void> => {
  while (goesOn()) {
    const enough = campaign.answers + ANSWERS
    await sleep(random.between(500, mostMs))
    while (campaign.answers < enough && goesOn()) await sleep(TICK_MS)
    const what = random.weigh(weights)
    if (what === 'kills') await server.kill()
    if (what === 'terms') await server.terminate()
    if (what === 'full disks') await server.fillDisk(random.between(200, 2500))
    campaign.count(what)
  }
}
