// The account page of a person: devices, passkeys, sessions and recent activity.
import type { SessionId } from '../../ids.ts'
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import type { FC } from 'hono/jsx'
import type { ShownClient } from '../../config/client-name.ts'
import { MAX_PASSKEYS, MAX_SECURITY_EVENTS } from '../../objects/account/account-limits.ts'
import { isAwaited } from '../../objects/account/grant-state.ts'
import type { Overview } from '../../objects/account/views.ts'
import { ActionForm, Actions, Detail } from '../kit/card.tsx'
import { ClientName } from '../kit/client-name.tsx'
import { Button, Checkbox, Csrf, Notice } from '../kit/form.tsx'
import { Email, Layout, type PageContext } from '../kit/layout.tsx'
import { PasskeyForm, PasskeyScripts } from '../kit/passkey-form.tsx'
import { placeName, timeAgo } from '../../language/place-and-time.ts'
import { Prompts } from './prompts.tsx'

export interface DevicesPageProps {
  readonly page: PageContext
  readonly person: { readonly name: string; readonly email: string | undefined }
  readonly overview: Overview
  readonly clientOf: (device: Overview['devices'][number]) => ShownClient
  readonly sessionId: SessionId
  readonly now: number
  /** The change that was just made. */
  readonly done: string | undefined
  readonly problem: string | undefined
  readonly canAddPasskey: boolean
  /** Undefined where the sign-in is too long ago to add one. */
  readonly passkeyOptions: PublicKeyCredentialCreationOptionsJSON | undefined
  /** The first name of a new passkey. */
  readonly passkeyName: string
  /** This server's VAPID public key; undefined where push is off. */
  readonly pushKey: string | undefined
}

export const DevicesPage: FC<DevicesPageProps> = (props) => {
  const { page, person, overview, done, problem, canAddPasskey, passkeyOptions, pushKey } = props
  const copy = page.language.messages.devices
  return (
    <Layout page={page} title={copy.title}>
      <form class="person" method="post" action={`${page.basePath}/devices/sign-out`}>
        <Csrf page={page} />
        <p>
          <span class="unseen">{copy.person} </span>
          <bdi>{person.name}</bdi> <Email address={person.email} />
        </p>
        <Button look="plain">{copy.signOut}</Button>
      </form>
      <h1>{copy.title}</h1>
      {done === undefined ? null : <Notice kind="done">{done}</Notice>}
      {problem === undefined ? null : <Notice kind="problem">{problem}</Notice>}
      <Devices {...props} />
      {canAddPasskey ? <Passkeys {...props} /> : null}
      {pushKey === undefined ? null : (
        <Prompts {...props} browsers={overview.askedBrowsers} publicKey={pushKey} />
      )}
      <Sessions {...props} />
      <Everywhere page={page} />
      <Activity {...props} />
      {passkeyOptions === undefined ? null : <PasskeyScripts page={page} />}
    </Layout>
  )
}

const Devices: FC<DevicesPageProps> = ({ page, overview, now, clientOf }) => {
  const copy = page.language.messages.devices
  const { language } = page
  return (
    <section>
      <h2>{copy.connected}</h2>
      {overview.devices.length === 0 ? <p class="quiet">{copy.noDevices}</p> : null}
      <ul class="cards">
        {overview.devices.map((device) => (
          <li>
            <h3>
              <bdi>{device.deviceName}</bdi>{' '}
              {isAwaited(device) ? <span class="tag">{copy.waiting}</span> : null}
            </h3>
            <dl>
              <Detail term={copy.service}>
                <ClientName page={page} client={clientOf(device)} />
              </Detail>
              <Detail term={copy.place}>{placeName(device.place, language)}</Detail>
              <Detail term={isAwaited(device) ? copy.allowedAt : copy.connectedAt}>
                {timeAgo(now - device.connectedAtMs, language)}
              </Detail>
              <Detail term={copy.usedAt}>
                {isAwaited(device)
                  ? undefined
                  : timeAgo(now - (device.refresh?.issuedAtMs ?? device.connectedAtMs), language)}
              </Detail>
            </dl>
            <Actions>
              <Rename page={page} kind="device" id={device.grantId} name={device.deviceName} />
              <ActionForm page={page} action="device/remove" id={device.grantId}>
                <Button look="plain" aria-label={copy.removeLabel(device.deviceName)}>
                  {copy.remove}
                </Button>
              </ActionForm>
            </Actions>
          </li>
        ))}
      </ul>
    </section>
  )
}

