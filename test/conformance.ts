// Prints the rows of conformance.md that no test names, section by section. The names are those of it,
// test and describe; one that takes words from a table ('%s') is read with each string of that table.
// Fails only where a test names a row that does not exist.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

type Section = { readonly title: string; readonly rows: Map<string, string> }

const HEADING = /^## (.*)$/
// An id and its level, or a number where the decision table has neither; then what is required.
const ROW = /^\| *(?:([A-Z]{2}-\d+) *\|[^|]*|(\d+) *)\| *([^|]*?) *\|/
const NAMED = /(?<![\w-])(?:([A-Z]{2}-)(\d+)(?: to \1(\d+))?|row (\d+))\b/g

const TOKENS = new RegExp(
  [
    /\/\/.*|\/\*[^]*?\*\//, // comments
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[^]|[^`\\])*`/, // strings
    /(?<=[(,=:[!&|?>]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//, // regular expressions
    /=>|[\w$]+|\S/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
)
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '<': '>' }
const PLACEHOLDER = /%s|\$\w[\w.]*/

const isString = (token = '') => /^['"`]/.test(token)

/** The index after the bracket that closes the one at `start`. */
const endOf = (tokens: readonly string[], start: number): number => {
  const opening = tokens[start] ?? ''
  let depth = 0
  for (let i = start; i < tokens.length; i++) {
    if (tokens[i] === opening) depth++
    if (tokens[i] === CLOSING[opening] && --depth === 0) return i + 1
  }
  return tokens.length
}

/** The strings of a table: written there, or a constant of the same file. */
const stringsOf = (table: readonly string[], tokens: readonly string[]): string[] => {
  const declared = tokens.findIndex((token, i) => token === 'const' && tokens[i + 1] === table[0])
  if (table.length !== 1 || declared < 0) return table.filter(isString)
  const start = tokens.findIndex(
    (token, i) => i > declared && token === '[' && tokens[i - 1] === '=',
  )
  return tokens.slice(start, endOf(tokens, start)).filter(isString)
}

const namesIn = (source: string): string[] => {
  const tokens = (source.match(TOKENS) ?? []).filter((token) => !/^\/[/*]/.test(token))
  return tokens.flatMap((token, start) => {
    if (!['it', 'test', 'describe'].includes(token) || tokens[start - 1] === '.') return []
    let at = start + 1
    while (tokens[at] === '.') at += 2
    if (tokens[at] === '<') at = endOf(tokens, at)
    if (tokens[at] !== '(') return []
    // In it.each(table)(name, …) what is called last has the name.
    let table: string[] = []
    for (let end = endOf(tokens, at); tokens[end] === '('; end = endOf(tokens, at)) {
      table = tokens.slice(at + 1, end - 1)
      at = end
    }
    const name = tokens[at + 1] ?? ''
    if (!isString(name)) return []
    if (!PLACEHOLDER.test(name)) return [name]
    const words = stringsOf(table, tokens).map((word) => word.slice(1, -1))
    return [name, ...words.map((word) => name.replace(PLACEHOLDER, () => word))]
  })
}

const idsIn = (name: string): string[] =>
  [...name.matchAll(NAMED)].flatMap(([, prefix, first, last = first, row]) => {
    if (prefix === undefined) return [`row ${row}`]
    const length = Math.max(Number(last) - Number(first) + 1, 1)
    return Array.from({ length }, (_, i) => `${prefix}${Number(first) + i}`)
  })

const readHere = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8')
const print = (line: string) => process.stdout.write(`${line}\n`)

const sections: Section[] = []
for (const line of readHere('conformance.md').split('\n')) {
  const title = HEADING.exec(line)?.[1]
  if (title !== undefined) sections.push({ title, rows: new Map() })
  const [, id, number, requirement = ''] = ROW.exec(line) ?? []
  const named = id ?? (number === undefined ? undefined : `row ${number}`)
  if (named !== undefined) sections.at(-1)?.rows.set(named, requirement)
}

const filesNaming = new Map<string, Set<string>>()
for (const file of globSync('**/*.test.{ts,tsx}', { cwd: import.meta.dirname })) {
  for (const id of namesIn(readHere(file)).flatMap(idsIn)) {
    filesNaming.set(id, (filesNaming.get(id) ?? new Set()).add(file))
  }
}

for (const { title, rows } of sections.filter((section) => section.rows.size > 0)) {
  const untested = [...rows].filter(([id]) => !filesNaming.has(id))
  print(`${title}: ${rows.size - untested.length} of ${rows.size}`)
  for (const [id, requirement] of untested) print(`  ${id.padEnd(6)} ${requirement.slice(0, 100)}`)
}

for (const [id, files] of filesNaming) {
  if (sections.some(({ rows }) => rows.has(id))) continue
  print(`No such row: ${id}, named in ${[...files].join(', ')}`)
  process.exitCode = 1
}
