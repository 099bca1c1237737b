// Browsers inside other apps, such as a messenger's. They share no cookie, password or passkey with the
// person's own browser.

// Apps that name themselves, Android's WebView, and iOS's, which alone leaves Safari out.
const APPS =
  /FBA[NV]\/|Instagram|WhatsApp|Snapchat|TikTok|musical_ly|Bytedance|Pinterest\/|LinkedInApp|Twitter|MicroMessenger|KAKAOTALK|\bLine\/|\bGSA\/|; wv\)/
const IOS_WEB_VIEW = /\b(?:iPhone|iPad|iPod)\b(?!.*\bSafari\/)/

/** True if the User-Agent is that of a browser inside another app. */
export const isInAppBrowser = (userAgent: string): boolean =>
  APPS.test(userAgent) || IOS_WEB_VIEW.test(userAgent)
