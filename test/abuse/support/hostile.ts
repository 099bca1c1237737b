// Hostile input: texts, JSON and bytes that are wrong in ways that have broken other servers.
import * as fc from 'fast-check'
import { marked } from './harmless.ts'

const LINES = '\r\nX-Evil: 1\r\n\r\n<html>'

/** Texts with a meaning somewhere: HTML, headers, JavaScript, paths, addresses. */
const ODD_TEXTS = [
  '',
  ' ',
  ...['<', '>', '"', "'", '&', '\0', '\r\n', '\u202e', '\u2066', '\u2028', '\ud800', '\u200b']
    .concat('\u0085', '\x7f', '\ufeff', '\u{e0001}')
    .map(marked),
  marked('"><img src=x onerror=alert(1)>'),
  marked(`' onfocus=alert(1) autofocus '`),
  marked('</title></textarea></script><script>alert(1)</script>'),
  marked('<!--'),
  `a${LINES}`,
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '{"__proto__":{"isAdmin":true}}',
  '../../../../etc/passwd',
  'javascript:alert(1)',
  '//evil.test/',
  '\\\\evil.test\\',
  'https://evil.test/',
  'https://[::1]/',
  'http://169.254.169.254/latest/meta-data',
  'https://user:password@evil.test/x',
  'tv',
  'basic',
  'registered-AAAAAAAAAAAAAAAAAAAAAA',
  'openid profile email offline_access library:read library:write',
  '-1',
  '0',
  '1e999',
  'NaN',
  'null',
  'true',
  'e30.e30.e30',
  'eyJhbGciOiJub25lIn0.e30.',
  'BCDF-BCDF',
  'ＢＣＤＦ－ＢＣＤＦ',
  'ﷺ'.repeat(60),
  'Z̸̧̛'.repeat(40),
  '👩‍👩‍👧‍👦'.repeat(20),
]

const ACTIVE = fc.constantFrom(...'<>"\'&=%;,:\\/\r\n\0\t ()[]{}mk\u202e\ud800é')

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 2, arbitrary: fc.string({ unit: ACTIVE, maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('a', ' ', '"', ',', '=', '-', '[', '{"a":', 'é', '😀', 'a.', '%41', '("'),
        fc.constantFrom(65, 300, 3000, 15_000),
      )
      .map(([unit, times]) => unit.repeat(times)),
  },
)

const nested = (depth: number, open: string, close: string): string =>
  open.repeat(depth) + close.repeat(depth)

/** JSON as text: of any shape, deep, double, and with names that are dangerous. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'null',
      'true',
      '0',
      '-1',
      '1e400',
      '""',
      '[]',
      '{}',
      '[null]',
      '{"toString":1}',
      '{"toString":1,"valueOf":1}',
      '{"length":1e9}',
      '{"__proto__":{"a":1}}',
      '{"constructor":{"prototype":{"a":1}}}',
      '"\\ud800"',
      '"\\u0000"',
      '["tv"]',
      '["ES256","none"]',
      '99999999999999999999',
      nested(40, '[', ']'),
      nested(3000, '[', ']'),
      nested(1000, '{"a":[', ']}'),
    ),
  },
  { weight: 3, arbitrary: hostileText.map((text) => JSON.stringify(text)) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 4 }) },
)

/** Members of an object, as text, the last of them not always last in what is read. */
export const jsonObject = (members: readonly (readonly [string, string])[]): string =>
  `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`

/** A header value as far as a client can send it: no line ends, no NUL. */
export const asHeader = (text: string): string => text.replaceAll(/[^\t\x20-\x7e]/gu, '?').trim()

/** As long as it takes, in a long run. */
export const CAMPAIGN_MS = 30 * 60_000

/** Number of tries: more in long runs, with new input each time. */
export const runs = (usual: number): fc.Parameters<unknown> => {
  const wanted = Number(process.env['ABUSE_RUNS'] ?? 0)
  return wanted > 0
    ? { numRuns: wanted, endOnFailure: true }
    : { numRuns: usual, seed: 8628, endOnFailure: true }
}
