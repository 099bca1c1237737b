// An app that signed in here, with a key of its own, and whose tokens decide about devices.
import { env } from 'cloudflare:workers'
import { accountOf, mintSubject } from '../../src/objects/index.ts'
import { ApprovalApp } from './approval-app.ts'
import { signInNow } from './device.ts'
import { newKeyHolder } from './dpop.ts'
import { connectDevice } from './tokens.ts'
import type { Fetch } from './worker.ts'

/** Its entry in CLIENTS. */
export const APP = {
  client_id: 'app',
  client_name: 'The app',
  scope: 'openid offline_access device:approve',
  dpop_bound_access_tokens: true,
  hold_seconds: 0,
}

/** An account without a password: those are slow to hash. */
const newSubject = async (): Promise<string> => {
  const subject = mintSubject(env)
  const claims = { name: 'Ada', email: undefined, isEmailVerified: false }
  await accountOf(env, subject)?.open(claims, { id: 'x', secretHash: 'x' }, signInNow())
  return subject
}

/** The app of a person, new or the one behind `subject`, who signs in at it now. */
export const signInApp = async (
  fetch: Fetch,
  subject?: string,
): Promise<{ app: ApprovalApp; subject: string }> => {
  const holder = await newKeyHolder(fetch)
  const person = subject ?? (await newSubject())
  const { tokens } = await connectDevice('app', {
    fetch: holder.fetch,
    approval: { subject: person },
  })
  return {
    app: new ApprovalApp(holder.fetch, `DPoP ${tokens.access_token}`),
    subject: person,
  }
}
