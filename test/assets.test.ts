// The static files, which are published as they stand in src/assets.
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'

const statusOf = async (file: string): Promise<number> =>
  (await env.ASSETS.fetch(`https://assets/${file}`)).status

it.each(['demo/tv.js', 'pages/push-worker.js', 'pages/style.css'])(
  'a file for browsers is published: %s',
  async (file) => {
    expect(await statusOf(file)).toBe(200)
  },
)

it.each([
  'tsconfig.json',
  'tsconfig.tv.json',
  'tsconfig.worker.json',
  'demo/answer.d.ts',
  'pages/service-worker.d.ts',
])('a file for the type checker is not published: %s', async (file) => {
  expect(await statusOf(file)).toBe(404)
})
