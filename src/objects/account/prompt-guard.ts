// The rules for sending a push prompt. If anyone could send any number of prompts, the person would
// approve one in the end (RFC 10027 §3.3). Pure.
import type { Digest } from '../../ids.ts'
import type { ProximityPolicy } from '../../config/client-settings.ts'
import {
  MAX_CODE_LIFETIME_MS,
  MAX_PROMPTS,
  PROMPTS_WINDOW_MS,
  SOURCE_MUTED_MS,
} from '../../config/limits.ts'
import { sha256 } from '../../crypto.ts'
import { MAX_REMEMBERED_PROMPTS, MAX_SILENCED_SOURCES } from './account-limits.ts'
import { PROXIMITIES, type Place, type Location, proximityOf } from '../../sender/location.ts'

/** A device's request to send a prompt to an account. */
export interface PromptRequest {
  /** SHA-256 of the user code. */
  readonly codeHash: Digest
  readonly clientId: string
  readonly source: Digest
  readonly location: Location
  readonly proximityPolicy: ProximityPolicy
  /** The issue time of the ID token that named the account; undefined if it was named otherwise. */
  readonly hintIssuedAtMs: number | undefined
}

export interface Prompt {
  readonly codeHash: Digest
  readonly source: Digest
  readonly atMs: number
  /** The call that was counted. */
  readonly callId?: string | undefined
}

interface Silence {
  readonly source: Digest
  readonly untilMs: number
}

export interface PromptGuard {
  readonly prompts: readonly Prompt[]
  readonly silenced: readonly Silence[]
}

export const NO_PROMPTS: PromptGuard = { prompts: [], silenced: [] }

/** The source that a person can silence: a client in a network. Hashed: comparable, not readable. */
export const promptSource = (clientId: string, { networkPrefix }: Location): Digest =>
  sha256(`${clientId} ${networkPrefix ?? ''}`)

/** True if a prompt may be sent now. */
export const mayPrompt = (
  { prompts, silenced }: PromptGuard,
  { codeHash, source }: PromptRequest,
  now: number,
): boolean =>
  !silenced.some((silence) => silence.source === source && now < silence.untilMs) &&
  !prompts.some((prompt) => prompt.codeHash === codeHash) &&
  prompts.filter(({ atMs }) => now < atMs + PROMPTS_WINDOW_MS).length < MAX_PROMPTS

export const afterPrompt = (
  { prompts, silenced }: PromptGuard,
  { codeHash, source, callId }: PromptRequest & { readonly callId?: string | undefined },
  now: number,
): PromptGuard => ({
  prompts: [{ codeHash, source, atMs: now, callId }, ...prompts].slice(0, MAX_REMEMBERED_PROMPTS),
  silenced,
})

/** True while a prompt may end its request: after that another device may have the code. */
export const isAnswerable = ({ atMs }: Prompt, now: number): boolean =>
  now < atMs + MAX_CODE_LIFETIME_MS

/** Silences a source. */
export const afterSilence = (
  { prompts, silenced }: PromptGuard,
  source: Digest,
  now: number,
): PromptGuard => {
  const others = silenced.filter((one) => one.source !== source && now < one.untilMs)
  const silence = { source, untilMs: now + SOURCE_MUTED_MS }
  return { prompts, silenced: [silence, ...others].slice(0, MAX_SILENCED_SOURCES) }
}

/**
 * True if a browser is near the device. No prompt is sent if the confirm page would demand a check, or
 * if either place is unknown. The device may be nearer than its city tells, so the policy must allow all
 * nearer levels too.
 */
export const isNear = (
  { location, proximityPolicy }: PromptRequest,
  { city, region, country }: Place,
): boolean => {
  const unknown = { operator: undefined, asn: undefined, networkPrefix: undefined }
  const proximity = proximityOf(location, { city, region, country, ...unknown })
  if (proximity === 'far' || proximity === 'unknown') return false
  return PROXIMITIES.slice(0, PROXIMITIES.indexOf(proximity) + 1).every(
    (level) => proximityPolicy[level] === 'allow',
  )
}
