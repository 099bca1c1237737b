// A DeviceAuthorization object and what is in it, without the Worker in front of it.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { mintDeviceCode, mintUserCode } from '../../../src/codes.ts'
import type { DeviceAuthorization } from '../../../src/objects/device-authorization/device-authorization.ts'
import type { AuthorizationRequest } from '../../../src/objects/device-authorization/authorization-request.ts'
import type { Approval } from '../../../src/objects/device-authorization/approval.ts'
import type { Poller } from '../../../src/objects/device-authorization/outcomes.ts'
import { pollAt, request as anyRequest } from './states.ts'
import { STRANGERS_SECRET } from '../../support/worker.ts'
import { named } from '../../support/named.ts'

export type Stub = DurableObjectStub<DeviceAuthorization>

/** A request for ten minutes from now. */
export const requestFor = (userCode: string): AuthorizationRequest => {
  const now = Date.now()
  const expiresAtMs = now + 600_000
  const { secretHash } = mintDeviceCode(STRANGERS_SECRET, named(userCode), expiresAtMs).deviceCode
  return { ...anyRequest, secretHash, requestedAtMs: now, expiresAtMs }
}

export const newAuthorization = async () => {
  const userCode = mintUserCode('letters')
  const object = env.DEVICE_AUTHORIZATION.getByName(userCode)
  const request = requestFor(userCode)
  const { outcome } = await object.start(request)
  if (outcome !== 'started') throw new Error(outcome)
  /** The device's own poll, which arrives now. */
  const owner = (more: Partial<Poller> = {}): Poller =>
    pollAt(Date.now(), { secretHash: request.secretHash, ...more })
  return { userCode, object, request, owner }
}

export const storedIn = (object: Stub) =>
  runInDurableObject(object, async (_, { storage }) => ({
    entries: [...(await storage.list())],
    alarm: await storage.getAlarm(),
  }))

export const NOTHING = { entries: [], alarm: null }

/** Counts whatever is written into it from now on. */
export const countWrites = async (object: Stub): Promise<() => number> => {
  const writes = await runInDurableObject(object, (_, { storage }) =>
    (['put', 'delete', 'deleteAll', 'setAlarm', 'deleteAlarm'] as const).map((method) =>
      vi.spyOn(storage, method),
    ),
  )
  return () => writes.reduce((sum, { mock }) => sum + mock.calls.length, 0)
}

export const approvalBy = (subject: string): Approval => ({
  subject: named(subject),
  grantId: named(`grant of ${subject}`),
  approvedAtMs: Date.now(),
  authTimeMs: Date.now(),
  amr: ['pwd'],
})
