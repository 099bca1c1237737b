// The judge of histories: what it lets pass, and what it does not.
import { describe, expect, it } from 'vitest'
import type { Answer, Asked, Happened, Tokens } from './history.ts'
import { type Promised, judge } from './judge.ts'

const NEVER = Number.MAX_SAFE_INTEGER

/** A request at a time, answered 10 ms later; or lost, and possible for so long. */
const heard = (atMs: number, asked: Asked, answer: Answer): Happened => ({
  asked,
  sentAtMs: atMs,
  settledAtMs: atMs + 10,
  answer,
  lost: undefined,
  openUntilMs: NEVER,
})
const lost = (atMs: number, asked: Asked, openMs: number, answer?: Answer): Happened => ({
  asked,
  sentAtMs: atMs,
  settledAtMs: atMs + 10,
  answer,
  lost: 'cut',
  openUntilMs: atMs + openMs,
})

const POLL = { does: 'poll' } as const
const ALLOW = { does: 'allow' } as const
const DECLINE = { does: 'decline' } as const
const refreshWith = (token: string) => ({ does: 'refresh', token }) as const
const tokens = (refreshToken: string, more: Partial<Tokens> = {}): Answer => ({
  is: 'tokens',
  accessToken: `for ${refreshToken}`,
  tokenId: `of ${refreshToken}`,
  refreshToken,
  grant: 'a grant',
  ...more,
})
const is = (
  what:
    | 'pending'
    | 'denied'
    | 'invalid'
    | 'connected'
    | 'declined'
    | 'revoked'
    | 'inactive'
    | 'unauthorized'
    | 'expired',
): Answer => ({ is: what })

const started = heard(0, { does: 'start' }, { is: 'started', deviceCode: 'd', userCode: 'u' })
const allowed = [started, heard(100, ALLOW, is('connected'))]
const signedIn = [...allowed, heard(1000, POLL, tokens('r1'))]
const refreshed = [...signedIn, heard(2000, refreshWith('r1'), tokens('r2'))]
const goneOn = [...refreshed, heard(3000, refreshWith('r2'), tokens('r3'))]

const verdictOn = (events: readonly Happened[]): Promised | undefined =>
  judge({ name: 'a history', userCode: 'u', lifetimeMs: 60_000, events }).violation?.promise

describe('the judge accepts', () => {
  it.each<[string, Happened[]]>([
    ['a sign-in', goneOn],
    ['a denial', [started, heard(100, DECLINE, is('declined')), heard(1000, POLL, is('denied'))]],
    [
      'an approval that was lost and counts',
      [started, lost(100, ALLOW, 500), heard(1000, POLL, tokens('r1'))],
    ],
    [
      'an approval that was lost and does not',
      [started, lost(100, ALLOW, 500), heard(1000, POLL, is('pending'))],
    ],
    [
      'a redemption that was lost, repeated',
      [...allowed, lost(500, POLL, 200), heard(2000, POLL, tokens('r1'))],
    ],
    ['a redemption repeated at once', [...signedIn, heard(1500, POLL, tokens('r1'))]],
    ['a redemption repeated later', [...signedIn, heard(60_500, POLL, tokens('r1'))]],
    [
      'the answer to a refresh, had again an hour later',
      [...refreshed, heard(3_600_000, refreshWith('r1'), tokens('r2'))],
    ],
    [
      'a successor that was lost, had later and gone on with',
      [
        ...signedIn,
        lost(2000, refreshWith('r1'), 200),
        heard(3000, refreshWith('r1'), tokens('r2')),
        heard(4000, refreshWith('r2'), tokens('r3')),
      ],
    ],
    [
      'an old token that leads where it led, within the minute',
      [
        ...goneOn,
        heard(4000, refreshWith('r1'), tokens('r2')),
        heard(5000, refreshWith('r3'), tokens('r4')),
      ],
    ],
    [
      'a replay that ends the grant',
      [
        ...goneOn,
        heard(64_000, refreshWith('r1'), is('invalid')),
        heard(65_000, refreshWith('r3'), is('invalid')),
      ],
    ],
    [
      'an old token in the moment that its minute is over',
      [...goneOn, heard(63_003, refreshWith('r1'), is('invalid'))],
    ],
    ['an expired code', [started, heard(61_500, POLL, is('expired'))]],
  ])('%s', (_, events) => {
    expect(verdictOn(events)).toBeUndefined()
  })
})

