// The decision of a person as the approval API sends it.
import type { Decision } from '../review/review.ts'

export const DECISION_STATUSES = {
  approved: 'approved',
  denied: 'declined',
  reported: 'reported',
  withdrawn: 'withdrawn',
} as const satisfies Record<Decision, string>
