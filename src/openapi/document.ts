// The OpenAPI 3.1 description of every JSON endpoint, made of the schemas that validate. Served from
// src/assets, where `npm run openapi` puts it: what makes it would weigh more than the endpoints.
import * as z from 'zod/mini'
import { PLACEHOLDER_ORIGIN } from '../http/protocol.ts'
import { PATHS } from './paths.ts'
import { SCHEMAS } from './schemas.ts'

/** The whole description, for the server at PLACEHOLDER_ORIGIN. */
export const openApiDocument = () => ({
  openapi: '3.1.1',
  info: {
    title: 'Antenna',
    version: '1',
    summary: 'An OAuth 2.0 Device Authorization Grant server (RFC 8628)',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: PLACEHOLDER_ORIGIN }],
  paths: PATHS,
  components: {
    schemas: Object.fromEntries(
      Object.entries(SCHEMAS).map(([name, schema]) => [name, toSchema(schema)]),
    ),
    securitySchemes: {
      clientSecretBasic: { type: 'http', scheme: 'basic' },
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      dpop: { type: 'http', scheme: 'DPoP', description: 'RFC 9449 §7.1' },
      registration: {
        type: 'http',
        scheme: 'bearer',
        description: 'the initial access token, or the one that came with the registration',
      },
    },
  },
})

const toSchema = (schema: z.ZodMiniType): Readonly<Record<string, unknown>> => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest
}
