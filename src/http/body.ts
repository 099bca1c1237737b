// Reads the body of a request or response up to a limit.

/**
 * All bytes of a body, or undefined if there are more than `maxBytes`. Counted while streaming:
 * Content-Length may be absent or lie.
 */
export const readAtMost = async (
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | undefined> => {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.byteLength
    if (length > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