const Passkeys: FC<DevicesPageProps> = ({ page, overview, now, passkeyOptions, passkeyName }) => {
  const copy = page.language.messages.devices
  const { language } = page
  return (
    <section id="passkeys">
      <h2>{copy.passkeys}</h2>
      {overview.passkeys.length === 0 ? <p class="quiet">{copy.noPasskeys}</p> : null}
      <ul class="cards">
        {overview.passkeys.map((passkey) => (
          <li>
            <h3>
              <bdi>{passkey.name}</bdi>
            </h3>
            <dl>
              <Detail term={copy.addedAt}>{timeAgo(now - passkey.addedAtMs, language)}</Detail>
              <Detail term={copy.usedAt}>
                {passkey.usedAtMs === undefined
                  ? copy.never
                  : timeAgo(now - passkey.usedAtMs, language)}
              </Detail>
            </dl>
            <Actions>
              <Rename page={page} kind="passkey" id={passkey.id} name={passkey.name} />
              <ActionForm page={page} action="passkey/remove" id={passkey.id}>
                <Button look="plain" aria-label={copy.removeLabel(passkey.name)}>
                  {copy.remove}
                </Button>
              </ActionForm>
            </Actions>
          </li>
        ))}
      </ul>
      {overview.passkeys.length >= MAX_PASSKEYS ? (
        <p class="quiet">{copy.passkeysFull}</p>
      ) : passkeyOptions === undefined ? (
        <a class="button" href={`${page.basePath}/devices/passkey`}>
          {copy.addPasskey}
        </a>
      ) : (
        <PasskeyForm
          page={page}
          ceremony="create"
          again={`${page.basePath}/devices`}
          options={passkeyOptions}
          action={`${page.basePath}/devices/passkey/add`}
          label={copy.addPasskey}
          problem={copy.addProblem}
        >
          <input type="hidden" name="name" value={passkeyName} />
        </PasskeyForm>
      )}
    </section>
  )
}

const Sessions: FC<DevicesPageProps> = ({ page, overview, sessionId, now }) => {
  const copy = page.language.messages.devices
  const { language } = page
  return (
    <section>
      <h2>{copy.sessions}</h2>
      <ul class="cards">
        {overview.sessions.map((session) => (
          <li>
            <h3>
              <bdi>{session.browser}</bdi>{' '}
              {session.id === sessionId ? <span class="tag">{copy.thisBrowser}</span> : null}
            </h3>
            <dl>
              <Detail term={copy.place}>{placeName(session.place, language)}</Detail>
              <Detail term={copy.signedInAt}>{timeAgo(now - session.startedAtMs, language)}</Detail>
            </dl>
            {session.id === sessionId ? null : (
              <Actions>
                <ActionForm page={page} action="session/end" id={session.id}>
                  <Button look="plain" aria-label={copy.endSessionLabel(session.browser)}>
                    {copy.endSession}
                  </Button>
                </ActionForm>
              </Actions>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

const Everywhere: FC<{ readonly page: PageContext }> = ({ page }) => {
  const copy = page.language.messages.devices
  return (
    <section>
      <form method="post" action={`${page.basePath}/devices/everywhere`}>
        <Csrf page={page} />
        <Checkbox name="with_devices" label={copy.withDevices} />
        <Button look="ink">{copy.everywhere}</Button>
        <p class="quiet">{copy.everywhereHint}</p>
      </form>
    </section>
  )
}

const Activity: FC<DevicesPageProps> = ({ page, overview, now }) => {
  const copy = page.language.messages.devices
  const connections = overview.devices.map((device) => ({
    kind: isAwaited(device) ? ('device_allowed' as const) : ('device_connected' as const),
    about: device.deviceName,
    place: device.place,
    atMs: device.connectedAtMs,
  }))
  const lapsed = overview.lapsed.map(({ deviceName, place, approvedAtMs }) => ({
    kind: 'device_lapsed' as const,
    about: deviceName,
    place,
    atMs: approvedAtMs,
  }))
  const events = [...overview.events, ...connections, ...lapsed]
    .toSorted((a, b) => b.atMs - a.atMs)
    .slice(0, MAX_SECURITY_EVENTS)
  return (
    <section>
      <h2>{copy.activity}</h2>
      {events.length === 0 ? <p class="quiet">{copy.noActivity}</p> : null}
      <ul class="events">
        {events.map(({ kind, about, place, atMs }) => (
          <li>
            {copy.events[kind](about ?? copy.something)}{' '}
            <span class="quiet">
              {[place && placeName(place, page.language), timeAgo(now - atMs, page.language)]
                .filter((part) => part !== undefined)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

interface RenameProps {
  readonly page: PageContext
  readonly kind: 'device' | 'passkey'
  readonly id: string
  readonly name: string
}

const Rename: FC<RenameProps> = ({ page, kind, id, name }) => {
  const copy = page.language.messages.devices
  return (
    <details>
      <summary>{copy.rename}</summary>
      <ActionForm page={page} action={`${kind}/rename`} id={id}>
        <input
          name="name"
          value={name}
          aria-label={copy.renameLabel(name)}
          maxlength={64}
          autocomplete="off"
          required
        />
        <Button look="plain">{copy.save}</Button>
      </ActionForm>
    </details>
  )
}
