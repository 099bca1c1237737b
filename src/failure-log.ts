// What the log says of a failure. Error messages of ours hold no code, token, secret or address.

/** Logs what nobody expected, and returns the request id that finds it again. */
export const logFailure = (error: unknown): string => {
  const requestId = crypto.randomUUID()
  console.error({ requestId, error: describe(error) })
  return requestId
}

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const text = error.stack ?? String(error)
  return error.cause === undefined ? text : `${text}\ncaused by ${describe(error.cause)}`
}
