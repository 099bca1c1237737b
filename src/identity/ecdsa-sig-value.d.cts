export const ECDSASigValue: unique symbol
export const AsnParser: {
  parse(data: Uint8Array, type: unknown): { readonly r: Uint8Array; readonly s: Uint8Array }
}
