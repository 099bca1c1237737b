// The demo television's script runs in the engines of old televisions, so its syntax is ES5. Its methods
// are those of src/assets/tsconfig.tv.json.
import { readFileSync } from 'node:fs'
import type { ParserOptions } from 'prettier'
import { parsers } from 'prettier/plugins/acorn'
import { expect, it } from 'vitest'

const SCRIPT = readFileSync(new URL('../../src/assets/demo/tv.js', import.meta.url), 'utf8')

const ES5_NODES = new Set(
  [
    ['', 'CatchClause Identifier Literal Program Property SwitchCase VariableDeclarator'],
    ['Declaration', 'Function Variable'],
    ['Expression', 'Array Assignment Binary Call Conditional Function Logical Member'],
    ['Expression', 'New Object Sequence This Unary Update'],
    ['Statement', 'Block Break Continue Debugger DoWhile Empty Expression For ForIn If'],
    ['Statement', 'Labeled Return Switch Throw Try While'],
  ].flatMap(([suffix, names = '']) => names.split(' ').map((name) => `${name}${suffix}`)),
)

/** Newer forms of nodes that ES5 has. */
const NEWER_FORMS = [
  ['kind', 'let'],
  ['kind', 'const'],
  ['operator', '**'],
  ['operator', '**='],
  ['operator', '??'],
  ['shorthand', true],
  ['method', true],
  ['async', true],
  ['generator', true],
  ['param', null],
] as const

/** The newer syntax in a tree of ESTree nodes. */
const newerSyntax = (tree: unknown): string[] => {
  if (typeof tree !== 'object' || tree === null) return []
  const node: Record<string, unknown> = { ...tree }
  const inside = Object.values(node).flatMap(newerSyntax)
  if (typeof node['type'] !== 'string') return inside
  const { type } = node
  const forms = NEWER_FORMS.filter(([member, value]) => node[member] === value)
  return [
    ...(ES5_NODES.has(type) ? [] : [type]),
    ...(type === 'Property' && node['computed'] === true ? ['computed'] : []),
    ...forms.map(([member, value]) => `${type} ${member} ${value}`),
    ...inside,
  ]
}

const newerSyntaxOf = async (script: string): Promise<string[]> => {
  // The parser itself reads no options; prettier's other parsers do.
  const { body } = await parsers.acorn.parse(script, {} as ParserOptions)
  return newerSyntax(body)
}

it('the demo television’s script has no syntax newer than ES5', async () => {
  expect(await newerSyntaxOf(SCRIPT)).toStrictEqual([])
})

it.each([
  'let a = 1',
  'const a = 1',
  'a = () => 1',
  'a = `b`',
  'a = { b }',
  'a = { [b]: 1 }',
  'a = { b() {} }',
  'var { a } = b',
  'var [a] = b',
  'a(...b)',
  'function a(b = 1) {}',
  'class A {}',
  'for (var a of b) c()',
  'async function a() {}',
  'function* a() {}',
  'a = b ** 2',
  'a = b ?? c',
  'a = b?.c',
  'try { a() } catch { b() }',
])('newer syntax is found: %s', async (script) => {
  expect(await newerSyntaxOf(script)).not.toStrictEqual([])
})
