// A person with push prompts, the push service of their browsers, and devices that may name them.
// In workerd, with the internet of internet.ts.
import type { Subject } from '../../src/ids.ts'
import { env } from 'cloudflare:workers'
import { Host } from './internet.ts'
import { emailLogin } from '../../src/objects/index.ts'
import { type Device, approve, startDevice } from './device.ts'
import { Member } from './member.ts'
import { Person } from './person.ts'
import { type Network, TURKU } from './places.ts'
import { ISSUER, PUSH, PUSH_KEY, PUSH_SECRETS, TEST_VARS } from './settings.ts'
import { PushSubscriber, verifyVapid } from './push-subscriber.ts'
import { type Fetch, freshAddress, sentFrom, workerWith } from './worker.ts'
import { named } from './named.ts'

type Fields = Readonly<Record<string, string>>

const tv = (id: string, more: object) => ({
  ...TEST_VARS.CLIENTS.find(({ client_id }) => client_id === 'tv'),
  client_id: id,
  ...more,
})

export const PUSH_VARS = {
  PUSH,
  ...PUSH_SECRETS,
  CLIENTS: [
    ...TEST_VARS.CLIENTS,
    // Called like the API that its access tokens are for.
    tv(ISSUER, { id_token_signed_response_alg: 'ES256' }),
    tv('mail-tv', { push: 'login_hint' }),
    tv('quiet-tv', { push: 'off' }),
    tv('strict-tv', { proximity: { same_country: 'confirm' } }),
  ],
}

/** The Worker, with PUSH on. */
export const pushWorker = workerWith(PUSH_VARS)

/** A person with an account, and a session in one browser. */
export class Resident {
  readonly subject: Subject
  readonly email: string
  readonly browser: Person

  private constructor({ subject, email }: Member, browser: Person) {
    this.subject = subject
    this.email = email
    this.browser = browser
  }

  static async join(network: Network | undefined = TURKU, fetch = pushWorker): Promise<Resident> {
    const member = await new Member().claimEmail()
    return new Resident(member, await member.browser(sentFrom({ network }, fetch)))
  }

  /** With the password of all persons here. */
  static async register(): Promise<Resident> {
    const address = { 'CF-Connecting-IP': freshAddress() }
    const browser = new Person(sentFrom({ network: TURKU }, pushWorker), ISSUER, address)
    const email = `${crypto.randomUUID()}@example.com`
    await browser.createAccount('Ada', email)
    const subject = (await emailLogin(env, email).subject()) ?? named('')
    return new Resident(new Member({ subject, email }), browser)
  }

  /** Another browser of theirs. */
  elsewhere(network: Network | undefined = TURKU): Promise<Person> {
    return new Member(this).browser(sentFrom({ network }, pushWorker))
  }
}

export const csrfOf = (html: string): string => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? ''

/** A browser's subscription at a push service of its own. */
export class Subscription {
  readonly host: Host
  readonly subscriber: PushSubscriber

  constructor(host = new Host(() => new Response(null, { status: 201 }))) {
    this.host = host
    this.subscriber = new PushSubscriber(host.uri)
  }

  /** Opts a browser in. */
  async add(browser: Person): Promise<this> {
    const page = await browser.submit(
      await browser.open('/devices'),
      '/devices/prompts/add',
      this.subscriber.fields,
    )
    if (!page.html.includes('This browser will ask you.')) throw new Error(page.html)
    return this
  }

  /** The received messages, decrypted, the latest last. */
  messages() {
    return this.host.requests.map(({ body }) =>
      JSON.parse(this.subscriber.decrypt(Buffer.from(body as Uint8Array))),
    )
  }

  headers(): Headers {
    return new Headers(this.host.requests.at(-1)?.headers)
  }

  claims() {
    const { origin } = new URL(this.host.uri)
    return verifyVapid(this.headers().get('Authorization') ?? '', origin, PUSH_KEY)
  }
}

interface Start {
  readonly clientId?: string
  readonly network?: Network | undefined
  readonly address?: string
  readonly fields?: Fields
  readonly fetch?: Fetch
}

/** A device starts. */
export const start = (fields: Fields, options: Start = {}): Promise<Device> => {
  const { clientId = 'tv', address = freshAddress(), fetch = pushWorker } = options
  const network = 'network' in options ? options.network : TURKU
  return startDevice(clientId, {
    fields: { device_name: 'Den TV', ...fields },
    headers: { 'CF-Connecting-IP': address },
    fetch: sentFrom({ network }, fetch),
  })
}

/** The ID token of a device that this person allowed. */
export const idTokenOf = async (
  resident: Resident,
  clientId = 'tv',
  fetch: Fetch = pushWorker,
): Promise<string> => {
  const device = await startDevice(clientId, { fetch })
  await approve(device.userCode, { subject: resident.subject })
  const { status, body } = await device.poll()
  if (status !== 200) throw new Error(JSON.stringify(body))
  return body.id_token
}

/** A person with a subscribed browser, and the hint by which their device names them. */
export const household = async (network: Network = TURKU, joining = Resident.join(network)) => {
  const resident = await joining
  const subscription = await new Subscription().add(resident.browser)
  return { resident, subscription, hint: { id_token_hint: await idTokenOf(resident) } }
}
