// A server with two identity providers, Acme and Globex, and people who sign in there.
import { expect } from 'vitest'
import { Person, type Page } from '../../support/person.ts'
import { TEST_VARS } from '../../support/settings.ts'
import { startOutsideDevice } from './outside-device.ts'
import { startServer } from './server.ts'
import {
  type Member,
  UPSTREAM_SECRETS,
  type UpstreamProvider,
  fetchWithin,
  startUpstreamProvider,
} from './upstream-provider.ts'

export type UpstreamServer = Awaited<ReturnType<typeof startUpstreamServer>>

interface SignInOptions {
  /** The provider's entry in the settings; `acme` by default. */
  readonly id?: string
  readonly provider?: UpstreamProvider
  readonly visitor?: Person
  /** The browser that the provider may know already. */
  readonly browser?: Person
}

let members = 0

/** A new person each time, because a person may look up few codes at once. */
export const newMember = (): Member => {
  members += 1
  return { name: `Member ${members} of Acme`, email: `member${members}@example.com` }
}

/** Starts both providers and the server that asks them. */
export const startUpstreamServer = async () => {
  const [acme, globex] = await Promise.all([startUpstreamProvider(), startUpstreamProvider()])
  const { SCOPES, CLIENTS } = TEST_VARS
  const server = await startServer({
    ...UPSTREAM_SECRETS,
    SCOPES,
    CLIENTS,
    IDENTITY_PROVIDERS: [
      acme.entry('acme', 'Acme'),
      acme.entry('acme-app', 'Acme app', { isPublic: true }),
      globex.entry('globex', 'Globex'),
      acme.entry('acme-any-age', 'Acme at any age', { max_sign_in_hours: 0 }),
      acme.entry('acme-hour', 'Acme of the last hour', { max_sign_in_hours: 1 }),
    ],
  })
  acme.serve(server.origin)
  globex.serve(server.origin)
  globex.misbehave({ metadata: { prompt_values_supported: ['none', 'login', 'consent'] } })

  const newVisitor = () => new Person(fetchWithin(server.origin), server.origin)

  /** Signs in at a provider and returns. */
  const signIn = async (
    member: Member,
    { id = 'acme', provider = acme, visitor = newVisitor(), browser }: SignInOptions = {},
  ): Promise<{ visitor: Person; page: Page }> => {
    let page = await visitor.open(`/device/sign-in/at/${id}`)
    // A sign-in that is too old is sent back once.
    for (let turn = 0; turn < 2 && page.url.origin === provider.issuer; turn += 1)
      page = await visitor.open((await provider.signIn(page.url, member, browser)).href)
    return { visitor, page }
  }

  /** The claims that a device gets of its approver. */
  const connect = async (visitor: Person) => {
    const device = await startOutsideDevice(server.origin)
    const question = await visitor.open(`/device?user_code=${device.userCode}`)
    expect((await visitor.decide(question, 'allow')).html).toContain('You’re connected')
    return device.collect()
  }

  /** The same for a member who signs in. */
  const connectMember = async (...args: Parameters<typeof signIn>) =>
    connect((await signIn(...args)).visitor)

  const close = async () => {
    acme.close()
    globex.close()
    await server.close()
  }

  return { origin: server.origin, acme, globex, newVisitor, signIn, connect, connectMember, close }
}
