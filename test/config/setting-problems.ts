// The error message for a mistake in wrangler.toml.
import { expect } from 'vitest'
import { ConfigError, parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'

/** The error that these variables are refused with, at start. */
export const problemsOf = (vars: object): string => {
  try {
    parseConfig(vars, DEMO)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return String(error)
  }
  throw new Error('nothing was wrong')
}
