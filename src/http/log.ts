// The one place that writes to the log. Names, addresses and error messages in it may hold text of
// strangers, so every text is cut: a request cannot fill the log.
import { cutText } from '../text/cut-text.ts'

const MAX_TEXT_LENGTH = 200

/** The members of one log line; each text of a list becomes a line of its own. */
export type LogLine = Readonly<Record<string, string | readonly string[] | number | undefined>>

/** Logs what happened. */
export const logInfo = (line: LogLine): void => console.info(withCutTexts(line))

/** Logs what an operator should look at. */
export const logWarning = (line: LogLine): void => console.warn(withCutTexts(line))

/** Logs a failure. */
export const logError = (line: LogLine): void => console.error(withCutTexts(line))

const withCutTexts = (line: LogLine): Record<string, string | number | undefined> =>
  Object.fromEntries(Object.entries(line).map(([name, value]) => [name, withCutText(value)]))

const withCutText = (value: LogLine[string]): string | number | undefined => {
  if (value === undefined || typeof value === 'number') return value
  return [value]
    .flat()
    .map((text) => cutText(text, MAX_TEXT_LENGTH))
    .join('\n')
}
