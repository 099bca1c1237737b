// Values that a person's proof of an earlier view is altered or replaced to. None opens anything.

export type ForgedProof = readonly [what: string, forge: (own: string, others: string) => string]

export const FORGED_PROOFS: readonly ForgedProof[] = [
  ['of another account', (_, others) => others],
  ['with another end', (own) => own.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))],
  ['without its seal', (own) => own.slice(0, 8)],
  ['with another seal', (own) => own.replace(/.{5}$/, 'AAAAA')],
  ['that is empty', () => ''],
]
