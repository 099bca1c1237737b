// Bounds the length of untrusted text before any other computation.

/** At most the first `maxLength` UTF-16 units of `text`, without half a surrogate pair at the end. */
export const cutText = (text: string, maxLength: number): string => {
  const endsWithinPair = (text.codePointAt(maxLength - 1) ?? 0) > 0xffff
  return text.slice(0, endsWithinPair ? maxLength - 1 : maxLength)
}
