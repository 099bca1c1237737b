// The name of a client on a page. Where the operator did not list the client, it says so beside it.
import type { FC } from 'hono/jsx'
import type { ShownClient } from '../../config/client-name.ts'
import type { PageContext } from './layout.tsx'

interface ClientProps {
  readonly page: PageContext
  readonly client: ShownClient
}

/** The name within a sentence of ours. */
export const nameInSentence = ({ brand, language }: PageContext, client: ShownClient): string =>
  client.isVerified ? client.name : language.messages.unverified.inSentence(client.name, brand.name)

/** A name that stands by itself. */
export const ClientName: FC<ClientProps> = ({ page, client }) => (
  <>
    <bdi>{client.name}</bdi> <Unverified page={page} client={client} />
  </>
)

/** The mark beside the name of an unlisted client. */
export const Unverified: FC<ClientProps> = ({ page: { brand, language }, client }) =>
  client.isVerified ? null : (
    <span class="unverified">{language.messages.unverified.label(brand.name)}</span>
  )
