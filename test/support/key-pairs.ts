// The key pairs of the clients that sign what they send, one per algorithm. Fixed, because the
// settings are read outside the Worker and the signing is done inside. They open nothing but tests.
import type { JWK } from 'jose'

export const KEY_PAIRS = {
  ES256: {
    kty: 'EC',
    crv: 'P-256',
    x: 'gBwOhilN7DepTdHjI2ozRtesX1UhxthJQdhQkikfOTY',
    y: 'Q7FCxkyLy6htL6JoOiLUuHl8Gl1ilJV6dbVCq9RQM8I',
    d: 'iLobkW957InVGow_fiR2OGuPiFuqB_zRRS5DIm4l22w',
  },
  ES384: {
    kty: 'EC',
    crv: 'P-384',
    x: 'XJRYgpW1HR0_zoH4CR81leXubaaCUgVBmXDu_Kr-cpIFAX46nn-7FTX4dTYudPNu',
    y: 'o4wmdpfFCYMqONNYinsRSwbmPW8cOQuFz7uAWAkjaz8IlrubMQdEryAzcywQTAlh',
    d: 'QjQWNzEOnlCiRGpQUmLGd-GKK19Otfq7wxzv9EXfStrsQgQLv16MjFm8C3TCij9W',
  },
  PS256: {
    kty: 'RSA',
    n: 'psEG2tBfrVTTQTarhIBpFyQ5Q-Ti48hvsEP8cMo-jRjKSZeFPaXkverNxT_-rVNkacHC6QdCJmOjQGVT400CwoEKTfIYKeKLBC8WC2YTF_aKMN2nA3L5F_uL6bZGSQ_if22s99koQ88zFuew0gGLxaXz0ywTQDHUBjZ5risWiRrAgvmYMBaj-pPOCgxNMLQGOvK8_AuGdKvCbZSpe4tFyHNCEJApt1lwxESzVZaPfPRK5-l7r5_0ybeLgsSvWoi89wv_ZZNtnc9Ur_fkRf5f8cZjL0pCMHPoNMMrWjRrw6nNuUNe69LChEnP5koaI6Q-TDCvc7J1WSDZ3whfaPAAdw',
    e: 'AQAB',
    d: 'TJb55ASy_TSptxk6HCiynAtqNfHp-D82dVo0l0V9B2dsefKbIx6P-l7fVgq3mbpks2JoeIl565H2CHzB0_OqIdYM-pIIYSyJN0m9MU0X1fjJrfoQXLgxCr_hml262JHwMSEZwdi-8q43Q_z0rPBC12wKmmJzERgRzyy0JLfrqNqfiTfbkVvLUUE3IGhFu-ZpvKp0eIEQ8nmq8hyYcBsBi06SSiZOLGd4O0ks9Ic6e4G1zVQmJQLV5L1l45P8UGF7Fd26xUlniXQ5O5wDekP4StTugNM7dV3Qhh0wMQCAhXhwHcjTAitzpsJMXA34va8fp6klWEkWhCgd6U6SOkU4iQ',
    p: '2-Aj3ysrgj81c1GqzAk5Q1sZAcOKmoWdvV830DwWpqEOd6wcPqpXiuvF3FML16wNjRkF4XiiQAuXfFWYUnEAgg6FWCqKffuXXxyzRgqOeo14o81mWtD2QyNxz59UIbnyjCPEPtxy2DxDAROPxxo_TmxUZszjj7u124oivrJQmWU',
    q: 'wiaez0hdvm48IwAqaOxAZYSEU3JbRHi9mq5h7gTWXoP3Zec5eshgpK9LlHrsoe-Im9k7MDPNTE796FXv-NNnl_a6_Fqg3ZRS7itJl7TqGGnHYQQrsrTxlx7cF8jIryi5bauig9qxUK9GKrr_NKb-_P_BOvSSTXjktCQ6noU_wqs',
    dp: 'IxizASNl7YNjZ8XoamsqfcrjwflRfXrIg_rX8OA2iWB567ZIR-Ru1tjtm06SPFnVS-lrm-LimzB-fLU4_CfXeesRc9JOiu-G6QKuxwZWWc-NKzBVHzftpyfYOdjn1_5TbfUjlRkhJ8zusRRLRe-1nTIDguk_hajjzWhORXw3C1U',
    dq: 'OD7L_yzty39P-KvRnXfj6AUN-MbGXf3EoA0o3bWVDOiaQXFNG571MICAGtHJv9gO8WdrWDmJnjO8JxTOYn2MI2AdJ4Jx2_9eTxVHSqXks5Hhat-0cR8uZiNQi6tlSCk6HuV8PUqb184PO83UpUJD2LOXHSdBQyRkzTM5sDbWE-U',
    qi: 'kPOHHxlfomgULdi1V58SOpXbTfRnk-z1VTiudl5xMZk38XUpoUN-mf4Yo3H-3x73nlWLmaAa-v99284qA39TF7tPLANdsBFYsyaR4hhEwGyFKnOEVnyhrfaAKqv5KWNDzccTQqn18wW3qnwZTha0ROpe5eRQr1WaNd6NsKdXMSU',
  },
  RS256: {
    kty: 'RSA',
    n: 'wbUFCz7oTT0ZYt-xGh96h29WX1M-11etxFMt8Qqc-CHBR7zghOMekcUsihOBRk3PkRLO8oQh9bO3wobxkfJmQ1SQxRTV4esZfOmjJPAuVpyXlLCIQTirJKd4pqR-Utzjfyn-PTjNFc8WK_JSjhCKLlDaQWccK5DZHBloYJthTli4ifB51qGLqQxMwRYjSDO9vPMSwoYWq5PDxwKPMMd-AGBrzhSxN3fXbzuwo3gc2PYLdxzirvrC54OHwmfNNmH3blVQ1p3_jXnpGg8QaDd_CbilokHb5YO0Sr42TuQEUzrAT7l_F2Gx0sDjACJowXmuskyaPfLNxssfcbF-m99Ohw',
    e: 'AQAB',
    d: 'C-z7-K4bTuIORY7rEDt-54axxSBSvp7zH6KqsevgL8tNjdVG52I07W7mZ-vSf4Rmh-fQs4_x_UwJagxfzrH4nM2V33msagJ3k8ADSiYQBvIQx605_ktMXMSDbOhfWfT9JppBwP2AbDF54SPD9GN39mkGPuo9CuuZ350q1sPKMQYGuSkn8ocgAUD3TackBP_rxDKkFh3mBifduh9Rg-MHnIiC27AfaeZSVdo8vE1Y-C0NjnnD05q3GryRt1FQXisbRnOUga3Ylfo6B-CXsxBGHEJtJruRKUVAs8tSaWZDQH60AOpEObrPm9wove98UPMS3kKA_7TDbZi2F6_6onbeNQ',
    p: '-MfYvjgfVyFWNDMjba3njY1-y9Pt5yl_GjVsMPHcutWcjRWNL0lZtp-sK5em7EIkK9uTp40h4hPVMxmNJL_0om5oK09PuPQqicEuY56P2avgpljPq2dHqaysOAwF2Ur8gVLtdyp9vLfU2srPV0asEO-dMz5Ty442RY_b85pzt1M',
    q: 'x1QKRnDwKw1rC2RkvsswCv9jVvfGL8eVdSa3wQKIiQNw6KNBJf5K3WhuxnVAQi8KGtrpBzAGaOHp9rjiH11C3juhCI8TrQDz7EdQ5emJ9nCUXixPT4TGbBHe9-cEPNAYUKvXjxRMssVC8CUm72bl8witBGix1V9e6KPfhq8jqX0',
    dp: 'gixv6PiMzZaP-LhZbWZ1psfG9Phrn21DKH-ToPitOsXTKK-CNJ_45WofOKAdo7noG1rFpAJhHF6sTBSumfAnHWcP8rmJSYnZSENg9pddRdR9tAz8fP-Jq-rCIoGH_e8SuMifoJ8HM9ws8F72pwA_wIzggJO4XOaI11UzDgBfVCk',
    dq: 'Gi5PqzDqWr1IchadpPHLPaaNxb6FqYDtgJW1TQSoKlbpXaUTyYm9C5fL9QUxi3_iM-TM9sS4Es6ZjG58ROJbBhWO8TDZxL97Sm2Tkp86H8RpuHTZdfhal5dBUg5l4Bb1GqN3jLN9331JbYFzu74oNePN1eZqdTwxmxzrHyWh6YE',
    qi: 'BifXNV6fsE7bvds-4-0AEVPvBwiBjzaC07YNDsZ1JYc19P8DP2Ezx3qlE0V69LvHQ-AH_DG4V27bCYY_CrLMTSvleDbaG2Zc7fUSRCFAJKX6VA9-kaamy0KIDCOzrF_iffibmxEtYVjSGhLWN8vIcdjTQaib1jzQBBsMKIcsIDg',
  },
  Ed25519: {
    kty: 'OKP',
    crv: 'Ed25519',
    x: 'EI7fGD88hVmjnLhinvz1y3Nva9NkffH5rdfWEnodKE8',
    d: 'vS4CWAkK3qkpvWKk3TMuOi6b2_7cbCEpOF0Um1QS5N8',
  },
} as const satisfies Readonly<Record<string, JWK>>

export type KeyPairName = keyof typeof KEY_PAIRS

/** The kid of a key in the key set. */
export const kidOf = (name: KeyPairName): string => `key-${name}`

/** The public half of a key. */
export const publicHalf = ({ kty, crv, x, y, n, e }: JWK): JWK =>
  JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }))

/** An entry of a key set. */
export const publicKeyOf = (name: KeyPairName): JWK => ({
  ...publicHalf(KEY_PAIRS[name]),
  kid: kidOf(name),
  alg: name,
  use: 'sig',
})

/** All of them, as a client registers them. */
export const PUBLIC_KEYS: { readonly keys: JWK[] } = {
  keys: (Object.keys(KEY_PAIRS) as KeyPairName[]).map(publicKeyOf),
}
