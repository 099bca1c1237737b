// What a new isolate runs before its first answer, whatever that is: the files and packages that
// src/index.ts imports statically. The bundler keeps the others in the same file and runs them at `import()`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = new URL('../../src/', import.meta.url).pathname

const STATIC_IMPORT = /^(?:import|export)\s+(?!type\b)(?:[\w*{][^'";]*?\sfrom\s+)?'([^']+)'/gm

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(STATIC_IMPORT)].map(([, name = '']) =>
    name.startsWith('.') ? join(file, '..', name) : name,
  )

/** Every file and package that is loaded with `entry`. */
const loadedWith = (entry: string): ReadonlySet<string> => {
  const loaded = new Set([entry])
  for (const one of loaded)
    if (one.startsWith('/') && /\.tsx?$/.test(one))
      for (const imported of importsOf(one)) loaded.add(imported)
  return loaded
}

const loaded = [...loadedWith(join(root, 'index.ts'))]

describe('a new isolate', () => {
  it('loads no package at its start but those that a poll or a start of a device needs', () => {
    const packages = loaded.filter((name) => !/^\/|^node:|^cloudflare:/.test(name))
    expect(new Set(packages.map((name) => name.split('/')[0]))).toStrictEqual(
      new Set(['hono', 'ipaddr.js', 'jose', 'leven', 'ua-parser-js', 'zod']),
    )
  })

  it('loads pages, approval API, languages, sign-in and push prompts at their first request', () => {
    const folders = /^(?:pages|approval|language|identity|push|review|demo|openapi)\//
    const files = loaded.map((file) => file.replace(root, '')).filter((file) => folders.test(file))
    expect(files.toSorted()).toStrictEqual([
      'demo/worker/client.ts',
      'pages/addresses.ts',
      'pages/kit/fetch-metadata.ts',
      'review/held-socket.ts',
    ])
  })

  it('finds what is imported', () => {
    expect(importsOf(join(root, 'app.ts'))).toContain(join(root, 'oauth/routes.ts'))
    expect(importsOf(join(root, 'app.ts'))).not.toContain(join(root, 'pages/routes.tsx'))
    expect(importsOf(join(root, 'objects/index.ts'))).toContain(
      join(root, 'objects/account/account.ts'),
    )
  })
})
