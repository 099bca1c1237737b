// Who an account belongs to, as they or whoever vouches for them told, and whether it is shut.
const PROFILE = 'profile'

/** The identity claims we keep (OpenID Connect Core §5.1). */
export interface Claims {
  readonly name: string
  readonly email: string | undefined
  /** Whether somebody has made sure that the address is the person's. */
  readonly isEmailVerified: boolean
}

interface ProfileRecord extends Claims {
  readonly createdAtMs: number
  readonly isDisabled: boolean
}

/** The one profile of an account; there is none before its first sign-in. */
export class Profile {
  readonly #storage: DurableObjectStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** The claims of an account that is not shut; undefined too where there is none. */
  async open(): Promise<Claims | undefined> {
    const known = await this.#read()
    return known?.isDisabled === false ? claimsOf(known) : undefined
  }

  /**
   * Keeps the claims of whoever recognised the person, who has an account from now on. Undefined if it
   * is shut, or is not there and nobody vouches for it.
   */
  async recognise(claims: Claims | undefined, now: number): Promise<'new' | 'known' | undefined> {
    const before = await this.#read()
    const known = before ?? (claims && { ...claims, createdAtMs: now, isDisabled: false })
    if (known === undefined || known.isDisabled) return undefined
    const profile = { ...known, ...claims }
    if (!isEqual(before, profile)) await this.#keep(profile)
    return before === undefined ? 'new' : 'known'
  }

  /** The same, but what is known already stays. */
  async introduce(claims: Claims, now: number): Promise<'new' | 'known' | undefined> {
    return this.recognise((await this.#read()) === undefined ? claims : undefined, now)
  }

  async disable(isDisabled: boolean): Promise<void> {
    const known = await this.#read()
    if (known !== undefined) await this.#keep({ ...known, isDisabled })
  }

  #read(): Promise<ProfileRecord | undefined> {
    return this.#storage.get<ProfileRecord>(PROFILE)
  }

  #keep(profile: ProfileRecord): Promise<void> {
    return this.#storage.put(PROFILE, profile)
  }
}

const isEqual = (a: ProfileRecord | undefined, b: ProfileRecord): boolean =>
  a?.name === b.name && a.email === b.email && a.isEmailVerified === b.isEmailVerified

const claimsOf = ({ name, email, isEmailVerified }: ProfileRecord): Claims => ({
  name,
  email,
  isEmailVerified,
})
