// Compares an answer with those described in /openapi.json.
import document from '../../src/assets/openapi.json'

interface Operation {
  readonly responses: Readonly<Record<string, { readonly description: string }>>
}

const OPERATIONS = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([name]) => name !== 'parameters')
    .map(([method, operation]) => ({
      method: method.toUpperCase(),
      pathname: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      responses: (operation as Operation).responses,
    })),
)

/** Throws if an endpoint answers with a status or an error that its description does not have. */
export const expectDescribed = async (request: Request, response: Response): Promise<void> => {
  const { pathname } = new URL(request.url)
  const operation = OPERATIONS.find(
    ({ method, pathname: pattern }) => method === request.method && pattern.test(pathname),
  )
  // A fault of ours is not described.
  if (operation === undefined || response.status === 500) return
  const { status } = response
  const error = status < 400 ? undefined : (await response.clone().json<Failure>()).error
  // Nor is what an operator has not switched on.
  if (error === 'not_found') return
  const description = operation.responses[status]?.description
  if (description === undefined || !description.includes(error ?? ''))
    throw new Error(`/openapi.json lacks: ${request.method} ${pathname}, ${status} ${error ?? ''}`)
}

interface Failure {
  readonly error?: string
}
