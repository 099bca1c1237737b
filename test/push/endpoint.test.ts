// Targets of push messages: public addresses only, and never in the log.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Resident, Subscription, idTokenOf, start } from '../support/household.ts'
import { Host, connectInternet } from '../support/internet.ts'
import { useUp } from '../support/worker.ts'

let asked: readonly string[] = []
beforeEach(() => {
  asked = connectInternet()
})
afterEach(() => void vi.restoreAllMocks())

const promptAt = async (host: Host) => {
  const resident = await Resident.join()
  await new Subscription(host).add(resident.browser)
  await start({ id_token_hint: await idTokenOf(resident) })
}

describe('an endpoint in a private network', () => {
  it.each([
    ['10.0.0.1'],
    ['127.0.0.1'],
    ['169.254.169.254'],
    ['::1'],
    ['fd12:3456::1'],
    ['93.184.216.34', '192.168.1.1'],
  ])('is never contacted: a name of %s %s', async (...addresses) => {
    const host = Object.assign(new Host(() => new Response(null, { status: 201 })), { addresses })
    await promptAt(host)
    expect(asked.some((address) => address.includes(`name=${host.name}`))).toBe(true)
    expect(host.asked).toBe(0)
  })

  it.each([
    'https://127.0.0.1/push',
    'https://[::1]/push',
    'https://169.254.169.254/latest/meta-data',
    'https://2130706433/push',
    'https://localhost/push',
    'https://antenna.localhost/push',
  ])('is never contacted: %s', async (address) => {
    const host = new Host(() => new Response(null, { status: 201 }), address)
    await promptAt(host)
    expect(host.asked).toBe(0)
  })

  it.each([301, 302, 303, 307, 308])('is not reached by a redirect (%i)', async (status) => {
    const target = new Host(() => new Response(null, { status: 201 }))
    const headers = { Location: target.uri }
    const host = new Host(() => new Response(null, { status, headers }))
    await promptAt(host)
    expect([host.asked, target.asked]).toStrictEqual([1, 0])
  })
})

describe('a host with sixty requests in this minute', () => {
  it.each([
    ['fcm.googleapis.com', 1],
    ['web.push.apple.com', 1],
    ['updates.push.services.mozilla.com', 1],
    ['eu.push.services.mozilla.com', 1],
    ['wns2-db5p.notify.windows.com', 1],
    ['host.example', 0],
    ['googleapis.com', 0],
    ['evil.fcm.googleapis.com', 0],
    ['fcm.googleapis.com.evil.example', 0],
    ['evil-notify.windows.com', 0],
  ])('gets another only if it is a push service: %s, %i times', async (name, times) => {
    const host = new Host(() => new Response(null, { status: 201 }), `https://${name}/push`)
    useUp(env.OUTBOUND_LIMIT, name)
    await promptAt(host)
    expect(host.asked).toBe(times)
  })
})

it('HH-15 the log of a push prompt holds neither the person nor the endpoint', async () => {
  let log = ''
  for (const method of ['info', 'error', 'warn', 'log'] as const)
    vi.spyOn(console, method).mockImplementation((...said: unknown[]) => {
      log += said.map((item) => JSON.stringify(item)).join(' ')
    })
  const resident = await Resident.join()
  const subscription = await new Subscription().add(resident.browser)
  const hint = { id_token_hint: await idTokenOf(resident) }
  const device = await start(hint)
  subscription.host.answer = () => {
    throw new TypeError(`connection to ${subscription.host.uri} refused`)
  }
  await start(hint)
  expect(log).toContain('"event":"push.sent","clientId":"tv","outcome":201')
  expect(log).toContain('"outcome":"the host does not answer"')
  const { endpoint, auth, p256dh } = subscription.subscriber.fields
  const secrets = [endpoint, auth, p256dh, device.userCode, hint.id_token_hint, resident.email]
  for (const secret of [...secrets, resident.subject]) expect(log).not.toContain(secret)
})
