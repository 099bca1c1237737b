// A device with a held poll, and its final answer.
import { runInDurableObject } from 'cloudflare:test'
import { type Answer, type Device, approve, authorizationBehind } from './device.ts'
import { somebody } from './member.ts'

/** Headers of a poll: the longest hold, and no hold. */
export const LONG = { Prefer: 'wait=25' }
export const AT_ONCE = { Prefer: 'wait=0' }

/** An answer in a few words, such as these. */
export const summary = ({ status, body }: Answer): string =>
  `${status} ${body.error ?? Object.keys(body)[0]}`
export const TOKENS = '200 access_token'
export const PENDING = '400 authorization_pending'

/** Number of held polls of the device. */
export const heldPolls = (device: Device): Promise<number> =>
  runInDurableObject(
    authorizationBehind(device.userCode),
    (_, state) =>
      state.getWebSockets('poll').filter(({ readyState }) => readyState === WebSocket.OPEN).length,
  )

/** Waits, without a timer, until a poll is held. */
export const untilHeld = async (device: Device): Promise<void> => {
  for (let tries = 0; tries < 1000; tries += 1) if ((await heldPolls(device)) > 0) return
  throw new Error('no poll is held')
}

/** A poll that is being held; its answer is still to come. */
export const hold = async (
  device: Device,
  headers: Readonly<Record<string, string>> = LONG,
): Promise<{ answer: Promise<Answer> }> => {
  const answer = device.poll({}, headers)
  await untilHeld(device)
  return { answer }
}

/** Approves the device, always as the same person. */
export const allow = async (device: Device) =>
  approve(device.userCode, { subject: (await somebody()).subject })
