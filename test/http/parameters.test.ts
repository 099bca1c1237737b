// Reading of request forms (RFC 6749 appendix B): conformance HH-2 to HH-8.
import { describe, expect, it } from 'vitest'
import { KNOWN_PARAMETERS } from '../../src/http/protocol.ts'
import { type Answer, answerOf, startDevice } from '../support/device.ts'
import { ISSUER } from '../support/settings.ts'
import { formRequest, freshAddress, url, worker } from '../support/worker.ts'

const FORM = 'application/x-www-form-urlencoded'
// Each with a request that is well written: what is refused below is refused for how it is written.
const ENDPOINTS = [
  ['/device_authorization', 'client_id=tv', 200, undefined],
  [
    '/token',
    'client_id=tv&device_code=x&grant_type=urn:ietf:params:oauth:grant-type:device_code',
    400,
    'invalid_grant',
  ],
  ['/token', 'client_id=tv&refresh_token=x&grant_type=refresh_token', 400, 'invalid_grant'],
  ['/revoke', 'client_id=tv&token=x', 200, undefined],
  ['/introspect', 'client_id=tv&token=x', 401, 'invalid_client'],
] as const

const send = async (
  path: string,
  body: BodyInit,
  contentType: string | null = FORM,
): Promise<Answer> => {
  const request = new Request(url(path), {
    method: 'POST',
    body,
    headers: { 'CF-Connecting-IP': freshAddress() },
  })
  if (contentType === null) request.headers.delete('Content-Type')
  else request.headers.set('Content-Type', contentType)
  return answerOf(await worker(request))
}

const refuses = ({ status, body }: Answer, expected = 400) =>
  expect([status, body.error]).toStrictEqual([expected, 'invalid_request'])

describe.each(ENDPOINTS)('%s with %s', (path, good, status, error) => {
  it('reads a well-formed form', async () => {
    const answer = await send(path, good)
    expect([answer.status, answer.body.error]).toStrictEqual([status, error])
  })

  it.each([
    ['JSON', '{"client_id":"tv"}', 'application/json'],
    ['multipart', new FormData(), 'multipart/form-data; boundary=x'],
    ['plain text', good, 'text/plain'],
    ['an empty content type', good, ''],
    ['a longer type', good, `${FORM}x`],
    ['HH-3 Latin-1 that is not ASCII', `${good}&x=\u00e9`, `${FORM}; charset=iso-8859-1`],
    ['HH-3 ASCII that is not', `${good}&x=\u00e9`, `${FORM}; charset=us-ascii`],
    ['HH-3 UTF-16 in quotes', good, `${FORM}; charset="utf-16"`],
  ])('HH-2 refuses %s', async (_name, body, contentType) => {
    refuses(await send(path, body, contentType))
  })

  it('HH-2 refuses a body without a content type', async () => {
    refuses(await send(path, new TextEncoder().encode(good), null))
  })

  it.each([
    ['a bad percent escape', `${good}&scope=%zz`],
    ['half a percent escape', `${good}&scope=a%4`],
    ['a lonely percent sign', `${good}&scope=100%`],
    ['escaped bytes that are not UTF-8', `${good}&scope=%ff`],
    ['an escaped surrogate', `${good}&scope=%ed%a0%80`],
    ['an overlong escape', `${good}&scope=%c0%af`],
    ['NUL', `${good}&scope=a%00b`],
    ['NUL as it is', `${good}&scope=a\0b`],
    ['bytes that are not UTF-8', new Uint8Array([...Buffer.from(`${good}&scope=`), 0xff])],
    ['a bad escape in a name', `${good}&%zz=1`],
    ['a bad escape in what it does not know', `${good}&nosuch=%zz`],
  ])('HH-4 refuses %s', async (_name, body) => {
    refuses(await send(path, body))
  })

  it.each(
    KNOWN_PARAMETERS.filter((name) => name !== 'resource').flatMap((name) => [
      `${name}=a&${name}=a`,
      `${name}=&${name}=`,
      `${name}=a&%${name.codePointAt(0)?.toString(16)}${name.slice(1)}=`,
    ]),
  )('HH-5 refuses %s', async (twice) => {
    const answer = await send(path, `x=1&x=2&${twice}`)
    refuses(answer)
    expect(answer.body.error_description).toContain('twice')
  })

  it('HH-7 refuses 65,537 bytes in pieces', async () => {
    const piece = new TextEncoder().encode('x'.repeat(7000))
    refuses(await send(path, streamOf(piece, 65_537)), 413)
  })

  it('HH-7 stops reading an endless body', async () => {
    const endless = streamOf(new Uint8Array(1024).fill(0x61), Infinity)
    refuses(await send(path, endless), 413)
  })

  it('HH-7 refuses one byte too many even if Content-Length states fewer', async () => {
    const request = formRequest(path, {})
    const lying = new Request(request, { method: 'POST', body: 'x'.repeat(65_537) })
    lying.headers.set('Content-Type', FORM)
    lying.headers.set('Content-Length', '7')
    refuses(await answerOf(await worker(lying)), 413)
  })

  it.each([
    ['grant_type=%22%C3%A9%5C%0A<canary>'],
    ['client_id=%22%C3%A9%5C%0A<canary>'],
    [`${good}&scope=%22%C3%A9%5C%0A<canary>`],
    ['client_id=tv&resource=%22%C3%A9%5C%0A<canary>'],
    ['client_id=tv&grant_type=%22%C3%A9%5C%0A<canary>'],
    ['%22%C3%A9%5C%0A<canary>=1&client_id=tv&client_id=tv'],
  ])('HH-8 answers %s in plain characters without echoing it', async (body) => {
    const answer = await send(path, body)
    for (const member of ['error', 'error_description'])
      if (answer.status !== 200)
        expect(answer.body[member]).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
    expect(JSON.stringify(answer.body)).not.toContain('canary')
  })
})

