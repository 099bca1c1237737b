// The check before each build, as wrangler runs it.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

const SCRIPT = new URL('../../src/config/local/check-logos.ts', import.meta.url).pathname

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'antenna-'))
  mkdirSync(join(directory, 'src/assets'), { recursive: true })
  writeFileSync(join(directory, 'src/assets/logo.svg'), '<svg/>')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

it.each([
  ['[vars]', undefined],
  ['[vars]\nBRAND_LOGO = "logo.svg"', undefined],
  ['[vars]\nBRAND_LOGO = "lgoo.svg"', 'BRAND_LOGO: there is no file src/assets/lgoo.svg'],
  ['[[vars.CLIENTS]]\nlogo = "tv.png"', 'CLIENTS[0].logo: there is no file src/assets/tv.png'],
  ['[env.staging.vars]\nBRAND_LOGO = "b.svg"', 'BRAND_LOGO: there is no file src/assets/b.svg'],
])('a logo without a file ends the build: %j', (settings, problem) => {
  writeFileSync(join(directory, 'wrangler.toml'), settings)
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT], {
    cwd: directory,
    encoding: 'utf8',
  })
  expect(stderr).toBe(problem === undefined ? '' : `wrangler.toml: ${problem}\n`)
  expect(status).toBe(problem === undefined ? 0 : 1)
})
