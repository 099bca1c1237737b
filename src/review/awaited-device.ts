// A device that is polling at the moment of its approval connects at once. Another may never come back,
// so its person sees it as waiting. Costs one write, and nothing where polls are held.
import type { ApprovalOutcome } from '../objects/device-authorization/outcomes.ts'
import { accountOf } from '../objects/index.ts'
import { placeIn } from '../sender/location.ts'
import type { PendingReview } from './review.ts'

/** Shows the person an approved device that does not poll just now, until it collects its tokens. */
export const noteAwaited = async (
  env: Cloudflare.Env,
  { approver, location }: PendingReview,
  approved: Extract<ApprovalOutcome, { outcome: 'decided' }>,
): Promise<void> => {
  if (approved.isAwaited) return
  const { clientId, clientName, deviceName, scope, resource } = approved.request
  await accountOf(env, approver.subject)?.awaitDevice(approved.grantId, {
    clientId,
    clientName,
    deviceName,
    place: placeIn(location),
    scope,
    resource,
    approvedAtMs: Date.now(),
    waitsUntilMs: approved.collectibleUntilMs,
  })
}
