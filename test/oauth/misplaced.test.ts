// Endpoint paths of other servers: a client that posts there is told the path here.
import { expect, it } from 'vitest'
import { ISSUER } from '../support/settings.ts'
import { formRequest, url, worker } from '../support/worker.ts'

it.each([
  ['/device_authorization/', '/device_authorization'],
  ['/device/code', '/device_authorization'],
  ['/oauth/device/code', '/device_authorization'],
  ['/oauth2/device/code', '/device_authorization'],
  ['/oauth/device_authorization', '/device_authorization'],
  ['/token/', '/token'],
  ['/oauth/token', '/token'],
  ['/oauth2/token', '/token'],
  ['/oauth2/revoke', '/revoke'],
  ['/oauth2/introspect', '/introspect'],
])('a POST to %s is answered with the address of %s', async (wrong, right) => {
  const response = await worker(formRequest(wrong, { client_id: 'tv' }))
  expect(response.status).toBe(404)
  expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
  expect(response.headers.get('Cache-Control')).toBe('no-store')
  expect(await response.json()).toStrictEqual({
    error: 'not_found',
    error_description: `The endpoint is ${ISSUER}${right}`,
  })
})

it('a browser at /device/code gets a page', async () => {
  const response = await worker(new Request(url('/device/code')))
  expect(response.status).toBe(404)
  expect(response.headers.get('Content-Type')).toMatch(/^text\/html/)
})
