// The headers of a browser on requests that a page of another site causes.

export type Fields = Readonly<Record<string, string>>

const OTHER_SITE = 'https://evil.test/'

export const sent = (site: string, mode: string, dest: string): Fields => ({
  'Sec-Fetch-Site': site,
  'Sec-Fetch-Mode': mode,
  'Sec-Fetch-Dest': dest,
})

/** A person follows a link there. */
export const LINKS: Readonly<Record<string, Fields>> = {
  'a link': sent('cross-site', 'navigate', 'document'),
  'a link of a sibling host': sent('same-site', 'navigate', 'document'),
  'a link, in a browser without Fetch Metadata': { Referer: OTHER_SITE },
}

/** The page itself loads something. */
export const PARTS: Readonly<Record<string, Fields>> = {
  'a picture': sent('cross-site', 'no-cors', 'image'),
  'a picture of a sibling host': sent('same-site', 'no-cors', 'image'),
  'a frame': sent('cross-site', 'navigate', 'iframe'),
  'an object': sent('cross-site', 'navigate', 'object'),
  'a style sheet': sent('cross-site', 'no-cors', 'style'),
  'a fetch': { ...sent('cross-site', 'cors', 'empty'), Origin: OTHER_SITE },
  'a fetch of a sibling host': sent('same-site', 'no-cors', 'empty'),
}
