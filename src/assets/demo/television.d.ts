// The states of the demo television, and the requests and responses that it reads.

export interface TvRequest {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly fields?: Readonly<Record<string, string>>
}

export interface Reply {
  /** 0 without a response. */
  readonly status: number
  /** Null without JSON. */
  readonly body: (Problem & Partial<CodeAnswer & Token> & Person & Library) | null
  /** In seconds; 0 without the header. */
  readonly retryAfter: number
}

export interface Problem {
  readonly error?: string
  readonly error_description?: string
}

/** RFC 8628 §3.2. */
export interface CodeAnswer {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  readonly verification_uri_complete?: string
  readonly verification_uri_qr?: string
  readonly expires_in: number
  readonly interval?: number
}

/** RFC 6749 §5.1. */
export interface Token {
  readonly access_token: string
  readonly refresh_token?: string | undefined
  readonly id_token?: string
  readonly expires_in?: number | undefined
  readonly scope?: string | undefined
}

export interface Person {
  readonly name?: string
  readonly email?: string
}

interface Library {
  readonly items?: readonly Item[]
}

export interface Item {
  readonly title: string
  readonly kind: string
  readonly year: number
  readonly summary: string
}

/** A series of requests that replaces the one before it. */
export interface Flow {
  xhr?: XMLHttpRequest | null
  next?: (() => void) | null
  timer?: number
  isBackingOff?: boolean
  /** The server asked for the pause, so a button press does not end it. */
  mustWait?: boolean
  /** Continues after another flow replaced it. */
  isParting?: boolean
}

/** Requests a code. */
export interface CodeFlow extends Flow {
  /** The ID token of the last sign-in, for a push prompt. */
  readonly hint: string | null
}

/** Shows a code and polls. */
export interface WaitingFlow extends CodeFlow {
  readonly deviceCode: string
  /** In seconds. */
  interval: number
  readonly startedAt: number
  readonly expiresAt: number
}

export interface SignedInFlow extends Flow {
  token: Token
  receivedAt: number
  attempts: number
  hasLibrary?: boolean
}

/** Revokes the token of a person who signed out. */
export interface PartingFlow extends Flow {
  readonly token: string
  attempts: number
}

export type CurrentFlow = Flow & Partial<WaitingFlow & SignedInFlow>
