// @simplewebauthn/browser as it is sent to browsers. The package exports no path to its bundle.
import script from '../../../node_modules/@simplewebauthn/browser/dist/bundle/index.umd.min.js'

export const PASSKEY_LIBRARY: string = script
