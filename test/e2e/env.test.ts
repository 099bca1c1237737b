// The hand-written `Env` against the bindings that wrangler reads from wrangler.toml.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
const VARIABLES = ['object', 'string']

/** The members of an interface, with their types. */
const membersOf = (source: string, name: string): Record<string, string> => {
  const [, body = ''] = new RegExp(`interface ${name} \\{(.*?)\\}`, 's').exec(source) ?? []
  const members = body.matchAll(/^\s*(?:readonly )?(\w+): (.+?);?$/gm)
  return Object.fromEntries(
    [...members].map(([, member = '', type = '']) => [member, type.replace(/import\(.*?\)\./, '')]),
  )
}

const generatedTypes = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'antenna-env-'))
  const file = join(directory, 'env.d.ts')
  const flags = ['--include-runtime=false', '--strict-vars=false', '--env-interface=Env']
  try {
    execFileSync(process.execPath, [WRANGLER, 'types', file, ...flags], { cwd: ROOT })
    return readFileSync(file, 'utf8')
  } finally {
    rmSync(directory, { recursive: true })
  }
}

it('Env has the bindings of wrangler.toml, with their types', () => {
  const bindings = Object.entries(membersOf(generatedTypes(), '__BaseEnv_Env')).filter(
    ([, type]) => !VARIABLES.includes(type),
  )
  expect(bindings).not.toStrictEqual([])
  const env = readFileSync(join(ROOT, 'src/env.d.ts'), 'utf8')
  expect(membersOf(env, 'Env')).toStrictEqual(Object.fromEntries(bindings))
})
