// Whether an account may be asked by push: a prompt that anybody can set off, as often as they like,
// gets allowed in the end (RFC 10027 §3.3). Pure.
import type { ProximityPolicy } from '../../config/client-settings.ts'
import {
  MAX_CODE_LIFETIME_MS,
  MAX_PROMPTS,
  PROMPTS_WINDOW_MS,
  SOURCE_SILENCED_MS,
} from '../../config/limits.ts'
import { sha256 } from '../../crypto.ts'
import { MAX_REMEMBERED_PROMPTS, MAX_SILENCED_SOURCES } from './account-limits.ts'
import { PROXIMITIES, type Place, type Location, proximityOf } from '../../sender/location.ts'

/** A device asks an account that it can name. */
export interface PromptRequest {
  /** SHA-256 of the user code. */
  readonly codeHash: string
  readonly clientId: string
  readonly source: string
  readonly origin: Location
  readonly proximityPolicy: ProximityPolicy
  /** When the ID token was issued that names the account; undefined if something else did. */
  readonly hintIssuedAtMs: number | undefined
}

export interface Prompt {
  readonly codeHash: string
  readonly source: string
  readonly atMs: number
}

interface Silence {
  readonly source: string
  readonly untilMs: number
}

export interface PromptGuard {
  readonly prompts: readonly Prompt[]
  readonly silenced: readonly Silence[]
}

export const NO_PROMPTS: PromptGuard = { prompts: [], silenced: [] }

/** What a person can silence: one client in one network. Told apart, and not told. */
export const promptSource = (clientId: string, { network }: Location): string =>
  sha256(`${clientId} ${network ?? ''}`)

/** Whether the person may be asked about it now. */
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
  { codeHash, source }: PromptRequest,
  now: number,
): PromptGuard => ({
  prompts: [{ codeHash, source, atMs: now }, ...prompts].slice(0, MAX_REMEMBERED_PROMPTS),
  silenced,
})

/** Whether a prompt may still end its request: an older code may be somebody else's by now. */
export const isAnswerable = ({ atMs }: Prompt, now: number): boolean =>
  now < atMs + MAX_CODE_LIFETIME_MS

/** The person does not know this source. */
export const afterSilence = (
  { prompts, silenced }: PromptGuard,
  source: string,
  now: number,
): PromptGuard => {
  const others = silenced.filter((one) => one.source !== source && now < one.untilMs)
  const silence = { source, untilMs: now + SOURCE_SILENCED_MS }
  return { prompts, silenced: [silence, ...others].slice(0, MAX_SILENCED_SOURCES) }
}

/**
 * Whether a browser is where the device may be: nobody is asked by push about a device that the
 * confirm page would make them check, or whose place or their own is not known. It may turn out to be
 * nearer than a city tells, so the policy has to allow that too.
 */
export const isNear = (
  { origin, proximityPolicy }: PromptRequest,
  { city, region, country }: Place,
): boolean => {
  const browser = { city, region, country, operator: undefined, asn: undefined, network: undefined }
  const proximity = proximityOf(origin, browser)
  if (proximity === 'far' || proximity === 'unknown') return false
  return PROXIMITIES.slice(0, PROXIMITIES.indexOf(proximity) + 1).every(
    (level) => proximityPolicy[level] === 'allow',
  )
}
