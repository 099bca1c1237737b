// The global of passkey-library.js, which pages/kit/files.ts serves from the package.
import type * as library from '@simplewebauthn/browser'

declare global {
  const SimpleWebAuthnBrowser: typeof library
}
