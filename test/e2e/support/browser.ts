// A real browser: the Chromium that `npm ci` brought, for a television and for a phone.
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import chromium, { inflate, setupLambdaEnvironment } from '@sparticuz/chromium'
import jsQR from 'jsqr'
import {
  type Browser,
  type BrowserContextOptions,
  type Page,
  chromium as driver,
} from 'playwright-core'
import { PNG } from 'pngjs'

const ARGUMENTS = [
  '--no-sandbox',
  '--headless=shell',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const TELEVISION: BrowserContextOptions = { viewport: { width: 1920, height: 1080 } }
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
}

/** Starts Chromium: `CHROMIUM_PATH`, or else the one that the package holds. */
export const startBrowser = async (): Promise<Browser> => {
  const executablePath = process.env['CHROMIUM_PATH'] ?? (await unpackChromium())
  return driver.launch({ executablePath, args: ARGUMENTS })
}

/** The address that a phone's camera reads off the screen. */
export const readQrCode = async (page: Page): Promise<string | undefined> => {
  const { data, width, height } = PNG.sync.read(await page.screenshot())
  return jsQR(new Uint8ClampedArray(data), width, height)?.data
}

const unpackChromium = async (): Promise<string> => {
  const executablePath = await chromium.executablePath()
  // The package brings the libraries too, for machines that have never had a browser.
  if (!existsSync('/usr/lib/x86_64-linux-gnu/libnss3.so')) {
    const archive = new URL('../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium'))
    await inflate(fileURLToPath(archive.href))
    setupLambdaEnvironment(join(tmpdir(), 'al2023', 'lib'))
  }
  return executablePath
}