describe('the judge rejects', () => {
  it.each<[string, Promised, Happened[]]>([
    [
      'a 500',
      'every answer is one of ours, and none is a 500',
      [started, heard(100, POLL, { is: 'wrong', text: '500' })],
    ],
    [
      'an approval forgotten',
      'an answered approval is not forgotten',
      [...allowed, heard(1000, POLL, is('pending'))],
    ],
    [
      'an approval turned into a denial',
      'an answered approval is not forgotten',
      [...allowed, heard(1000, POLL, is('denied'))],
    ],
    [
      'an approval lost with its code',
      'an answered approval is not forgotten',
      [...allowed, heard(1000, POLL, is('invalid'))],
    ],
    [
      'an approval that only the wire saw, forgotten',
      'an answered approval is not forgotten',
      [started, lost(100, ALLOW, 500, is('connected')), heard(1000, POLL, is('pending'))],
    ],
    [
      'a denial turned into tokens',
      'an answered denial never turns into a token',
      [started, heard(100, DECLINE, is('declined')), heard(1000, POLL, tokens('r1'))],
    ],
    [
      'a denial undone',
      'an answered decision stays what it was',
      [started, heard(100, DECLINE, is('declined')), heard(200, ALLOW, is('connected'))],
    ],
    [
      'tokens without an approval',
      'every answer fits into one history',
      [started, heard(1000, POLL, tokens('r1'))],
    ],
    [
      'tokens for an expired code',
      'an expired code yields no token',
      [...allowed, heard(92_000, POLL, tokens('r1'))],
    ],
    [
      'two grants',
      'no code yields two grants',
      [...signedIn, heard(1500, POLL, tokens('r1', { grant: 'another' }))],
    ],
    [
      'two refresh tokens for a code',
      'no code yields two tokens',
      [...signedIn, heard(1500, POLL, tokens('s1'))],
    ],
    [
      'two access tokens for a code',
      'no code yields two tokens',
      [...signedIn, heard(1500, POLL, tokens('r1', { tokenId: 'another' }))],
    ],
    [
      'a redemption that cannot be repeated',
      'an answered approval is not forgotten',
      [...allowed, lost(500, POLL, 200), heard(2000, POLL, is('invalid'))],
    ],
    [
      'a redemption repeated after its tokens were used',
      'a redemption repeated in time is the same grant',
      [...refreshed, heard(3000, POLL, tokens('r1'))],
    ],
    [
      'a redemption repeated after more than a minute',
      'a redemption repeated in time is the same grant',
      [...signedIn, heard(62_000, POLL, tokens('r1'))],
    ],
    [
      'a token that does not work',
      'the token of every answered refresh works',
      [...refreshed, heard(3000, refreshWith('r2'), is('invalid'))],
    ],
    [
      'a token that leads to two others',
      'the token of every answered refresh works',
      [...refreshed, heard(3000, refreshWith('r1'), tokens('s2'))],
    ],
    [
      'an old token that leads to another, within the minute',
      'a refresh token leads to one other, and to none once that is long in use',
      [...goneOn, heard(4000, refreshWith('r1'), tokens('s2'))],
    ],
    [
      'an old token that leads to the newest, within the minute',
      'a refresh token leads to one other, and to none once that is long in use',
      [...goneOn, heard(4000, refreshWith('r1'), tokens('r3'))],
    ],
    [
      'an old token that is refused within the minute',
      'a refresh token leads to one other, and to none once that is long in use',
      [...goneOn, heard(4000, refreshWith('r1'), is('invalid'))],
    ],
    [
      'an old token that works when the minute is over',
      'a refresh token leads to one other, and to none once that is long in use',
      [...goneOn, heard(64_000, refreshWith('r1'), tokens('r2'))],
    ],
    [
      'a grant that a replay did not end',
      'the token of every answered refresh works',
      [
        ...goneOn,
        heard(64_000, refreshWith('r1'), is('invalid')),
        heard(65_000, refreshWith('r3'), tokens('r4')),
      ],
    ],
    [
      'a revoked device that refreshes',
      'a revoked device stays outside',
      [
        ...signedIn,
        heard(2000, { does: 'revoke', token: 'r1' }, is('revoked')),
        heard(3000, refreshWith('r1'), tokens('r2')),
      ],
    ],
    [
      'a removed device that refreshes',
      'a revoked device stays outside',
      [
        ...signedIn,
        heard(2000, { does: 'remove' }, { is: 'devices' }),
        heard(3000, refreshWith('r1'), tokens('r2')),
      ],
    ],
    [
      'a person signed out by the server',
      'every answer fits into one history',
      [started, heard(100, { does: 'look' }, { is: 'signed out' })],
    ],
  ])('%s', (_, promise, events) => {
    expect(verdictOn(events)).toBe(promise)
  })
})
