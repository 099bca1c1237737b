// Names from User-Agents of real products: people read the name that they know, and never that of a
// browser for a television, or of a library.
import { describe, expect, it } from 'vitest'
import { LANGUAGES } from '../../src/language/language.ts'
import { deviceWords } from '../../src/language/device-words.ts'
import { browserNameOf, deviceNameOf } from '../../src/sender/device-name.ts'

const DEVICES: readonly (readonly [name: string, userAgent: string])[] = [
  [
    'LG TV',
    'Mozilla/5.0 (webOS; Linux/SmartTV) AppleWebKit/537.41 (KHTML, like Gecko) Large Screen WebAppManager Safari/537.41',
  ],
  [
    'Samsung TV',
    'Mozilla/5.0 (SMART-TV; Linux; Tizen 5.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/2.2 Chrome/63.0.3239.84 TV Safari/537.36',
  ],
  [
    'Samsung TV',
    'Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0.4606.31/7.0 TV Safari/537.36',
  ],
  [
    'LG TV',
    'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.79 Safari/537.36 WebAppManager',
  ],
  [
    'LG TV',
    'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/538.2 (KHTML, like Gecko) Large Screen WebAppManager Safari/538.2',
  ],
  [
    'LG TV',
    'Mozilla/5.0 (Linux; NetCast; U) AppleWebKit/537.31 (KHTML, like Gecko) Chrome/38.0.1025.45 Safari/537.31 SmartTV/8.0',
  ],
  ['Roku', 'Roku/DVP-9.10 (519.10E04111A)'],
  ['Roku', 'Roku4640X/DVP-7.70 (297.70E04154A)'],
  ['Roku', 'Mozilla/5.0 (Roku) AppleWebKit/537.36 (KHTML, like Gecko) Web/1.1 Safari/537.36'],
  [
    'Fire TV',
    'Mozilla/5.0 (Linux; Android 7.1.2; AFTMM Build/NS6264; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/59.0.3071.125 Mobile Safari/537.36',
  ],
  [
    'Fire TV',
    'Mozilla/5.0 (Linux; Android 9; AFTKA Build/PS7233) AppleWebKit/537.36 (KHTML, like Gecko) Silk/108.4 like Chrome/108 Safari/537.36',
  ],
  ['Fire TV', 'Dalvik/2.1.0 (Linux; U; Android 9; AFTSS Build/PS7245)'],
  ['Apple TV', 'AppleTV11,1/11.1'],
  ['Apple TV', 'AppleCoreMedia/1.0.0.18K57 (Apple TV; U; CPU OS 14_0_1 like Mac OS X; en_us)'],
  ['Apple TV', 'ExampleTV/1.0 (Apple TV; tvOS 17.2; Scale/2.00)'],
  ['', 'ExampleTV/42 CFNetwork/1494.0.7 Darwin/23.4.0'],
  [
    'Android TV (Sony BRAVIA)',
    'Mozilla/5.0 (Linux; Andr0id 9; BRAVIA 4K UR2 Build/PTT1.190515.001.S104) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88 Safari/537.36 OPR/46.0.2207.0 OMI/4.21',
  ],
  [
    'Android TV (Sony BRAVIA)',
    'Mozilla/5.0 (Linux; Android 10; BRAVIA 4K VH2 Build/QTG3.200305.006.S292; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/113.0 Mobile Safari/537.36',
  ],
  [
    'Android TV (Sony BRAVIA)',
    'Dalvik/2.1.0 (Linux; U; Android 10; BRAVIA 4K UR3 Build/QTG3.200305.006)',
  ],
  ['Chromecast', 'Dalvik/2.1.0 (Linux; U; Android 11; Chromecast Build/RVP1.210327.001)'],
  [
    'Chromecast',
    'Mozilla/5.0 (Linux; Android 12; Chromecast Build/STTL.240206.002) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121 Safari/537.36',
  ],
  [
    'Chromecast',
    'Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.225 Safari/537.36 CrKey/1.56.500000 DeviceType/Chromecast',
  ],
  [
    'Chromecast',
    'Mozilla/5.0 (Fuchsia) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/98.0.4758.102 Safari/537.36 CrKey/1.56.500000 DeviceType/SmartSpeaker',
  ],
  ['NVIDIA Shield', 'Dalvik/2.1.0 (Linux; U; Android 11; SHIELD Android TV Build/RQ1A.210105.003)'],
  [
    'NVIDIA Shield',
    'Mozilla/5.0 (Linux; Android 11; SHIELD Android TV Build/RQ1A.210105.003; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/96 Mobile Safari/537.36',
  ],
  [
    'Android TV',
    'Mozilla/5.0 (Linux; Android 9; MIBOX4 Build/PI) AppleWebKit/537.36 Chrome/80 Safari/537.36',
  ],
  ['Android TV', 'Dalvik/2.1.0 (Linux; U; Android 12; Smart TV Pro Build/STT2.231004.001)'],
  [
    'PlayStation 5',
    'Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15',
  ],
  [
    'PlayStation 5',
    'Mozilla/5.0 (PlayStation 5 3.03/SmartTV) AppleWebKit/605.1.15 (KHTML, like Gecko)',
  ],
  ['PlayStation 4', 'Mozilla/5.0 (PlayStation 4 11.00) AppleWebKit/605.1.15 (KHTML, like Gecko)'],
  [
    'Xbox',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/48.0.2564.82 Safari/537.36 Edge/20.02',
  ],
  [
    'Nintendo Switch',
    'Mozilla/5.0 (Nintendo Switch; WebApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.2.21.3 NintendoBrowser/5.1.0.22474',
  ],
  [
    'Vizio TV',
    'Mozilla/5.0 (Linux; arm) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88 Safari/537.36 OPR/46 SmartCast/8.0 (Vizio; V505-G9)',
  ],
  [
    'Vizio TV',
    'Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/92.0.4515.166 Safari/537.36 SmartTV CrKey/1.0.999999 VIZIO SmartCast(Conjure/MTKE-1.0)',
  ],
  [
    'Hisense TV',
    'Mozilla/5.0 (Linux; Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88 Safari/537.36 VIDAA/6.0 (Hisense; SmartTV; 55A6G; MTK9602)',
  ],
  [
    'Philips TV',
    'Mozilla/5.0 (Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/76 Safari/537.36 OPR/46.0.2207.0 OMI/4.20 , _TV_MT5596/248 (Philips, 50PUS6504, wireless) SmartTvA/4.0 NETTV/9.0',
  ],
  [
    'Philips TV',
    'Opera/9.80 (Linux armv7l; HbbTV/1.2.1 (; Philips; 40HFL5010T12; ; PHILIPSTV; ) NETTV/4.1.1) Presto/2.12.407 Version/12.50',
  ],
  ['LG TV', 'HbbTV/1.5.1 (+DRM;LGE;55NANO866NA;WEBOS5.0 04.50.41;W55_O20;LGE)'],
  ['Panasonic TV', 'Mozilla/5.0 (FreeBSD; Viera; rv:34.0) Gecko/20100101 Firefox/34.0'],
  ['', 'okhttp/4.12.0'],
  ['', 'curl/8.7.1'],
  ['', 'node'],
  ['', 'python-requests/2.31.0'],
  ['', 'Go-http-client/2.0'],
  [
    'Oculus Browser (Facebook Quest 3)',
    'Mozilla/5.0 (Linux; Android 12; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/30.0 Chrome/120 VR Safari/537.36',
  ],
]

