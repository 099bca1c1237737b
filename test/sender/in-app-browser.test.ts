// Which browsers are inside another app, by what they really send.
import { expect, it } from 'vitest'
import { isInAppBrowser } from '../../src/sender/in-app-browser.ts'

const IOS = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15'
const ANDROID = 'Mozilla/5.0 (Linux; Android 14; Pixel 8'
const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile'

it.each([
  `${IOS} (KHTML, like Gecko) Mobile/15E148`,
  `${IOS} (KHTML, like Gecko) Mobile/15E148 Instagram 333.0.0.0 (iPhone15,2; iOS 17_5)`,
  `${IOS} (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/468.0.0.0;FBBV/604]`,
  `${IOS} (KHTML, like Gecko) Mobile/15E148 Safari Line/14.9.0`,
  `${IOS} (KHTML, like Gecko) GSA/323.0 Mobile/15E148 Safari/604.1`,
  `${IOS} (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI`,
  `${ANDROID}; wv) ${CHROME} Safari/537.36`,
  `${ANDROID}; wv) ${CHROME} Safari/537.36 [FB_IAB/FB4A;FBAV/468.0;]`,
  `${ANDROID} Build/UD1A; wv) ${CHROME} Safari/537.36 musical_ly_2023 BytedanceWebview/d8a21c6`,
])('VP-14 tells the browser inside an app: %s', (userAgent) => {
  expect(isInAppBrowser(userAgent)).toBe(true)
})

it.each([
  `${IOS} (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1`,
  `${IOS} (KHTML, like Gecko) CriOS/126.0.0.0 Mobile/15E148 Safari/604.1`,
  `${IOS} (KHTML, like Gecko) FxiOS/127.0 Mobile/15E148 Safari/605.1.15`,
  `${ANDROID}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36`,
  'Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
  'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36',
  '',
])('VP-14 tells a browser of its own: %s', (userAgent) => {
  expect(isInAppBrowser(userAgent)).toBe(false)
})
