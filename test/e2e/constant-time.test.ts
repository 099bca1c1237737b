// No secret is compared by a comparison that stops at the first difference: not by measuring, which
// proves nothing on a busy machine, but by how the source is made.
import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const root = new URL('../../src/', import.meta.url).pathname
const source = globSync('**/*.{ts,tsx}', { cwd: root }).map((file) => ({
  file,
  text: readFileSync(root + file, 'utf8'),
}))

const COMPARISON = /([\w.?]+|[)\]])\s*[!=]==?\s*([\w.?]+(?:\([^)]*\)[\w.?]*)*|'[^']*')/g
const IS_KNOWN_TO_ALL = /^(?:undefined|null|true|false|\d+|'.*')$/
// Not `secretHash`: a digest of random bits may be compared anyhow. What its time tells of one leads
// to no secret that has it.
const IS_SECRET = /(?:secret|password|csrf|mac|nonce|verifier|cookie|token)$/i

const isRisky = (left: string, right: string): boolean =>
  ![left, right].some((side) => IS_KNOWN_TO_ALL.test(side)) &&
  [left, right].some((side) => IS_SECRET.test(side))

it('CA-9 secrets are compared as digests or in constant time', () => {
  expect(source.length).toBeGreaterThan(80)
  const found = source.flatMap(({ file, text }) =>
    [...text.matchAll(COMPARISON)]
      .filter(([, left = '', right = '']) => isRisky(left, right))
      .map(([comparison]) => `${file}: ${comparison}`),
  )
  expect(found).toStrictEqual([])
})

it('the constant-time comparison is the platform’s own', () => {
  const own = source.filter(({ text }) => /timingSafeEqual/.test(text)).map(({ file }) => file)
  expect(own.toSorted()).toStrictEqual(['crypto.ts', 'objects/login/password.ts'])
  const usersOf = (call: string) =>
    source
      .filter(({ text }) => new RegExp(`(?<!const )\\b${call}\\(`).test(text))
      .map(({ file }) => file)
      .toSorted()
  expect(usersOf('isEqualInConstantTime')).toStrictEqual([
    'oauth/clients/authentication.ts',
    'oauth/register.ts',
    'pages/routes.tsx',
  ])
  expect(usersOf('unseal')).toStrictEqual([
    'codes.ts',
    'http/dpop-nonce.ts',
    'identity/challenge.ts',
    'identity/session.ts',
    'pages/result.tsx',
    'pages/sign-in/attempts.ts',
    'review/shown-request.ts',
    'tokens/client-id.ts',
    'tokens/refresh-token.ts',
  ])
})
