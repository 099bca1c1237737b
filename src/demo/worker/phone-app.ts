// A page that plays the service's own app, with the access of any such app. Its markup is
// assets/demo/app.html; this file adds the base path and the identity provider.
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { APP, AUDIENCE } from './client.ts'
import { pageHeaders } from './page-headers.ts'

interface PhoneAppOptions {
  readonly basePath: string
  /** The issuer of its tokens. */
  readonly provider: string
}

export const phoneApp = ({ basePath, provider }: PhoneAppOptions): Hono => {
  const app = new Hono()
  const settings = {
    'data-base-path': basePath,
    'data-issuer': provider,
    'data-client-id': APP.client_id,
    'data-resource': AUDIENCE,
    'data-scope': `openid profile ${APP.scope}`,
  }
  app.get('/app', async () => {
    // The asset server drops `.html` from addresses.
    const { body } = new HTMLRewriter()
      .on('body', {
        element: (element) => {
          for (const [name, value] of Object.entries(settings)) element.setAttribute(name, value)
        },
      })
      .transform(await env.ASSETS.fetch('https://assets/demo/app'))
    return new Response(body, {
      headers: { ...pageHeaders(provider), 'Content-Type': 'text/html; charset=utf-8' },
    })
  })
  return app
}
