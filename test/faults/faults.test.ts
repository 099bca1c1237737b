// A few seconds of what `npm run test:faults` does for half an hour: many sign-ins on a server that
// is killed, ended, cut off and out of disk, and nothing that was answered is undone.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { EDGE_HEADERS, GRANT_TYPE } from '../bench/target.ts'
import { makeDirectory } from '../bench/servers.ts'
import { buildBundle } from '../bench/workerd.ts'
import { SECRET } from '../support/settings.ts'
import { CLIENTS, Campaign, STORMY } from './campaign.ts'
import { hasty } from './plan.ts'
import { ShakenServer } from './shaken-server.ts'
import { exchange } from './wire.ts'

const SEED = 8628

let directory: string
let server: ShakenServer
let campaign: Campaign
beforeAll(async () => {
  directory = await makeDirectory('disk')
  const modules = await buildBundle(join(directory, 'dist'))
  server = await ShakenServer.start(modules, { CLIENTS }, directory)
  campaign = new Campaign(server, SEED, { ...STORMY, lateMs: 1000 })
  await campaign.invitePeople(10)
})
afterAll(async () => {
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

const ask = (path: string, fields: Readonly<Record<string, string>>, waitSeconds = 0) =>
  exchange(server.port, {
    method: 'POST',
    path,
    headers: {
      ...EDGE_HEADERS,
      'Content-Type': 'application/x-www-form-urlencoded',
      Prefer: `wait=${waitSeconds}`,
    },
    body: new URLSearchParams({ client_id: 'held', client_secret: SECRET, ...fields }).toString(),
  })

it('DC-21 LP-5 an answer is never undone, whatever fails in server and network', async () => {
  const flows = campaign.run([{ count: 50, plan: hasty, untilMs: 0 }])
  await sleep(1000)
  await server.kill()
  await sleep(1200)
  await server.terminate()
  await server.fillDisk(300)
  await flows
  const { counts, violations } = campaign.report
  expect(violations.map(({ text }) => text)).toStrictEqual([])
  expect(counts.get('flows')).toBe(50)
  for (const what of ['flows with tokens', 'flows with declined', 'lost: ECONNRESET', 'duplicates'])
    expect(counts.get(what), what).toBeGreaterThan(0)
})

it('LP-5 a held poll is answered while the server shuts down, and can be repeated afterwards', async () => {
  const { answer } = await ask('/device_authorization', {})
  const { device_code } = JSON.parse(answer?.body ?? '{}')
  const poll = (waitSeconds: number) =>
    ask('/token', { grant_type: GRANT_TYPE, device_code }, waitSeconds)
  const held = poll(2)
  await sleep(800)
  await server.terminate()
  expect(server.stubborn).toBe(0)
  for (const { answer: heard } of [await held, await poll(0)]) {
    expect(heard?.status).toBe(400)
    expect(JSON.parse(heard?.body ?? '{}').error).toBe('authorization_pending')
  }
})
