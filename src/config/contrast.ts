// The contrast of a brand's colours (WCAG 2.2 §1.4.3, §1.4.11).

/** The text colour, black or white, with more contrast on `#rrggbb`: at least 4.58 to 1. */
export const inkOn = (colour: string): '#000' | '#fff' =>
  // At this luminance black and white have equal contrast.
  luminance(colour) > Math.sqrt(1.05 * 0.05) - 0.05 ? '#000' : '#fff'

/** The contrast ratio of two colours `#rrggbb`, 1 to 21. */
export const contrast = (a: string, b: string): number => {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return (lighter + 0.05) / (darker + 0.05)
}

const luminance = (colour: string): number =>
  0.2126 * channel(colour, 1) + 0.7152 * channel(colour, 3) + 0.0722 * channel(colour, 5)

const channel = (colour: string, offset: number): number => {
  const value = Number.parseInt(colour.slice(offset, offset + 2), 16) / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}
