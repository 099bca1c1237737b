// The settings that name the service's own apps: every invalid one is an error that names its field.
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/config.ts'
import { DEMO } from '../../src/demo/worker/client.ts'
import { problemsOf } from './setting-problems.ts'

const FINGERPRINT = Array(32).fill('9F').join(':')
const APP = { package_name: 'com.example.tv', sha256_cert_fingerprints: [FINGERPRINT] }
const APPLE_APP = 'ABCDE12345.com.example.tv'
const parse = (vars: object) => parseConfig(vars, DEMO)

describe('an invalid Android app', () => {
  it.each<[string, object]>([
    ['package_name', { package_name: undefined }],
    ['package_name', { package_name: '' }],
    ['package_name', { package_name: 'tv' }],
    ['package_name', { package_name: 'com.example.' }],
    ['package_name', { package_name: 'com..tv' }],
    ['package_name', { package_name: 'com.example.4k' }],
    ['package_name', { package_name: 'com.example-tv.app' }],
    ['package_name', { package_name: 'com.example.tv\n' }],
    ['package_name', { package_name: 'https://example.com' }],
    ['sha256_cert_fingerprints', { sha256_cert_fingerprints: undefined }],
    ['sha256_cert_fingerprints', { sha256_cert_fingerprints: [] }],
    ['sha256_cert_fingerprints', { sha256_cert_fingerprints: FINGERPRINT }],
    ['sha256_cert_fingerprints[0]', { sha256_cert_fingerprints: [''] }],
    ['sha256_cert_fingerprints[0]', { sha256_cert_fingerprints: [FINGERPRINT.toLowerCase()] }],
    [
      'sha256_cert_fingerprints[0]',
      { sha256_cert_fingerprints: [FINGERPRINT.replaceAll(':', '')] },
    ],
    ['sha256_cert_fingerprints[0]', { sha256_cert_fingerprints: [` ${FINGERPRINT}`] }],
    // A SHA-1 fingerprint, which keytool prints just above, and one pair too many.
    ['sha256_cert_fingerprints[0]', { sha256_cert_fingerprints: [FINGERPRINT.slice(0, 59)] }],
    [
      'sha256_cert_fingerprints[1]',
      { sha256_cert_fingerprints: [FINGERPRINT, `${FINGERPRINT}:9F`] },
    ],
  ])('is an error that names ANDROID_APPS[0].%s: %j', (field, more) => {
    expect(problemsOf({ ANDROID_APPS: [{ ...APP, ...more }] })).toContain(
      `ANDROID_APPS[0].${field}: `,
    )
  })

  it('is an error that names an unknown member', () => {
    const apps = [APP, { ...APP, package_name: 'com.example.b', fingerprints: [] }]
    expect(problemsOf({ ANDROID_APPS: apps })).toMatch(/ANDROID_APPS\[1\].*fingerprints/)
  })

  it('is an error that names a repeated app', () => {
    const apps = [APP, { ...APP, package_name: 'com.example.b' }, APP]
    expect(problemsOf({ ANDROID_APPS: apps })).toContain('ANDROID_APPS[2]: repeats com.example.tv')
  })
})

describe('an invalid Apple app', () => {
  it.each<[string, unknown]>([
    ['APPLE_APPS', APPLE_APP],
    ['APPLE_APPS[0]', ['']],
    ['APPLE_APPS[0]', ['com.example.tv']],
    ['APPLE_APPS[0]', ['ABCDE12345']],
    ['APPLE_APPS[0]', ['ABCDE12345.']],
    ['APPLE_APPS[0]', ['ABCDE1234.com.example.tv']],
    ['APPLE_APPS[0]', ['ABCDE123456.com.example.tv']],
    ['APPLE_APPS[0]', ['abcde12345.com.example.tv']],
    ['APPLE_APPS[0]', ['ABCDE12345.com..tv']],
    // Valid in an entitlement, but not here.
    ['APPLE_APPS[0]', ['ABCDE12345.com.example.*']],
    ['APPLE_APPS[0]', ['ABCDE12345.com.example.tv ']],
    ['APPLE_APPS[1]', [APPLE_APP, { appID: APPLE_APP }]],
    ['APPLE_APPS[1]', [APPLE_APP, APPLE_APP]],
  ])('is an error that names %s: %j', (field, apps) => {
    expect(problemsOf({ APPLE_APPS: apps })).toContain(`${field}: `)
  })
})

describe('the apps', () => {
  it('are none by default', () => {
    expect(parse({})).toMatchObject({ androidApps: [], appleApps: [] })
  })

  it.each([
    { package_name: 'a.b' },
    { package_name: 'com.Example_2.tv4' },
    { sha256_cert_fingerprints: [FINGERPRINT, FINGERPRINT.replaceAll('9F', '00')] },
  ])('may be %j', (more) => {
    expect(parse({ ANDROID_APPS: [{ ...APP, ...more }] }).androidApps).toEqual([
      { ...APP, ...more },
    ])
  })

  it.each(['ABCDE12345.com.example.tv', '0123456789.tv', 'ABCDE12345.Com.My-TV.app2'])(
    'may be %s',
    (app) => {
      expect(parse({ APPLE_APPS: [app] }).appleApps).toEqual([app])
    },
  )
})
