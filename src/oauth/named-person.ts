// Asks the person that a device named by a hint. Loaded when a request has one.
import { shownClient } from '../config/client-name.ts'
import type { PushSettings } from '../config/push.ts'
import { parseEmail } from '../identity/built-in.ts'
import { isLoopback } from '../config/loopback.ts'
import { emailLogin } from '../objects/index.ts'
import { type NamedAccount, type WaitingDevice, promptPerson } from '../push/prompt.ts'
import { verifyIdTokenHint } from '../tokens/id-token.ts'
import type { RequestContext } from '../http/request-context.ts'
import type { AccountHint } from './account-hint.ts'

/** Asks by push, if the account exists and allows it. */
export const promptNamedPerson = async (
  { env, config, issuer }: RequestContext,
  settings: PushSettings,
  hint: AccountHint,
  device: WaitingDevice,
): Promise<void> => {
  const allowsLoopback = config.isDemo && isLoopback(new URL(issuer).hostname)
  const account = await accountNamedBy(env, hint, issuer, device.request.clientId)
  if (account === undefined) return
  const client = shownClient(config, device.request)
  await promptPerson(env, { settings, allowsLoopback }, account, { ...device, client })
}

const accountNamedBy = async (
  env: Cloudflare.Env,
  { kind, value }: AccountHint,
  issuer: string,
  clientId: string,
): Promise<NamedAccount | undefined> => {
  if (kind === 'id_token_hint')
    return verifyIdTokenHint(env, value, { issuer, clientId }, Date.now())
  const email = parseEmail(value)
  const subject = email === undefined ? undefined : await emailLogin(env, email).subject()
  return subject === undefined ? undefined : { subject, issuedAtMs: undefined }
}
