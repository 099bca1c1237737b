// What the log says of a failure. Error messages of ours hold no code, token, secret or address.
import { logError } from './log.ts'

const MAX_FRAMES = 10
const MAX_CAUSES = 3

/** Logs an unexpected failure, and returns the request id that finds it again. */
export const logFailure = (error: unknown): string => {
  const requestId = crypto.randomUUID()
  logError({ requestId, error: describe(error, MAX_CAUSES) })
  return requestId
}

const describe = (error: unknown, causesLeft: number): string[] => {
  if (!(error instanceof Error)) return [String(error)]
  const { cause } = error
  const lines = [`${error.name}: ${error.message}`, ...framesOf(error)]
  if (cause === undefined || causesLeft === 0) return lines
  const [first = '', ...rest] = describe(cause, causesLeft - 1)
  return [...lines, `caused by ${first}`, ...rest]
}

// The stack begins with the message, which may have any number of lines.
const framesOf = ({ message, stack = '' }: Error): string[] =>
  stack
    .slice(Math.max(0, stack.indexOf(message)) + message.length)
    .split('\n', MAX_FRAMES + 1)
    .filter((line) => line.trimStart().startsWith('at '))
