// Every schema by its name in the description.
import { decisionSchema } from '../approval/decision-request.ts'
import { metadataSchema } from '../oauth/clients/requested-metadata.ts'
import * as responses from './responses.ts'

/** Of requests, those that validate; of responses, those that tests hold answers against. */
export const SCHEMAS = {
  Error: responses.errorResponse,
  DeviceAuthorization: responses.deviceAuthorizationResponse,
  Tokens: responses.tokenResponse,
  Introspection: responses.introspectionResponse,
  Claims: responses.userinfoResponse,
  KeySet: responses.keySet,
  Metadata: responses.serverMetadata,
  ClientMetadata: metadataSchema,
  Registration: responses.registrationResponse,
  Review: responses.reviewResponse,
  Decision: decisionSchema,
  Decided: responses.decisionResponse,
} as const
export type SchemaName = keyof typeof SCHEMAS
