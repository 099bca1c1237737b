// A foreign validator accepts the description at /openapi.json.
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, it } from 'vitest'
import description from '../../src/assets/openapi.json' with { type: 'json' }

it('AP-17 the description is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  expect(await validator.validate(structuredClone(description))).toStrictEqual({ valid: true })
  expect(validator.version).toBe('3.1')
})
