// The body of a decision, as it is sent.
import * as z from 'zod/mini'

export const decisionSchema = z.strictObject({
  decision: z.enum(['approve', 'deny', 'report']),
  // What the policy `confirm` demands: the code as the person typed it off the device's own screen …
  typed_code: z.optional(z.string().check(z.maxLength(64))),
  // … and that they said the device is in front of them.
  in_front: z.optional(z.boolean()),
})

export type DecisionRequest = z.output<typeof decisionSchema>
