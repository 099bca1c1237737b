// A device outside the Worker that signs in by plain HTTP without a library: the source of tokens
// for other people's verifiers.
import { DEVICE_CODE_GRANT } from '../../../src/config/client-settings.ts'
import { Person } from '../../support/person.ts'

type Fields = Readonly<Record<string, string>>

/** A token response with the requested tokens only. */
export interface Tokens {
  readonly access_token: string
  readonly id_token: string
  readonly refresh_token: string
}

/** People in turn: one person may look up at most five codes a second. */
export const newPeople = async (origin: string): Promise<() => Person> => {
  const newPerson = async (email: string) => {
    const person = new Person(fetch, origin)
    await person.createAccount('Judge Judy', email)
    return person
  }
  const addresses = ['one', 'two', 'three', 'four'].map((name) => `${name}@example.com`)
  const people = await Promise.all(addresses.map(newPerson))
  return () => {
    const next = people.shift()
    if (next === undefined) throw new Error('there is nobody')
    people.push(next)
    return next
  }
}

/** The person allows the device that shows this code. */
export const allow = async (person: Person, userCode: string): Promise<void> => {
  const question = await person.open(`/device?user_code=${userCode}`)
  const answer = await person.decide(question, 'allow')
  if (!answer.html.includes('You’re connected')) throw new Error(answer.html)
}

/** Asks, is allowed, and polls once. `client` is what the client says of itself each time. */
export const signIn = async (
  origin: string,
  person: Person,
  client: Fields,
  scope: string,
): Promise<Tokens> => {
  const ask = async <Answer>(path: string, fields: Fields): Promise<Answer> => {
    const body = new URLSearchParams({ ...client, ...fields })
    const response = await fetch(origin + path, { method: 'POST', body })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return (await response.json()) as Answer
  }
  const device = await ask<{ user_code: string; device_code: string }>('/device_authorization', {
    scope,
  })
  await allow(person, device.user_code)
  return ask('/token', { grant_type: DEVICE_CODE_GRANT, device_code: device.device_code })
}

/** A forgery: these claims replace those of a token with an unchanged signature. */
export const forge = (token: string, claims: object): string => {
  const [header, payload = '', signature] = token.split('.')
  const all = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...claims }
  return [header, Buffer.from(JSON.stringify(all)).toString('base64url'), signature].join('.')
}