const BROWSERS: readonly (readonly [name: string, userAgent: string])[] = [
  [
    'Chrome (Windows)',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
  ],
  [
    'Safari (Mac)',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15',
  ],
  [
    'Safari (iPhone)',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1',
  ],
  [
    'Chrome (Google Pixel 8)',
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Mobile Safari/537.36',
  ],
  [
    'Chrome (Android)',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36',
  ],
  ['Firefox (Linux)', 'Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0'],
]

const WORDS: Readonly<Record<string, readonly [unnamed: string, television: string]>> = {
  en: ['A device', 'Samsung TV'],
  de: ['Ein Gerät', 'Samsung-Fernseher'],
  es: ['Un dispositivo', 'TV Samsung'],
  fr: ['Un appareil', 'TV Samsung'],
  ja: ['デバイス', 'Samsungテレビ'],
  'pt-BR': ['Um dispositivo', 'TV Samsung'],
  ar: ['جهاز', 'تلفزيون Samsung'],
}

describe('the name of a device', () => {
  it.each(DEVICES)('is “%s” for %s', (name, userAgent) => {
    expect(deviceNameOf(undefined, userAgent)).toBe(name)
  })

  it.each(DEVICES)('is “%s” and no browser’s for %s', (_name, userAgent) => {
    expect(deviceNameOf(undefined, userAgent)).not.toMatch(
      /chrome\b|safari|opera|silk|webview|firefox|samsung internet|webkit|edge/i,
    )
  })

  it.each(BROWSERS)('is “%s” for a browser on a computer or phone: %s', (name, userAgent) => {
    expect(deviceNameOf(undefined, userAgent)).toBe(name)
    expect(browserNameOf(userAgent)).toBe(name)
  })

  it('is the one that the device gives, before its User-Agent', () => {
    expect(deviceNameOf('Bedroom', DEVICES[0]?.[1] ?? '')).toBe('Bedroom')
  })

  it.each([null, '', 'Mozilla/5.0'])('is empty for the User-Agent %j', (userAgent) => {
    expect(deviceNameOf(undefined, userAgent)).toBe('')
  })
})

describe.each(LANGUAGES)('names in $tag', ({ tag, messages }) => {
  it('say what an unnamed device and a television of a known make are', () => {
    expect([deviceWords('', messages), deviceWords('Samsung TV', messages)]).toEqual(WORDS[tag])
  })

  it.each(['Bedroom', 'Apple TV', 'constructor', '__proto__'])('leave “%s” as it is', (name) => {
    expect(deviceWords(name, messages)).toBe(name)
  })
})
