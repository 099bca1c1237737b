// Times that go on while a page is open. clock.js shows one text after the other, a minute each; without
// a script the page names the time of day instead, which stays true.
import type { FC } from 'hono/jsx'
import { MINUTE } from '../../durations.ts'
import type { PageContext } from './layout.tsx'

interface ClockProps {
  /** The text of each minute from now on; the last one stays. */
  readonly texts: readonly string[]
  /** The time until the second text. */
  readonly nextMs: number
  /** The time of day in words; undefined where the person's time zone is unknown. */
  readonly still: string | undefined
}

export const Clock: FC<ClockProps> = ({ texts, nextMs, still }) => (
  <>
    <span
      class={still === undefined ? undefined : 'moves'}
      data-texts={JSON.stringify(texts)}
      data-next={nextMs}
    >
      {texts[0]}
    </span>
    {still === undefined ? null : (
      <noscript>
        <span>{still}</span>
      </noscript>
    )}
  </>
)

/** The texts of a time that runs out, and the time until the second one. */
export const countdownOf = (
  leftMs: number,
  text: (minutes: number) => string,
): Pick<ClockProps, 'texts' | 'nextMs'> => {
  const minutes = Math.max(0, Math.floor(leftMs / MINUTE))
  return {
    texts: Array.from({ length: minutes + 1 }, (_, passed) => text(minutes - passed)),
    nextMs: Math.max(0, leftMs) % MINUTE,
  }
}

/** The texts of a time that has passed, for the next `minutes`. */
export const agoOf = (
  elapsedMs: number,
  minutes: number,
  text: (elapsedMs: number) => string,
): Pick<ClockProps, 'texts' | 'nextMs'> => ({
  texts: Array.from({ length: minutes + 1 }, (_, passed) => text(elapsedMs + passed * MINUTE)),
  nextMs: MINUTE - (Math.max(0, elapsedMs) % MINUTE),
})

export const ClockScript: FC<{ readonly page: PageContext }> = ({ page }) => (
  <script src={`${page.basePath}/device/clock.js`} defer />
)
