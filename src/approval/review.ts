// GET /device/authorizations/{user_code}: the request that the page would show.
import { deviceWords } from '../language/device-words.ts'
import { chooseLanguage, type Language } from '../language/language.ts'
import { pageBrand } from '../config/page-brand.ts'
import { shownClient } from '../config/client-name.ts'
import type { Config } from '../config/config.ts'
import { describeRequest } from '../review/description.ts'
import { noteTooFar } from '../review/review.ts'
import { proveShown } from '../review/shown-request.ts'
import { SECOND } from '../durations.ts'
import type { RequestContext } from '../http/request-context.ts'
import type { AuthorizationRequest } from '../objects/device-authorization/authorization-request.ts'
import { admitApprover } from './approver.ts'
import { DECISION_STATUSES } from './decision-status.ts'

/** Shows the request without deciding; or the decision that this person has already taken. */
export const review = async (context: RequestContext, shownCode: string): Promise<Response> => {
  const { env, request, config, issuer, headers } = context
  const result = await admitApprover(context, shownCode)
  if (result instanceof Response) return result
  const language = chooseLanguage(
    new URL(request.url).searchParams.get('ui_locales') ?? undefined,
    request.headers.get('Accept-Language') ?? undefined,
  )
  headers.set('Content-Language', language.tag)
  headers.set('Vary', 'Accept-Language')
  if (result.outcome === 'decided')
    return Response.json({
      status: DECISION_STATUSES[result.decision],
      client: namesOf(result.request, config, language),
      device: { name: deviceWords(result.request.deviceName, language.messages) },
    })
  const { review: pending } = result
  if (pending.proximityAction === 'refuse') noteTooFar(pending)
  const { request: asked, approver, userCode, location, proximity } = pending
  const { scopes, resources, device } = describeRequest(pending, config, issuer, language)
  const { city, region, country } = location
  return Response.json({
    status: 'pending',
    client: { ...namesOf(asked, config, language), ...linksOf(asked, config, issuer) },
    scopes,
    resources,
    device: {
      name: device.name,
      place: device.place === undefined ? undefined : { text: device.place, city, region, country },
      proximity: { level: proximity, text: device.proximityText },
      network: device.operator,
      asked_at: Math.floor(device.requestedAtMs / SECOND),
    },
    policy: pending.proximityAction,
    expires_in: Math.floor((asked.expiresAtMs - Date.now()) / SECOND),
    shown_proof: await proveShown(env, { subject: approver.subject, userCode }, asked.expiresAtMs),
  })
}

const namesOf = (request: AuthorizationRequest, config: Config, language: Language) => {
  const { name, isVerified } = shownClient(config, request)
  return {
    client_id: request.clientId,
    client_name: name,
    verified: isVerified,
    verified_text: isVerified ? undefined : language.messages.unverified.label(config.brand.name),
  }
}

const linksOf = (request: AuthorizationRequest, config: Config, issuer: string) => {
  const { logo, supportUri, termsUri, privacyUri } = pageBrand(config, request.clientId)
  return {
    client_uri: request.clientUri,
    logo_uri: logo === undefined ? undefined : new URL(logo, issuer).href,
    support_uri: supportUri,
    tos_uri: termsUri,
    policy_uri: privacyUri,
  }
}
