// Browsers inside other apps, such as a messenger's. They share no cookie, password or passkey with the
// person's own browser.

// Apps that name themselves, and Android's WebView.
const APPS =
  /FBA[NV]\/|Instagram|WhatsApp|Snapchat|TikTok|musical_ly|Bytedance|Pinterest\/|LinkedInApp|Twitter|MicroMessenger|KAKAOTALK|\bLine\/|\bGSA\/|; wv\)/
const IOS = /\b(?:iPhone|iPad|iPod)\b/
const SAFARI = /\bSafari\//

/** True if the User-Agent is that of a browser inside another app. */
export const isInAppBrowser = (userAgent: string): boolean =>
  // On iOS a web view alone leaves Safari out.
  APPS.test(userAgent) || (IOS.test(userAgent) && !SAFARI.test(userAgent))
