// Calls to Durable Objects. Other folders reach an object only by these, so no call goes without the
// translation of its failures.
import type { DurableObject } from 'cloudflare:workers'

/** A call to an object failed: it is unknown whether the call took effect. */
export class ObjectUnavailable extends Error {
  override readonly name = 'ObjectUnavailable'
  /** Retrying at once would make it worse. */
  readonly isOverloaded: boolean

  constructor(cause: unknown) {
    super('a call to a Durable Object failed', { cause })
    this.isOverloaded = cause instanceof Error && 'overloaded' in cause && cause.overloaded === true
  }
}

/**
 * Calls an object on a new stub: a stub is of no use after some failures. Throws ObjectUnavailable for
 * any failure of the call.
 */
export const callObject = async <Stub, Answer>(
  newStub: () => Stub,
  call: (stub: Stub) => Promise<Answer>,
): Promise<Answer> => {
  try {
    return await call(newStub())
  } catch (error) {
    throw new ObjectUnavailable(error)
  }
}

type Method = (...parameters: never) => Promise<unknown>

/** The RPC methods of an object's class. Each call throws ObjectUnavailable if it fails. */
export type Remote<Class> = {
  readonly [
    Name in Exclude<keyof Class, keyof DurableObject> as Class[Name] extends Method ? Name : never
  ]: Class[Name]
}

/** The methods of the object behind a stub. */
export const remote = <Class extends Rpc.DurableObjectBranded>(
  newStub: () => DurableObjectStub<Class>,
): Remote<Class> => {
  const methods = {
    get: (_: object, name: string | symbol) =>
      // `then`: an `await` of the object itself is no call.
      name === 'then' || typeof name === 'symbol'
        ? undefined
        : (...parameters: readonly unknown[]) =>
            callObject(newStub, async (stub): Promise<unknown> => {
              const method = Reflect.get(stub, name) as Method
              return Reflect.apply(method, stub, parameters)
            }),
  }
  return new Proxy({}, methods) as Remote<Class>
}
