// Who is the client with this client_id?
import type { Client } from '../clients.ts'
import type { Exchange } from './exchange.ts'

/** The client named `clientId`, or undefined. */
export const findClient = async (
  { config }: Exchange,
  clientId: string,
): Promise<Client | undefined> => config.clients.get(clientId)
