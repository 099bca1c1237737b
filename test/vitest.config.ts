import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import { defineConfig } from 'vitest/config'
import { TEST_VARS } from './support/settings.ts'

const root = new URL('..', import.meta.url).pathname

export default defineConfig({
  root,
  test: {
    projects: [
      {
        // Inside workerd, with the real bindings of wrangler.toml.
        plugins: [
          cloudflareTest({
            wrangler: { configPath: `${root}/wrangler.toml` },
            miniflare: { bindings: { ...TEST_VARS, ABUSE_RUNS: process.env['ABUSE_RUNS'] ?? '' } },
          }),
        ],
        test: {
          name: 'worker',
          root,
          include: [
            'test/{oauth,objects,identity,activation,approval,tokens,push,demo,abuse}/**/*.test.{ts,tsx}',
            'test/faults/inside/*.test.ts',
            'test/*.test.ts',
          ],
        },
      },
      {
        // Outside: the running Worker, a real browser, other people's clients.
        test: {
          name: 'e2e',
          root,
          include: ['test/e2e/**/*.test.ts', 'test/faults/*.test.ts'],
          // One after the other, when the rest is done: some of them measure.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
