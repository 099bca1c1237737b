// Stands in for the packages with which @simplewebauthn/server reads attestation certificates. We
// ask for no attestation (`none`) and accept no other, so they would only make the Worker larger.
// Whatever is taken from here and used throws, and the passkey is refused.
module.exports = new Proxy({}, { get: () => undefined })
