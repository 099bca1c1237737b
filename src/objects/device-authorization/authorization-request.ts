// The stored form of a device's request.
import type { Digest } from '../../ids.ts'
import type { ProximityPolicy } from '../../config/client-settings.ts'
import type { Location } from '../../sender/location.ts'

/** The device authorization request (RFC 8628 §3.1) as it was accepted. */
export interface AuthorizationRequest {
  readonly clientId: string
  /** The client's name, as the person reads it. */
  readonly clientName: string
  readonly clientUri: string | undefined
  readonly secretHash: Digest
  readonly scope: readonly string[]
  readonly resource: readonly string[]
  readonly codeChallenge: string | undefined
  /** The thumbprint of the key that the device_code is bound to (RFC 9449 §10 by analogy). */
  readonly dpopJkt: string | undefined
  readonly intervalMs: number
  readonly requestedAtMs: number
  readonly expiresAtMs: number
  /** The device's name for itself, or one from its User-Agent; not verified. */
  readonly deviceName: string
  readonly location: Location
  readonly proximityPolicy: ProximityPolicy
}
