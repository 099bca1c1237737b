// The body of a decision, as it is sent.
import * as z from 'zod/mini'

export const decisionSchema = z.strictObject({
  decision: z.enum(['approve', 'deny', 'report']),
  // The policy `confirm` demands both: the code that the person read from the device's own screen …
  typed_code: z.optional(z.string().check(z.maxLength(64))),
  // … and their statement that the device is in front of them.
  in_front: z.optional(z.boolean()),
  // As the question carried it: an answer to what this account was shown is no guess at a code.
  shown_proof: z.optional(z.string().check(z.maxLength(128))),
})

export type DecisionRequest = z.output<typeof decisionSchema>
