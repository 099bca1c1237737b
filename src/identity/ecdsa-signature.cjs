// Stands in for @peculiar/asn1-ecc: all that is used of it is the form of an ECDSA signature. The rest
// is for attestation certificates (no-attestation.cjs), and brings their whole grammar along.
exports.ECDSASigValue =
  require('../../node_modules/@peculiar/asn1-ecc/build/es2015/ec_signature_value.js').ECDSASigValue
