// GET /devices: a person's own devices, passkeys and sessions, and what they do about them (XD-8).
import type { GrantId, SessionId } from '../../ids.ts'
import { Hono } from 'hono'
import { shownClient } from '../../config/client-name.ts'
import { browserNameOf } from '../../sender/device-name.ts'
import { plainText } from '../../text/plain-text.ts'
import { parseRegistrationResponse } from '../../identity/credential-response.ts'
import {
  generatePasskeyRegistrationOptions,
  verifyPasskeyRegistrationResponse,
} from '../../identity/passkey.ts'
import { type SignedIn, endSession } from '../../identity/session.ts'
import type { Overview } from '../../objects/account/views.ts'
import { accountOf } from '../../objects/index.ts'
import { LIMIT_PERIOD_MS, isWithinLimit } from '../../http/rate-limit.ts'
import { dropCookie, keepCookie, readCookie } from '../kit/cookies.ts'
import { errandQuery } from '../kit/errand.tsx'
import { DevicesPage } from './devices-page.tsx'
import { isForeign } from '../kit/fetch-metadata.ts'
import { deviceWords } from '../../language/device-words.ts'
import type { Messages } from '../../language/language.ts'
import { missing, tooMany } from '../kit/problem.tsx'
import { SurePage } from '../kit/sure-page.tsx'
import { sentPushAddress } from './prompts.tsx'
import {
  type PageEnvironment,
  type PageRequest,
  goTo,
  isFreshSignIn,
  placeToSee,
  relyingPartyOf,
  sessionCookie,
  signedInVisitor,
} from '../kit/page-request.ts'

type Done = keyof Messages['devices']['done']
type OwnHandler = (context: PageRequest, owner: SignedIn) => Promise<Response>

// Everything here belongs to one person, who must sign in first.
const own = (handler: OwnHandler) => async (context: PageRequest) => {
  if (sessionCookie(context) === undefined) return askFirst(context)
  // Links of others have an allowance of their own, which they may use up.
  const purpose = isForeign(context) ? 'devices by link' : 'devices'
  if (!(await isWithinLimit(context.env, 'PERSON_LIMIT', context.req.raw, purpose)))
    return tooMany(context, LIMIT_PERIOD_MS)
  const owner = await signedInVisitor(context)
  return owner === undefined ? askFirst(context) : handler(context, owner)
}

const askFirst = (context: PageRequest): Response =>
  goTo(context, `/device/sign-in${errandQuery({ next: 'devices' })}`)

const show = async (context: PageRequest, owner: SignedIn, problem?: string): Promise<Response> => {
  const overview = await accountOf(context.env, owner.subject)?.overview(
    owner.digest,
    placeToSee(context),
  )
  if (overview === undefined) return askFirst(context)
  const page = context.get('page')
  const copy = page.language.messages.devices
  const done = doneText(context)
  const browser = browserNameOf(context.req.header('User-Agent') ?? null)
  return context.html(
    <DevicesPage
      page={page}
      person={owner}
      overview={overviewInWords(overview, page.language.messages)}
      clientOf={(device) => shownClient(context.get('config'), device)}
      sessionId={owner.digest.id}
      now={Date.now()}
      done={done}
      problem={problem}
      canAddPasskey={isOwnAccount(context, owner)}
      passkeyOptions={
        isOwnAccount(context, owner) && isFreshSignIn(owner)
          ? await generatePasskeyRegistrationOptions(
              context.env,
              relyingPartyOf(context),
              page.csrf,
              owner,
              overview.passkeys,
            )
          : undefined
      }
      passkeyName={plainText(copy.newPasskey(deviceWords(browser, page.language.messages)))}
      pushKey={context.get('config').push?.publicKey}
    />,
    problem === undefined ? 200 : 400,
  )
}

const overviewInWords = (overview: Overview, messages: Messages): Overview => {
  const words = (name: string) => deviceWords(name, messages)
  return {
    ...overview,
    devices: overview.devices.map((it) => ({ ...it, deviceName: words(it.deviceName) })),
    lapsed: overview.lapsed.map((it) => ({ ...it, deviceName: words(it.deviceName) })),
    sessions: overview.sessions.map((it) => ({ ...it, browser: words(it.browser) })),
    askedBrowsers: overview.askedBrowsers.map((it) => ({ ...it, browser: words(it.browser) })),
    events: overview.events.map((it) =>
      it.about === undefined ? it : { ...it, about: words(it.about) },
    ),
  }
}

// People from an identity provider keep signing in there, so that it can lock them out.
const isOwnAccount = (context: PageRequest, { provider }: SignedIn): boolean =>
  context.get('config').hasBuiltInAccounts && provider === undefined

// The change that this browser has just made, by the address; the name that it concerned, by a cookie.
const doneText = (context: PageRequest): string | undefined => {
  if (isForeign(context)) return undefined
  const { messages } = context.get('page').language
  const { done } = messages.devices
  const what = context.req.query('done') ?? ''
  if (!isDone(done, what)) return undefined
  const text = done[what]
  if (typeof text === 'string') return text
  const name = plainText(readCookie(context, 'removed') ?? '')
  return text(deviceWords(name, messages))
}

const isDone = (messages: object, text: string): text is Done => Object.hasOwn(messages, text)

