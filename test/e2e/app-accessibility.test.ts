// The demo's app in every state, light and dark, for people with low vision, a screen reader, no
// pointer, or a small phone (WCAG 2.2 AA).
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Demo } from './support/demo.ts'
import {
  axeFindings,
  namelessOn,
  overflowOf,
  paleEdgesOn,
  tabThrough,
  targetsOn,
} from './support/page-audit.ts'
import type { PhoneApp } from './support/phone-app.ts'
import { RECIFE, at } from '../support/places.ts'
import { RemoteDevice } from './support/remote-device.ts'

const SIZE = { width: 390, height: 844 }
const NARROW = { width: 320, height: 640 }
const LAPTOP = { width: 1280, height: 800 }

const ON_PICTURES = /^color-contrast: .*(?:poster|lights|shore): .*background gradient$/

let demo: Demo
let app: PhoneApp

beforeAll(async () => {
  demo = await Demo.start()
  app = await demo.unlock({ viewport: SIZE, isMobile: false, reducedMotion: 'reduce' })
})
afterAll(() => demo.stop())

const ask = async (place = {}): Promise<void> => {
  const device = await RemoteDevice.start(demo.origin, place)
  await app.open(device.userCode)
  await app.sees('Sign in on “Living-room TV”?')
}

/** One after the other: each is reached from the one before it. */
const STATES: Readonly<Record<string, () => Promise<void>>> = {
  'signed out': () => app.open(),
  'at the provider': async () => {
    await app.tap('Sign in')
    await app.sees('Sign in')
  },
  'nothing to do': async () => {
    await app.signInAtProvider('Ada Lovelace')
    await app.sees('Hello, Ada Lovelace')
  },
  'a code that is not valid': async () => {
    await app.open('BCDF-GHJK')
    await app.reads('That code is wrong')
  },
  'the question': () => ask(),
  'the question with a check': () => ask({ place: at(RECIFE) }),
  'a check that was not passed': async () => {
    await app.tap('Yes')
    await app.reads('This is not the code of the device that asked.')
  },
  connected: async () => {
    await ask()
    await app.tap('Yes')
    await app.sees('Connected')
  },
}

describe.each(Object.entries(STATES))('%s', (_, reach) => {
  beforeAll(async () => {
    await app.page.setViewportSize(SIZE)
    await reach()
  })

  it.each(['light', 'dark'] as const)('passes axe: %s', async (colorScheme) => {
    await app.page.emulateMedia({ colorScheme })
    const findings = await axeFindings(app.page)
    // It cannot judge text on pictures, which are hidden from screen readers.
    expect(findings.filter((finding) => !ON_PICTURES.test(finding))).toEqual([])
    expect(await paleEdgesOn(app.page)).toEqual([])
    await app.page.setViewportSize(SIZE)
  })

  it('names every control and makes it large enough for a thumb', async () => {
    expect(await namelessOn(app.page)).toEqual([])
    const small = (await targetsOn(app.page)).filter(({ height }) => height < 44)
    expect(small).toEqual([])
  })

  it.each([NARROW, LAPTOP])('fits into $width', async (size) => {
    await app.page.setViewportSize(size)
    expect(await overflowOf(app.page)).toBeLessThanOrEqual(0)
    await app.page.setViewportSize(SIZE)
  })

  it('shows the focus', async () => {
    const stops = await tabThrough(app.page)
    expect(stops.length).toBeGreaterThan(0)
    expect(stops.filter(({ isRinged, isUncovered }) => !isRinged || !isUncovered)).toEqual([])
  })
})
