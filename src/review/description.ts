// The one description of a device's request (RFC 8628 §5.4), for the page and for the approval API.
import { type ShownClient, shownClient } from '../config/client-name.ts'
import type { Config } from '../config/config.ts'
import { toldProximity } from '../config/proximity-policy.ts'
import { deviceWords } from '../language/device-words.ts'
import type { Language } from '../language/language.ts'
import { placeName } from '../language/place-and-time.ts'
import { mostUnusualFirst, scopeWords } from '../language/scope-text.ts'
import type { Proximity } from '../sender/location.ts'
import type { PendingReview } from './review.ts'

export interface RequestDescription {
  readonly client: ShownClient & { readonly uri: string | undefined }
  readonly scopes: readonly { readonly scope: string; readonly text: string }[]
  /** The resources other than this server (RFC 8707). */
  readonly resources: readonly string[]
  readonly device: {
    readonly name: string
    readonly place: string | undefined
    readonly proximity: Proximity
    /** Undefined where the proximity is unknown. */
    readonly proximityText: string | undefined
    readonly operator: string | undefined
    readonly requestedAtMs: number
  }
}

/** Describes the request of a review in the reader's language. */
export const describeRequest = (
  review: PendingReview,
  config: Config,
  issuer: string,
  language: Language,
): RequestDescription => {
  const { request, location, personLocation } = review
  const proximity = toldProximity(review, personLocation)
  return {
    client: { ...shownClient(config, request), uri: request.clientUri },
    scopes: mostUnusualFirst(request.scope, config).map((scope) => ({
      scope,
      text: scopeWords(scope, config, language),
    })),
    resources: request.resource.filter((resource) => resource !== issuer),
    device: {
      name: deviceWords(request.deviceName, language.messages),
      place: placeName(location, language),
      proximity,
      proximityText:
        proximity === 'unknown' ? undefined : language.messages.confirm.proximity[proximity],
      operator: location.operator,
      requestedAtMs: request.requestedAtMs,
    },
  }
}
