// Text → QR code. qrcode-svg encodes; the picture is drawn here as one path, because the library's
// own output is six times larger and has style attributes that a strict CSP blocks.
import QRCode from 'qrcode-svg'

// ISO/IEC 18004 requires four light modules on every side.
const QUIET_ZONE = 4

// The encoder draws and scores all eight masks of the standard, 25 times the work of one symbol. Readers
// accept any mask. For our addresses, this one is on average nearest to the best of the eight.
const MASK = 3

/** The modules of a QR symbol at error correction level M: rows of columns, true is dark. */
export const qrModules = (text: string): readonly (readonly boolean[])[] =>
  new OneMaskCode({ content: text, ecl: 'M' }).qrcode.modules

class OneMaskCode extends QRCode {}

// The constructor sets this property and draws at once, so the mask is chosen in between.
Object.defineProperty(OneMaskCode.prototype, 'qrcode', {
  set(this: OneMaskCode, model: QRCode.Model) {
    Object.assign(model, { getBestMaskPattern: () => MASK })
    Object.defineProperty(this, 'qrcode', { value: model })
  },
})

/** An SVG of `text`: black on white in every theme, because cameras need it. */
export const qrSvg = (text: string): string => {
  const rows = qrModules(text)
  const side = rows.length + 2 * QUIET_ZONE
  const path = rows.map((row, y) => darkRuns(row, y + QUIET_ZONE)).join('')
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${path}"/></svg>`
  )
}

const darkRuns = (row: readonly boolean[], y: number): string => {
  let path = ''
  for (let x = 0; x < row.length;) {
    let width = 0
    while (row[x + width]) width += 1
    if (width > 0) path += `M${x + QUIET_ZONE} ${y}h${width}v1h-${width}z`
    x += width + 1
  }
  return path
}
