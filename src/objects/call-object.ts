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

// Long enough for an object to start elsewhere; random, because a deployment cuts many calls at once.
const RETRY_AFTER_MS = 50
const RETRY_SPREAD_MS = 150

/**
 * Calls an object on a new stub, and once more on another if it was restarted or moved meanwhile: each
 * deployment restarts all objects. The first call may have taken effect, so each method does the same
 * when it is called again. Throws ObjectUnavailable for any other failure, and for the second.
 */
export const callObject = async <Stub, Answer>(
  newStub: () => Stub,
  call: (stub: Stub) => Promise<Answer>,
): Promise<Answer> => {
  try {
    return await call(newStub())
  } catch (error) {
    if (!isRestart(error)) throw new ObjectUnavailable(error)
  }
  await scheduler.wait(RETRY_AFTER_MS + Math.random() * RETRY_SPREAD_MS)
  try {
    return await call(newStub())
  } catch (error) {
    throw new ObjectUnavailable(error)
  }
}

// What the platform tells of a failed call: a lost connection is `retryable`, a restart a reset.
const isRestart = (error: unknown): boolean => {
  const { retryable, durableObjectReset, overloaded } = Object(error) as Record<string, unknown>
  return (retryable === true || durableObjectReset === true) && overloaded !== true
}

type Method = (...parameters: never) => Promise<unknown>

/** The RPC methods of an object's class. Each call throws ObjectUnavailable if it fails. */
export type Remote<Class> = {
  readonly [
    Name in Exclude<keyof Class, keyof DurableObject> as Class[Name] extends Method ? Name : never
  ]: Class[Name]
}

/**
 * The methods that take an id of their call behind their other parameters, and the number of those. By
 * it such a method knows a call that is made again.
 */
export type CallIdPositions = ReadonlyMap<string, number>

/** The methods of the object behind a stub. */
export const remote = <Class extends Rpc.DurableObjectBranded>(
  newStub: () => DurableObjectStub<Class>,
  callIdAt: CallIdPositions = new Map(),
): Remote<Class> => {
  const methods = {
    get: (_: object, name: string | symbol) =>
      // `then`: an `await` of the object itself is no call.
      name === 'then' || typeof name === 'symbol'
        ? undefined
        : (...parameters: readonly unknown[]) => {
            const sent = withCallId(parameters, callIdAt.get(name))
            return callObject(newStub, async (stub): Promise<unknown> => {
              const method = Reflect.get(stub, name) as Method
              return Reflect.apply(method, stub, sent)
            })
          },
  }
  return new Proxy({}, methods) as Remote<Class>
}

const withCallId = (
  parameters: readonly unknown[],
  position: number | undefined,
): readonly unknown[] => {
  if (position === undefined) return parameters
  const all = Array.from({ length: position }, (_, index) => parameters[index])
  return [...all, crypto.randomUUID()]
}
