import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import { defineConfig } from 'vitest/config'
import { TEST_VARS } from './support/settings.ts'

const root = new URL('..', import.meta.url).pathname

const WORKER_TESTS = [
  'test/{sender,text,config,objects,tokens,http,identity,push,language,review,oauth,pages,approval,demo,abuse}/**/*.test.{ts,tsx}',
  'test/faults/inside/*.test.ts',
  'test/*.test.ts',
]

const NEEDS_A_WORLD_OF_ITS_OWN = [
  'test/abuse/{machines,pages}.test.ts',
  'test/pages/{answered-elsewhere-people,enter-code}.test.ts',
  'test/oauth/new-isolate.test.ts',
  'test/pages/unavailable.test.ts',
  'test/objects/keyring/keyring.test.ts',
]

const NEEDS_THE_MACHINE = ['test/e2e/{clients,many-held-polls}.test.ts', 'test/faults/*.test.ts']

// For what never ends. Nothing is judged by it: a busy machine takes many times as long as a quiet one.
const NET_MS = 180_000

const insideWorkerd = () =>
  cloudflareTest({
    wrangler: { configPath: `${root}/wrangler.toml` },
    miniflare: { bindings: { ...TEST_VARS, ABUSE_RUNS: process.env['ABUSE_RUNS'] ?? '' } },
  })

export default defineConfig({
  root,
  test: {
    projects: [
      // Inside workerd, with the real bindings of wrangler.toml. Starting an isolate for each file takes
      // longer than most files, so they share what there is, and each goes by names of its own.
      {
        plugins: [insideWorkerd()],
        test: {
          name: 'worker',
          root,
          include: WORKER_TESTS,
          exclude: NEEDS_A_WORLD_OF_ITS_OWN,
          isolate: false,
          maxWorkers: 2,
          testTimeout: NET_MS,
          hookTimeout: NET_MS,
        },
      },
      // The same, for those that count all that there is, or need keys, codes or limits to be new.
      {
        plugins: [insideWorkerd()],
        test: {
          name: 'worker-alone',
          root,
          include: NEEDS_A_WORLD_OF_ITS_OWN,
          maxWorkers: 2,
          testTimeout: NET_MS,
          hookTimeout: NET_MS,
        },
      },
      // Outside: the running Worker, a real browser, other people's clients. When the rest is done.
      {
        test: {
          name: 'e2e',
          root,
          include: ['test/e2e/**/*.test.ts'],
          exclude: NEEDS_THE_MACHINE,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: NET_MS,
          hookTimeout: NET_MS,
        },
      },
      // The same, for those that measure, or shake the server until it falls.
      {
        test: {
          name: 'e2e-alone',
          root,
          include: NEEDS_THE_MACHINE,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          testTimeout: NET_MS,
          hookTimeout: NET_MS,
        },
      },
    ],
  },
})