describe('a well-formed form', () => {
  it.each([
    ['in upper case', FORM.toUpperCase()],
    ['HH-3 charset=utf-8', `${FORM};charset=utf-8`],
    ['HH-3 charset=UTF-8', `${FORM}; charset=UTF-8`],
    ['HH-3 a quoted charset', `${FORM}; charset="utf-8"`],
    ['HH-3 charset=utf8', `${FORM}; charset=utf8`],
    ['HH-3 charset=ISO-8859-1', `${FORM}; charset=ISO-8859-1`],
    ['HH-3 charset=us-ascii', `${FORM};charset="us-ascii"`],
    ['HH-3 charset=windows-1252', `${FORM}; charset=windows-1252`],
    ['another parameter', `${FORM}; q=1`],
  ])('is read with the content type %s', async (_name, contentType) => {
    expect((await send('/device_authorization', 'client_id=tv', contentType)).status).toBe(200)
  })

  it.each([
    ['plus for a space', 'client_id=tv&scope=openid+profile'],
    ['an escaped space', 'client_id=tv&scope=openid%20profile'],
    ['escapes in names and values', '%63lient_id=%74v'],
    ['letters outside ASCII', 'client_id=tv&device_name=B%C3%BCro'],
    ['letters outside ASCII as they are', 'client_id=tv&device_name=Büro'],
    ['HH-5 what it does not know, twice', 'client_id=tv&x=1&x=2&user_code=&user_code='],
    ['HH-5 resource twice', `client_id=tv&resource=${ISSUER}&resource=${ISSUER}`],
    ['HH-6 empty values', 'client_id=tv&scope=&resource=&code_challenge=&client_secret=&request='],
    ['HH-6 names without a value', 'client_id=tv&scope&request'],
    ['empty pairs', '&&client_id=tv&'],
  ])('may have %s', async (_name, body) => {
    expect((await send('/device_authorization', body)).status).toBe(200)
  })

  it('HH-6 may have empty parameters, which count as absent', async () => {
    const device = await startDevice()
    const answer = await answerOf(
      await worker(
        formRequest('/token', {
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          client_id: 'tv',
          client_secret: '',
          client_assertion: '',
          client_assertion_type: '',
          code_verifier: '',
          refresh_token: '',
          scope: '',
          resource: '',
          device_code: device.deviceCode,
        }),
      ),
    )
    expect(answer.body.error).toBe('authorization_pending')
  })

  it('HH-7 may have 65,536 bytes in any pieces', async () => {
    const start = 'client_id=tv&x='
    const piece = new TextEncoder().encode(start.padEnd(1024, 'y'))
    const rest = new TextEncoder().encode('y'.repeat(1024))
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(sent === 0 ? piece : rest)
        sent += 1
        if (sent === 64) controller.close()
      },
    })
    expect((await send('/device_authorization', body)).status).toBe(200)
  })
})

/** `piece` again and again until `length` bytes have been sent. */
function streamOf(piece: Uint8Array, length: number): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream({
    pull(controller) {
      const next = piece.subarray(0, Math.min(piece.byteLength, length - sent))
      controller.enqueue(next)
      sent += next.byteLength
      if (sent >= length) controller.close()
    },
  })
}
