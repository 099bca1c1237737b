// The clock of the tests in a file: held, so that it can be moved. Timers go on.
import { afterEach, beforeEach, vi } from 'vitest'

/** From here on each test begins at the true time. */
export const holdClock = (): void => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())
}

export const pass = (ms: number) => vi.setSystemTime(Date.now() + ms)

export const passSeconds = (seconds: number) => pass(seconds * 1000)
