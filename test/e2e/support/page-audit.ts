// The checks of every page: axe's rules, sizes, names, and positions. Code that runs in the page is
// text, since tests have no DOM types.
import axe, { type Result } from 'axe-core'
import type { Page } from 'playwright-core'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** The findings of axe, uncertain ones too: rule, element, reason. */
export const axeFindings = async (page: Page): Promise<string[]> => {
  const { width } = page.viewportSize() ?? { width: 390 }
  // Tall enough that the bar at the foot covers nothing, which would keep axe from judging
  // contrast.
  await page.setViewportSize({ width, height: 3000 })
  await page.evaluate(axe.source)
  const results = await page.evaluate<readonly Result[]>(AXE)
  return results.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const reasons = [...any, ...all, ...none].map(({ message }) => message)
      return `${id}: ${target.join(' ')}: ${reasons.join('; ')}`
    }),
  )
}

const AXE = `(async () => {
  // The strokes of the input are a picture, and axe does not judge text on pictures.
  for (const input of document.querySelectorAll('.tv input')) input.style.backgroundImage = 'none'
  const options = { runOnly: ${JSON.stringify(RULES)}, preload: false }
  const { violations, incomplete } = await axe.run(document, options)
  return [...violations, ...incomplete]
})()`

/** Everything that can be pressed or typed into, with its box in CSS pixels. */
export const targetsOn = (page: Page): Promise<readonly Target[]> =>
  page.evaluate<Target[]>(TARGETS)

export interface Target {
  readonly name: string
  readonly width: number
  readonly height: number
}

// A box to tick is pressed by its label.
const TARGETS = `[...document.querySelectorAll('a, button, input, summary')]
  .filter((element) => element.checkVisibility() && element.type !== 'hidden')
  .map((element) => {
    const { width, height } = (element.closest('label') ?? element).getBoundingClientRect()
    return { name: (element.textContent || element.name).trim(), width, height }
  })`

/** Controls without an accessible name. */
export const namelessOn = async (page: Page): Promise<readonly string[]> => {
  const tree = await page.locator('body').ariaSnapshot()
  const controls = /^\s*- (?:textbox|button|checkbox|link)\b(?! ")/
  return tree.split('\n').filter((line) => controls.test(line))
}

/** Pixels by which the page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate<number>(`document.scrollingElement.scrollWidth - innerWidth`)

export interface Focus {
  /** Its place in the document; -1 without a focus. */
  readonly at: number
  readonly name: string
  readonly isRinged: boolean
  readonly isUncovered: boolean
}

/** The focused element, its visibility, and any element that covers it. */
export const focusOn = (page: Page): Promise<Focus> => page.evaluate<Focus>(FOCUS)

const FOCUS = `(() => {
  const element = document.activeElement
  const at = [...document.body.querySelectorAll('*')].indexOf(element)
  const { x, y, width, height } = element.getBoundingClientRect()
  const { outlineStyle, outlineWidth } = getComputedStyle(element)
  const top = document.elementFromPoint(x + width / 2, y + height / 2)
  return {
    at,
    name: (element.textContent || element.name).trim(),
    isRinged: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    isUncovered: element.contains(top),
  }
})()`

/** Goes from stop to stop with the Tab key, all the way round. */
export const tabThrough = async (page: Page): Promise<readonly Focus[]> => {
  const stops = new Map<number, Focus>()
  for (let presses = 0; presses <= stops.size + 1; presses += 1) {
    await page.keyboard.press('Tab')
    const stop = await focusOn(page)
    if (stop.at >= 0) stops.set(stop.at, stop)
  }
  return [...stops.values()]
}

/** Number of running animations. */
export const animationsOn = (page: Page): Promise<number> =>
  page.evaluate<number>(`document.getAnimations().length`)

/** Controls with an edge of too little contrast (WCAG 1.4.11). */
export const paleEdgesOn = (page: Page): Promise<readonly string[]> =>
  page.evaluate<string[]>(PALE_EDGES)

const PALE_EDGES = `(() => {
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  const rgba = (colour) => {
    context.clearRect(0, 0, 1, 1)
    context.fillStyle = colour
    context.fillRect(0, 0, 1, 1)
    return [...context.getImageData(0, 0, 1, 1).data]
  }
  const luminance = (colour) => {
    const [red, green, blue] = rgba(colour).map((value) =>
      value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const isSeen = (colour) => rgba(colour)[3] > 0
  const ground = (element) => {
    const { backgroundColor } = getComputedStyle(element)
    return isSeen(backgroundColor) ? backgroundColor : ground(element.parentElement)
  }
  // Boxes to tick are drawn by the browser, whatever the style says.
  return [...document.querySelectorAll('input:not([type=checkbox]), button, summary, .button')]
    .filter((element) => element.checkVisibility() && element.type !== 'hidden')
    .flatMap((element) => {
      const { borderTopColor, borderTopWidth, backgroundColor } = getComputedStyle(element)
      const hasBorder = parseFloat(borderTopWidth) > 0 && isSeen(borderTopColor)
      const edge = hasBorder ? borderTopColor : backgroundColor
      if (!isSeen(edge)) return []
      const [less, more] = [edge, ground(element.parentElement)].map(luminance).sort((a, b) => a - b)
      const contrast = (more + 0.05) / (less + 0.05)
      const name = (element.name || element.textContent).trim()
      return contrast < 3 ? [name + ': ' + contrast.toFixed(2)] : []
    })
})()`
