// A camera: reads a QR picture of ours as a phone would.
import jsQR from 'jsqr'

const PIXELS_PER_MODULE = 4

export interface QrReading {
  /** The content of the picture, or undefined if it is unreadable. */
  readonly text: string | undefined
  /** Light modules between the symbol and each edge. */
  readonly quietZone: Readonly<Record<'left' | 'top' | 'right' | 'bottom', number>>
}

/** Reads an SVG with the dark modules as runs of one path. */
export const readQrPicture = (svg: string): QrReading => {
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1])
  const path = /<path d="([^"]*)"/.exec(svg)?.[1] ?? ''
  const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)].map(([, x, y, width]) => ({
    x: Number(x),
    y: Number(y),
    width: Number(width),
  }))
  const size = side * PIXELS_PER_MODULE
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255)
  for (const { x, y, width } of runs)
    for (let row = y * PIXELS_PER_MODULE; row < (y + 1) * PIXELS_PER_MODULE; row += 1)
      for (
        let column = x * PIXELS_PER_MODULE;
        column < (x + width) * PIXELS_PER_MODULE;
        column += 1
      )
        pixels.fill(0, (row * size + column) * 4, (row * size + column) * 4 + 3)
  return {
    text: jsQR(pixels, size, size)?.data,
    quietZone: {
      left: Math.min(...runs.map(({ x }) => x)),
      top: Math.min(...runs.map(({ y }) => y)),
      right: side - Math.max(...runs.map(({ x, width }) => x + width)),
      bottom: side - Math.max(...runs.map(({ y }) => y + 1)),
    },
  }
}
