// The picture of a page in the browser's tabs: a television that is connected, in the brand's colours.
import type { Brand } from '../../config/brand.ts'
import { inkOn } from '../../config/contrast.ts'

/** As SVG, for light and dark browsers. */
export const icon = ({ accent, accentDark }: Brand): string =>
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><style>' +
  `${colours(accent)}@media(prefers-color-scheme:dark){${colours(accentDark)}}` +
  '</style><rect x="1" y="4" width="30" height="21" rx="4"/><rect x="9" y="27" width="14" height="3" rx="1.5"/>' +
  '<path d="m10 14.5 4.5 4.5 8-9" fill="none" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"/></svg>'

const colours = (accent: string): string => `rect{fill:${accent}}path{stroke:${inkOn(accent)}}`
