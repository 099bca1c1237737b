// The profile of an account: the owner's claims, and the disabled flag.
const PROFILE = 'profile'

/** The identity claims we keep (OpenID Connect Core §5.1). */
export interface Claims {
  readonly name: string
  readonly email: string | undefined
  /** True if an identity provider has verified that the address is the person's. */
  readonly isEmailVerified: boolean
}

/** The claims of a sign-in. */
export interface ToldClaims extends Claims {
  /** The name only stands in for one that the provider did not tell: a stored name stays. */
  readonly isNameMissing?: boolean
}

interface ProfileRecord extends Claims {
  readonly createdAtMs: number
  readonly isDisabled: boolean
  /** The call that created it: made again, it creates the profile again. */
  readonly createdBy?: string | undefined
}

/** The one profile of an account; there is none before its first sign-in. */
export class Profile {
  readonly #storage: DurableObjectStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** The claims of an active account; undefined if it is disabled or does not exist. */
  async activeClaims(): Promise<Claims | undefined> {
    const known = await this.#read()
    return known?.isDisabled === false ? claimsOf(known) : undefined
  }

  /**
   * Stores the claims of a sign-in, and creates the profile if there is none. Undefined if the account is
   * disabled, or does not exist and no claims are given.
   */
  async recognise(
    told: ToldClaims | undefined,
    now: number,
    callId?: string,
  ): Promise<'new' | 'known' | undefined> {
    const before = await this.#read()
    const claims = told && withStoredName(told, before)
    const known =
      before ?? (claims && { ...claims, createdAtMs: now, isDisabled: false, createdBy: callId })
    if (known === undefined || known.isDisabled) return undefined
    const profile = { ...known, ...claims }
    if (!isEqual(before, profile)) await this.#save(profile)
    const isAgain = callId !== undefined && before?.createdBy === callId
    return before === undefined || isAgain ? 'new' : 'known'
  }

  /** The same, but stored claims stay. */
  async introduce(
    claims: ToldClaims,
    now: number,
    callId?: string,
  ): Promise<'new' | 'known' | undefined> {
    return this.recognise((await this.#read()) === undefined ? claims : undefined, now, callId)
  }

  async disable(isDisabled: boolean): Promise<void> {
    const known = await this.#read()
    if (known !== undefined) await this.#save({ ...known, isDisabled })
  }

  #read(): Promise<ProfileRecord | undefined> {
    return this.#storage.get<ProfileRecord>(PROFILE)
  }

  #save(profile: ProfileRecord): Promise<void> {
    return this.#storage.put(PROFILE, profile)
  }
}

// An address that stood in for a name gives way to the present one.
const withStoredName = (
  { isNameMissing = false, ...claims }: ToldClaims,
  before: ProfileRecord | undefined,
): Claims =>
  isNameMissing && before !== undefined && before.name !== before.email
    ? { ...claims, name: before.name }
    : claims

const isEqual = (a: ProfileRecord | undefined, b: ProfileRecord): boolean =>
  a?.name === b.name && a.email === b.email && a.isEmailVerified === b.isEmailVerified

const claimsOf = ({ name, email, isEmailVerified }: ProfileRecord): Claims => ({
  name,
  email,
  isEmailVerified,
})
