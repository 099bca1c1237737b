// Stands in for @peculiar/asn1-schema and @peculiar/asn1-ecc, of which @simplewebauthn/server needs
// one structure of two numbers to check a passkey's signature. What else they read are attestation
// certificates, which we never ask for; they would be a seventh of the Worker, compressed.

const SEQUENCE = 0x30
const INTEGER = 0x02

const ECDSASigValue = Symbol('ECDSASigValue')

/**
 * Reads an ECDSA-Sig-Value (RFC 3279 §2.2.3) in DER (X.690 §8.1, §8.3, §10.1): what is not exactly
 * that throws, and the passkey is refused.
 */
const AsnParser = {
  parse(data, type) {
    if (type !== ECDSASigValue) throw new TypeError('attestation is not supported')
    const { content, rest } = element(new Uint8Array(data), SEQUENCE)
    const r = element(content, INTEGER)
    const s = element(r.rest, INTEGER)
    if (rest.length > 0 || s.rest.length > 0) throw new TypeError('not an ECDSA signature')
    return { r: integer(r.content), s: integer(s.content) }
  },
}

// Lengths up to 127 are one byte; those of P-521, the longest, may take two.
const element = (bytes, tag) => {
  const isLong = bytes[1] === 0x81
  const length = isLong ? bytes[2] : bytes[1]
  const start = isLong ? 3 : 2
  const isShortest = isLong ? length > 0x7f : length < 0x80
  if (bytes[0] !== tag || !isShortest || bytes.length < start + length)
    throw new TypeError('not an ECDSA signature')
  return { content: bytes.subarray(start, start + length), rest: bytes.subarray(start + length) }
}

// Both numbers are positive; a zero in front is there only where the sign would be wrong without it.
const integer = (bytes) => {
  const isPadded = bytes.length > 1 && bytes[0] === 0 && bytes[1] < 0x80
  if (bytes.length === 0 || bytes[0] > 0x7f || isPadded)
    throw new TypeError('not an ECDSA signature')
  return bytes
}

module.exports = { AsnParser, ECDSASigValue }
