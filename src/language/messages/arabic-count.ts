// How Arabic counts. Intl knows its six forms, but only as they stand alone: what follows a
// preposition ends differently (`بعد دقيقتين`, where Intl has `دقيقتان`).
import { once } from '../../once.ts'

type Forms = Readonly<Record<Intl.LDMLPluralRule, (figure: string) => string>>

const figures = once(() => new Intl.NumberFormat('ar'))
const rules = once(() => new Intl.PluralRules('ar'))

// One and two are in the word itself.
const forms = (one: string, two: string, few: string, many: string): Forms => ({
  zero: (figure) => `${figure} ${many}`,
  one: () => one,
  two: () => two,
  few: (figure) => `${figure} ${few}`,
  many: (figure) => `${figure} ${many}`,
  other: (figure) => `${figure} ${many}`,
})

const MINUTES = forms('دقيقة واحدة', 'دقيقتين', 'دقائق', 'دقيقة')
const SECONDS = forms('ثانية واحدة', 'ثانيتين', 'ثوانٍ', 'ثانية')

const countedAs = (count: number, words: Forms): string =>
  words[rules().select(count)](figures().format(count))

export const arabicMinutes = (count: number): string => countedAs(count, MINUTES)

/** As `waitingTime` elsewhere. */
export const arabicWaitingTime = (seconds: number): string =>
  seconds > 90 ? arabicMinutes(Math.ceil(seconds / 60)) : countedAs(seconds, SECONDS)
