// Runs before each build (`[build]` in wrangler.toml): the Worker cannot see at start that the picture
// of a logo is missing.
import { existsSync, readFileSync } from 'node:fs'
import { parse, type TomlTable, type TomlValue } from 'smol-toml'

// Or another file of settings, whose `[build]` names it as an argument.
const FILE = process.argv[2] ?? 'wrangler.toml'
const DIRECTORY = 'src/assets'

/** A problem for each logo in the settings, in every environment, that has no file. */
export const missingLogos = (
  settings: TomlTable,
  isThere: (logo: string) => boolean,
): readonly string[] =>
  [settings, ...Object.values(tableIn(settings, 'env'))].flatMap((environment) =>
    logosIn(tableIn(environment, 'vars'))
      .filter(([, logo]) => !isThere(logo))
      .map(([field, logo]) => `${field}: there is no file ${DIRECTORY}/${logo}`),
  )

const logosIn = (vars: TomlTable): readonly (readonly [field: string, logo: string])[] => {
  const clients = Array.isArray(vars['CLIENTS']) ? vars['CLIENTS'] : []
  const entries: readonly (readonly [string, TomlValue | undefined])[] = [
    ['BRAND_LOGO', vars['BRAND_LOGO']],
    ...clients.map((client, index) => [`CLIENTS[${index}].logo`, asTable(client)['logo']] as const),
  ]
  return entries.flatMap(([field, logo]) => (typeof logo === 'string' ? [[field, logo]] : []))
}

const tableIn = (value: TomlValue, name: string): TomlTable => asTable(asTable(value)[name])

const asTable = (value: TomlValue | undefined): TomlTable =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date) ? value : {}

if (import.meta.main) {
  const settings = parse(readFileSync(FILE, 'utf8'))
  const problems = missingLogos(settings, (logo) => existsSync(`${DIRECTORY}/${logo}`))
  for (const problem of problems) console.error(`${FILE}: ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}