// SS-5: a stranger with the phone for a moment must not be able to add a passkey.
const addPasskey: OwnHandler = async (context, owner) => {
  const { csrf, language } = context.get('page')
  if (!isOwnAccount(context, owner)) return goTo(context, '/devices')
  if (!isFreshSignIn(owner)) return askFirst(context)
  const form = context.get('form')
  const response = parseRegistrationResponse(form('credential'))
  const name = plainText(form('name')) || language.messages.devices.passkeys
  const outcome =
    response &&
    (await verifyPasskeyRegistrationResponse(context.env, relyingPartyOf(context), csrf, owner, {
      response,
      name,
    }))
  if (outcome?.outcome === 'added') return goTo(context, '/devices?done=passkeyAdded')
  const { addProblem, passkeysFull } = language.messages.devices
  return show(context, owner, outcome?.outcome === 'full' ? passkeysFull : addProblem)
}

const addPrompts: OwnHandler = async (context, owner) => {
  const place = placeToSee(context)
  if (place === undefined) return missing(context)
  const address = await sentPushAddress(context)
  const account = accountOf(context.env, owner.subject)
  const isAdded = address && (await account?.subscribe(owner.digest, address, place))
  return isAdded === true
    ? goTo(context, '/devices?done=browserAsked')
    : show(context, owner, context.get('page').language.messages.devices.prompts.problem)
}

type Account = NonNullable<ReturnType<typeof accountOf>>

/** Changes the account by the `id` and `name` that one form sends. */
const change = (
  done: Done,
  act: (account: Account, id: string, name: string) => Promise<void>,
): ReturnType<typeof own> =>
  own(async (context, owner) => {
    const form = context.get('form')
    const account = accountOf(context.env, owner.subject)
    if (account !== undefined) await act(account, form('id'), plainText(form('name')))
    return goTo(context, `/devices?done=${done}`)
  })

interface Removal {
  readonly action: string
  readonly ask: (messages: Messages['sure']) => Messages['sure']['device']
  /** The name of the device or passkey with that id, if there is one. */
  readonly nameOf: (overview: Overview, id: string) => string | undefined
  readonly done: Done
  readonly act: (account: Account, id: string) => Promise<void>
}

/** Removes something once its owner is sure. */
const remove = ({ action, ask, nameOf, done, act }: Removal): ReturnType<typeof own> =>
  own(async (context, owner) => {
    const form = context.get('form')
    const page = context.get('page')
    const account = accountOf(context.env, owner.subject)
    const id = form('id')
    const overview = await account?.overview(owner.digest)
    const name = overview && nameOf(overview, id)
    if (account === undefined || name === undefined) return goTo(context, '/devices')
    if (form('sure') !== 'yes') {
      const { title, text, yes } = ask(page.language.messages.sure)
      const shown = deviceWords(name, page.language.messages)
      const more = { text, yes, action, fields: { id }, back: '/devices' }
      return context.html(<SurePage page={page} title={title(shown)} {...more} />)
    }
    await act(account, id)
    keepCookie(context, 'removed', name)
    return goTo(context, `/devices?done=${done}`)
  })

const signedOut = (context: PageRequest): Response => {
  dropCookie(context, 'session')
  return goTo(context, `/device/sign-in${errandQuery({ isSwitching: true })}`)
}

/** GET shows them; each POST does one thing, and shows them again. */
export const devices = new Hono<PageEnvironment>()
  .get('/', own(show))
  .post(
    '/device/rename',
    change('renamed', async (account, id, name) => {
      // The account looks an id of a form up among its own: any other text names nothing.
      if (name !== '') await account.renameDevice(id as GrantId, name)
    }),
  )
  .post(
    '/device/remove',
    remove({
      action: '/devices/device/remove',
      ask: ({ device }) => device,
      nameOf: ({ devices: all }, id) => all.find(({ grantId }) => grantId === id)?.deviceName,
      done: 'removed',
      act: (account, id) => account.removeDevice(id as GrantId, 'device_removed'),
    }),
  )
  .post(
    '/passkey/rename',
    change('renamed', async (account, id, name) => {
      if (name !== '') await account.renamePasskey(id, name)
    }),
  )
  .post(
    '/passkey/remove',
    remove({
      action: '/devices/passkey/remove',
      ask: ({ passkey }) => passkey,
      nameOf: ({ passkeys }, id) => passkeys.find((passkey) => passkey.id === id)?.name,
      done: 'passkeyRemoved',
      act: (account, id) => account.removePasskey(id),
    }),
  )
  // Signing in again comes first where it was long ago, and leads back.
  .get(
    '/passkey',
    own(async (context) => askFirst(context)),
  )
  .post('/passkey/add', own(addPasskey))
  .post('/prompts/add', own(addPrompts))
  .post(
    '/prompts/remove',
    change('browserNotAsked', (account, id) => account.unsubscribe(id as SessionId)),
  )
  .post(
    '/session/end',
    change('sessionEnded', (account, id) => account.endSession(id as SessionId)),
  )
  .post(
    '/everywhere',
    own(async (context, owner) => {
      const withDevices = context.get('form')('with_devices') === 'yes'
      await accountOf(context.env, owner.subject)?.signOutEverywhere({ withDevices })
      return signedOut(context)
    }),
  )
  .post(
    '/sign-out',
    own(async (context, owner) => {
      await endSession(context.env, owner)
      return signedOut(context)
    }),
  )
