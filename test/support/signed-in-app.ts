// An app that signed in here, with a key of its own, and whose tokens decide about devices.
import type { Subject } from '../../src/ids.ts'
import { ApprovalApp } from './approval-app.ts'
import { newPerson } from './member.ts'
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

/** The app of a person, new or the one behind `subject`, who signs in at it now. */
export const signInApp = async (
  fetch: Fetch,
  subject?: Subject,
): Promise<{ app: ApprovalApp; subject: Subject; fromElsewhere: () => ApprovalApp }> => {
  const holder = await newKeyHolder(fetch)
  const person = subject ?? (await newPerson()).subject
  const { tokens } = await connectDevice('app', {
    fetch: holder.fetch,
    approval: { subject: person },
  })
  // Each at an address of its own.
  const fromElsewhere = () => new ApprovalApp(holder.fetch, `DPoP ${tokens.access_token}`)
  return { app: fromElsewhere(), subject: person, fromElsewhere }
}
