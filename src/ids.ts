// Types of ids and digests. A text becomes one only where it is made, parsed or proven,
// so that no other text can take its place. Types only: at run time each is a plain string.

declare const brand: unique symbol

type Branded<Name extends string> = string & { readonly [brand]: { readonly [N in Name]: true } }

/** A normalised user code (RFC 8628 §3.2). */
export type UserCode = Branded<'UserCode'>

/** The id of a grant: made with its approval, named by its tokens. */
export type GrantId = Branded<'GrantId'>

/** The id of an account, `sub` in tokens. */
export type Subject = Branded<'Subject'>

/** The id of a browser's session, unique in its account. */
export type SessionId = Branded<'SessionId'>

/** A SHA-256 as base64url: what we compare or store in place of a secret. */
export type Digest = Branded<'Digest'>
