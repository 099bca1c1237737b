// A rate limit of the edge that is used up. To ask it so often would do, but its minute may turn.
import { vi } from 'vitest'

/** Refuses every request under this key, until mocks are restored. */
export const useUp = (limit: RateLimit, key: string): void => {
  vi.spyOn(limit, 'limit').mockImplementation((asked) =>
    Promise.resolve({ success: asked.key !== key }),
  )
}
