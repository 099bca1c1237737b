import { describe, expect, it } from 'vitest'
import { preferredWaitSeconds } from '../../src/oauth/prefer.ts'

describe('the wait preference (LP-2, RFC 7240)', () => {
  it.each([
    ['wait=5', 5],
    ['wait=0', 0],
    ['wait=25', 25],
    ['wait=86400', 86_400],
    ['WAIT=5', 5],
    ['Wait=5', 5],
    ['wait="5"', 5],
    ['wait = 5', 5],
    [' wait=5 ', 5],
    ['wait=007', 7],
    ['wait=5; foo=bar', 5],
    ['wait=5;wait=6', 5],
    ['respond-async, wait=10', 10],
    ['wait=10, respond-async', 10],
    ['handling=lenient; x="y", wait=3', 3],
    ['foo="a, b", wait=3', 3],
    ['foo="\\"", wait=3', 3],
    [',, wait=3', 3],
  ])('is read from `%s`: %i', (header, seconds) => {
    expect(preferredWaitSeconds(header)).toBe(seconds)
  })

  it.each([
    ['wait=5, wait=60', 5],
    ['wait=60, wait=5', 60],
    ['wait=abc, wait=5', undefined],
  ])('is the first of several: `%s`', (header, seconds) => {
    expect(preferredWaitSeconds(header)).toBe(seconds)
  })

  it.each([
    null,
    '',
    ',',
    ';',
    '=',
    'foo',
    'wait',
    'wait=',
    'wait=""',
    'wait=abc',
    'wait=-1',
    'wait=+1',
    'wait=1.5',
    'wait=1e3',
    'wait=0x10',
    'wait=5s',
    'wait=5 6',
    'wait=5=6',
    'wait="5',
    'wait=Infinity',
    'wait=1234567890',
    'wait=٥',
    'waiting=5',
    'x-wait=5',
    'respond-async; wait=5',
    'foo="wait=5"',
    'foo="a, wait=5"',
    'foo="a\\", wait=5"',
  ])('is ignored if it is malformed or missing: `%s`', (header) => {
    expect(preferredWaitSeconds(header)).toBeUndefined()
  })
})
