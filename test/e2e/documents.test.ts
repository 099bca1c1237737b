// The documents, as their readers use them: named files exist, links have targets, and every
// document is short.
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, it } from 'vitest'

const root = new URL('../..', import.meta.url).pathname
const FILES = globSync(['*', '.github/**/*', '{src,test}/**/*'], {
  cwd: root,
  exclude: (name) => name.endsWith('node_modules'),
})
const DOCUMENTS = FILES.filter((file) => file.endsWith('.md'))
const textOf = (file: string): string => readFileSync(`${root}${file}`, 'utf8')
const prose = (file: string): string => textOf(file).replaceAll(/^```[^]*?^```$/gm, '')
const scripts: Readonly<Record<string, string>> = JSON.parse(textOf('package.json')).scripts

it('each kind of reader has a document', () => {
  expect(DOCUMENTS).toEqual(
    expect.arrayContaining([
      'README.md',
      'src/README.md',
      'src/config/README.md',
      'src/oauth/README.md',
      'src/approval/README.md',
      'src/objects/README.md',
      'test/README.md',
      'test/abuse/README.md',
      'test/bench/README.md',
      'test/faults/README.md',
      '.github/CHANGELOG.md',
      '.github/CONTRIBUTING.md',
      '.github/SECURITY.md',
    ]),
  )
})

it.each(DOCUMENTS.filter((file) => file !== 'test/conformance.md'))('%s is short', (file) => {
  expect(statSync(`${root}${file}`).size).toBeLessThanOrEqual(
    (file === 'README.md' ? 15 : 25) * 1000,
  )
})

/** The anchors of a document's headings, as GitHub makes them. */
const anchorsOf = (file: string): string[] =>
  [...prose(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

const linksOf = (file: string): string[] =>
  [...prose(file).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target))

const LINKS = DOCUMENTS.flatMap((file) => linksOf(file).map((target) => [file, target] as const))

it.each(LINKS)('%s has a link with an existing target: %s', (file, target) => {
  const [path = '', anchor] = target.split('#')
  const goal = path === '' ? file : normalize(join(dirname(file), path))
  expect([goal, existsSync(`${root}${goal}`)]).toEqual([goal, true])
  const page = goal.endsWith('.md') ? goal : join(goal, 'README.md')
  if (anchor !== undefined) expect(anchorsOf(page)).toContain(anchor)
})

const PICTURES = DOCUMENTS.flatMap((file) =>
  [...prose(file).matchAll(/<img src="([^"]+)"/g)].map(
    ([, target = '']) => [file, target] as const,
  ),
)

it('the README shows a television and a phone', () => {
  expect(PICTURES.filter(([file]) => file === 'README.md')).toHaveLength(2)
})

it.each(PICTURES)('%s shows a small picture: %s', (file, target) => {
  expect(statSync(join(root, dirname(file), target)).size).toBeLessThanOrEqual(120_000)
})

// A path, or a file's name with the ending of code.
const NAMED =
  /^(?!\/|https?:)(?:[\w.-]+\/)*(?:[\w.-]+\/|[\w.-]+\.(?:ts|tsx|js|css|html|toml|md|json|txt))$/

/** The places where a document's names of files start. */
const namedFiles = (file: string): string[] =>
  [...prose(file).matchAll(/`([^`\n]+)`/g)].flatMap(([, name = '']) =>
    NAMED.test(name) ? [name] : [],
  )

const isThere = (file: string, name: string): boolean =>
  ['', 'src', 'test', 'test/support', dirname(file)].some((base) =>
    existsSync(join(root, base, name)),
  ) || FILES.some((known) => known.endsWith(`/${name}`))

const FILES_NAMED = DOCUMENTS.filter((file) => file !== '.github/CHANGELOG.md').flatMap((file) =>
  [...new Set(namedFiles(file))].map((name) => [file, name] as const),
)

it('the documents name files', () => {
  expect(FILES_NAMED.length).toBeGreaterThan(100)
  expect(isThere('README.md', 'src/demo/worker/library.ts')).toBe(true)
  expect(isThere('README.md', 'no-such-file.ts')).toBe(false)
  expect(isThere('README.md', 'no-such-folder/')).toBe(false)
})

it.each(FILES_NAMED)('%s names an existing file: %s', (file, name) => {
  expect([name, isThere(file, name)]).toEqual([name, true])
})

const COMMANDS = DOCUMENTS.flatMap((file) =>
  [...textOf(file).matchAll(/\bnpm (?:run )?([a-z][a-z:]*)/g)].map(
    ([, script = '']) => [file, script] as const,
  ),
)

it.each(COMMANDS)('%s names an existing npm command: %s', (_file, script) => {
  expect(['ci', ...Object.keys(scripts)]).toContain(script)
})
