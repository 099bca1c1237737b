// Text of strangers in the log is cut, wherever it comes from, so that no request fills the log.
// Conformance HH-17.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { DEVICE_CODE_GRANT } from '../../src/config/client-settings.ts'
import { logEvent, logFailure } from '../../src/http/log.ts'
import { DeviceAuthorization } from '../../src/objects/index.ts'
import { startDevice } from '../support/device.ts'
import { Host, connectInternet } from '../support/internet.ts'
import { PUSH_VARS, Resident, Subscription, start } from '../support/household.ts'
import { TURKU } from '../support/places.ts'
import { visitorAt } from '../support/visitor.ts'
import { workerWith } from '../support/worker.ts'

const MAX_LENGTH = 200
const LONG = 'x'.repeat(5000)

let lines: Readonly<Record<string, unknown>>[]
beforeEach(() => {
  lines = []
  for (const level of ['error', 'info', 'warn'] as const)
    vi.spyOn(console, level).mockImplementation((line: Record<string, unknown>) => {
      lines.push(line)
    })
})
afterEach(() => {
  vi.restoreAllMocks()
})

const causedBy = (error: Error, depth: number): Error =>
  depth === 0 ? error : new Error(LONG, { cause: causedBy(error, depth - 1) })

const loop = new Error('loop')
loop.cause = loop

const named = Object.assign(new Error('short'), { name: LONG })

it.each<[what: string, log: () => unknown]>([
  ['the message of an error', () => logFailure(new Error(LONG))],
  ['a message of many lines', () => logFailure(new Error('\n    at x'.repeat(10_000)))],
  ['a message of half a character', () => logFailure(new Error('😀'.repeat(10_000)))],
  ['a name of an error', () => logFailure(named)],
  ['a cause', () => logFailure(causedBy(new Error(LONG), 2))],
  ['a hundred causes', () => logFailure(causedBy(new Error(LONG), 100))],
  ['a cause of itself', () => logFailure(loop)],
  ['what is no error', () => logFailure(LONG)],
  [
    'the client of a decision',
    () => logEvent('device_authorization.decided', { clientId: LONG, outcome: 'denied' }),
  ],
  ['the reason of a failed push', () => logEvent('push.sent', { clientId: 'tv', outcome: LONG })],
])('HH-17 %s is cut in the log', (_what, log) => {
  log()
  expectCut()
})

const expectCut = () => {
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) {
    const texts = Object.values(line)
      .filter((value) => typeof value === 'string')
      .flatMap((text) => text.split('\n'))
    for (const text of texts) {
      expect(text.length).toBeLessThanOrEqual(MAX_LENGTH + 'caused by '.length)
      expect(text.isWellFormed()).toBe(true)
    }
    // An error, three causes, and ten frames of each.
    expect(texts.length).toBeLessThan(50)
  }
}

it('HH-17 a cut error still shows its origin in the log', () => {
  logFailure(new Error('the disk is gone', { cause: new TypeError('no such file') }))
  const [text = '', ...rest] = String(lines[0]?.['error']).split('\n')
  expect(text).toBe('Error: the disk is gone')
  expect(rest[0]).toMatch(/^ +at .*log\.test\.ts/)
  expect(rest).toContain('caused by TypeError: no such file')
})

/** A client_id as long as there can be one. */
const documents = workerWith({ CLIENT_ID_METADATA_DOCUMENTS: 'on' })
const longAddress = `https://radio.example/${'x'.repeat(230)}`

it('HH-17 a client_id is cut in the log of a decision', async () => {
  connectInternet()
  const document = {
    client_id: longAddress,
    client_name: 'Radio',
    grant_types: [DEVICE_CODE_GRANT],
  }
  // oxlint-disable-next-line no-new
  new Host(() => Response.json(document), longAddress)
  const device = await startDevice(longAddress, { fetch: documents })
  const person = await visitorAt(documents)
  await person.decide(await person.open(`/device?user_code=${device.userCode}`), 'deny')
  expect(lines[0]?.['clientId']).toBe(longAddress.slice(0, MAX_LENGTH))
})

it('HH-17 an answer that a store refuses is cut in the log', async () => {
  vi.spyOn(DeviceAuthorization.prototype, 'start').mockImplementationOnce(() =>
    Promise.reject(new Error(LONG)),
  )
  await expect(startDevice()).rejects.toThrow('503')
  expectCut()
})

it('HH-17 a client_id is cut in the log of a prompt', async () => {
  connectInternet()
  const tv = { ...PUSH_VARS.CLIENTS[0], client_id: 't'.repeat(255), push: 'login_hint' }
  const fetch = workerWith({ ...PUSH_VARS, CLIENTS: [tv] })
  const resident = await Resident.join(TURKU, fetch)
  const { host } = await new Subscription().add(resident.browser)
  await start({ login_hint: resident.email }, { clientId: tv.client_id, fetch })
  expect(host.asked).toBe(1)
  expect(lines).toContainEqual({
    event: 'push.sent',
    clientId: tv.client_id.slice(0, MAX_LENGTH),
    outcome: 201,
  })
})
