// Everything that must hold of a history of one device authorization, told from its events and
// their answers alone.
import { expect } from 'vitest'
import {
  EARLY_MS,
  GRACE_MS,
  LIFETIME_MS,
  SHOWN_AFTER_MS,
  type Happened,
  type Key,
  type Subject,
  approvalOf,
} from './histories.ts'

type Does<What extends Happened['does']> = Extract<Happened, { does: What }>

/** The end for the device, and the approver. */
type End =
  | { readonly is: 'approved'; readonly by: Subject; readonly atMs: number }
  | { readonly is: 'denied'; readonly by: Subject | undefined }

/** Follows one history, event by event. */
export class Judge {
  readonly #expiresAtMs: number
  readonly #boundTo: Key
  readonly #openedFrom = new Map<Subject, string | undefined>()
  #end: End | undefined
  #redeemed: { readonly atMs: number; readonly key: Key } | undefined
  #lastPollAtMs: number | undefined

  constructor(expiresAtMs: number, boundTo: Key) {
    this.#expiresAtMs = expiresAtMs
    this.#boundTo = boundTo
  }

  judge(events: readonly Happened[]): void {
    for (const happened of events) this.#judgeOne(happened)
  }

  #judgeOne(happened: Happened): void {
    switch (happened.does) {
      case 'poll':
      case 'redeem':
        return this.#judgePoll(happened)
      case 'open':
        return this.#judgeOpening(happened)
      case 'withdraw':
        return this.#judgeWithdrawal(happened)
      case 'approve':
      case 'decline':
      case 'report':
        return this.#judgeDecision(happened)
    }
  }

  #isOpenAt(atMs: number): boolean {
    return this.#end === undefined && atMs < this.#expiresAtMs
  }

  #judgeDecision({
    does,
    subject,
    atMs,
    answer,
    didChange,
  }: Does<'approve' | 'decline' | 'report'>) {
    const is = does === 'approve' ? 'approved' : 'denied'
    const isSecondTap = this.#end?.is === is && this.#end.by === subject
    const counts = this.#isOpenAt(atMs)
    expect(answer.outcome, 'the first decision in time wins').toBe(
      counts || isSecondTap ? 'decided' : 'not_valid',
    )
    expect(didChange, 'and no other changes anything').toBe(counts)
    if (counts) this.#end = { is, by: subject, atMs }
  }

  #judgeOpening({ subject, country, atMs, answer, didChange }: Does<'open'>) {
    if (!this.#isOpenAt(atMs)) {
      const decided = this.#end?.by === subject ? this.#end.is : 'not_valid'
      expect(answer.outcome, 'who decided sees what, and nobody else').toBe(decided)
      expect(didChange, 'and that is all').toBe(false)
      return
    }
    const isNew = !this.#openedFrom.has(subject)
    if (isNew) this.#openedFrom.set(subject, country)
    const countries = [...this.#openedFrom.values()].filter((one) => one !== undefined)
    const isPassedAround = this.#openedFrom.size === 3 || new Set(countries).size === 2
    if (isPassedAround) this.#end = { is: 'denied', by: undefined }
    expect(answer.outcome, 'a code that goes around is shown to nobody any more').toBe(
      isPassedAround ? 'opened_by_many' : 'reviewable',
    )
    expect(didChange, 'each person is counted once').toBe(isNew)
  }

  #judgeWithdrawal({ subject, answer, didChange }: Does<'withdraw'>) {
    if (this.#end?.is !== 'approved' || this.#end.by !== subject) {
      expect(answer, 'nobody else takes it back').toEqual({ outcome: 'not_valid' })
      expect(didChange).toBe(false)
      return
    }
    const { grantId } = approvalOf(subject, this.#end.atMs)
    expect(answer).toMatchObject({ outcome: 'withdrawn', grantId })
    expect(didChange, 'what was redeemed ends elsewhere').toBe(this.#redeemed === undefined)
    if (this.#redeemed === undefined) this.#end = { is: 'denied', by: subject }
  }

  #judgePoll(happened: Does<'poll' | 'redeem'>) {
    const { does, sender, key, heldMs, atMs, answer, didChange } = happened
    const isBoundToAnother = this.#boundTo !== undefined && key !== this.#boundTo
    if (sender !== 'owner' || isBoundToAnother) {
      const isOwnCode = sender === 'owner' || sender === 'wrong verifier'
      const lacksProof = isOwnCode && this.#boundTo !== undefined && key === undefined
      expect(answer, 'a foreign poller learns nothing').toEqual({
        outcome: 'invalid',
        ...(lacksProof && { missing: 'dpop_proof' }),
      })
      expect(didChange, 'and changes nothing').toBe(false)
      return
    }
    const isGiven = answer.outcome === (does === 'redeem' ? 'redeemed' : 'redeemable')
    const isFirst = does === 'redeem' && isGiven && this.#redeemed === undefined
    expect(didChange, 'nothing but the first redemption changes anything').toBe(isFirst)
    if (this.#end === undefined) return this.#judgePending(happened)
    if (this.#end.is === 'denied') {
      expect(answer, 'denied stays denied').toEqual({ outcome: 'denied' })
      return
    }
    if (this.#redeemed === undefined) {
      const isCollectable = atMs < this.#expiresAtMs + GRACE_MS
      expect(isGiven, 'an approval is collectable until the grace is over').toBe(isCollectable)
      if (!isGiven) expect(answer.outcome).toBe('expired')
      if (isFirst) this.#redeemed = { atMs, key }
    } else {
      const isRepeat =
        atMs - heldMs > this.#redeemed.atMs &&
        atMs <= this.#redeemed.atMs + 60_000 &&
        key === this.#redeemed.key
      expect(isGiven, 'one redemption, and repeats that came after it, by its key').toBe(isRepeat)
      if (!isGiven) expect(answer.outcome).toBe('invalid')
    }
    if (does === 'redeem' && isGiven) {
      const { by, atMs: decidedAtMs } = this.#end
      const approval = approvalOf(by, decidedAtMs)
      expect(answer.approval, 'the grant is that of the first approval').toEqual(approval)
      expect(answer.redeemedAtMs, 'and its first redemption').toBe(this.#redeemed?.atMs)
    }
  }

  #judgePending({ does, atMs, answer }: Does<'poll' | 'redeem'>) {
    const isLate = atMs >= this.#expiresAtMs
    const isEarly = this.#lastPollAtMs !== undefined && atMs - this.#lastPollAtMs < EARLY_MS
    const pending = does === 'poll' && isEarly ? 'slow_down' : 'pending'
    expect(answer.outcome).toBe(isLate ? 'expired' : pending)
    const isShown = atMs - (this.#expiresAtMs - LIFETIME_MS) >= SHOWN_AFTER_MS
    if (does === 'poll' && isShown && answer.outcome === 'pending') this.#lastPollAtMs = atMs
  }
}
