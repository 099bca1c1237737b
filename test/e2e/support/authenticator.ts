// The authenticator of a phone or laptop with a fingerprint and passkeys: Chromium's virtual
// authenticator (WebAuthn Level 3 §11), driven by the DevTools protocol.
import type { CDPSession, Page } from 'playwright-core'

type Command = Parameters<CDPSession['send']>[0] & `WebAuthn.${string}`

/** A passkey as its authenticator keeps it; bytes in base64. */
export interface Credential {
  readonly credentialId: string
  readonly isResidentCredential: boolean
  readonly rpId?: string | undefined
  readonly privateKey: string
  readonly userHandle?: string | undefined
  readonly signCount: number
  readonly backupEligibility?: boolean | undefined
  readonly backupState?: boolean | undefined
}

/** Faults of an authenticator. */
export interface Fault {
  readonly isBogusSignature?: boolean
  readonly isBadUV?: boolean
  readonly isBadUP?: boolean
}

const NO_AUTOFILL = `
  if (globalThis.PublicKeyCredential)
    PublicKeyCredential.isConditionalMediationAvailable = async () => false`

export class Authenticator {
  readonly #session: CDPSession
  #id: string | undefined

  private constructor(session: CDPSession) {
    this.#session = session
  }

  /**
   * Adds one that answers at once, with user presence and user verification. It also accepts the
   * browser's autofill offer, unless `hasAutofill` is false.
   */
  static async addTo(page: Page, { hasAutofill = true } = {}): Promise<Authenticator> {
    if (!hasAutofill) await page.addInitScript(NO_AUTOFILL)
    const session = await page.context().newCDPSession(page)
    const authenticator = new Authenticator(session)
    await session.send('WebAuthn.enable')
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    authenticator.#id = authenticatorId
    return authenticator
  }

  /** Takes it away, with all that it keeps. */
  async remove(): Promise<void> {
    await this.#send('WebAuthn.removeVirtualAuthenticator')
    this.#id = undefined
  }

  /** Sets user verification: finger, face, PIN. */
  async setUserVerified(isUserVerified: boolean): Promise<void> {
    await this.#send('WebAuthn.setUserVerified', { isUserVerified })
  }

  /** Sets whether the person answers requests from now on. */
  async setAnswering(enabled: boolean): Promise<void> {
    await this.#send('WebAuthn.setAutomaticPresenceSimulation', { enabled })
  }

  /** From now on it gets this wrong; `{}` mends it. */
  async setFault({ isBogusSignature = false, isBadUV = false, isBadUP = false }: Fault) {
    await this.#send('WebAuthn.setResponseOverrideBits', { isBogusSignature, isBadUV, isBadUP })
  }

  async credentials(): Promise<readonly Credential[]> {
    const { credentials } = (await this.#send('WebAuthn.getCredentials')) as {
      credentials: Credential[]
    }
    return credentials
  }

  /** Its only passkey. */
  async credential(): Promise<Credential> {
    const [credential, ...others] = await this.credentials()
    if (credential === undefined || others.length > 0)
      throw new Error(`${others.length + (credential === undefined ? 0 : 1)} passkeys`)
    return credential
  }

  /** Puts other properties on a passkey, as no authenticator would. */
  async change(credential: Credential, properties: Partial<Credential>): Promise<void> {
    const { credentialId } = credential
    await this.#send('WebAuthn.removeCredential', { credentialId })
    await this.#send('WebAuthn.addCredential', { credential: { ...credential, ...properties } })
  }

  #send(command: Command, parameters: object = {}): Promise<unknown> {
    if (this.#id === undefined) throw new Error('there is no authenticator any more')
    return this.#session.send(command, { authenticatorId: this.#id, ...parameters })
  }
}
