// The deployed Worker again, with everything counted that Cloudflare bills: it stands in front of
// the bundle, which it does not change. GET /bench/counts tells, and begins anew.
import app, * as antenna from '../../src/index.ts'

// The definitions below replace the class of that name.
export * from '../../src/index.ts'

interface Count {
  count: number
  /** Time that the object worked, as its caller saw it. */
  ms: number
}

let counts: Record<string, Count> = {}
const started = new Set<string>()

const add = (key: string, count = 1, ms = 0): void => {
  const before = counts[key] ?? { count: 0, ms: 0 }
  counts[key] = { count: before.count + count, ms: before.ms + ms }
}

const ROWS_READ = 'rows read'
const ROWS_WRITTEN = 'rows written'

type Method = (this: DurableObjectStorage, ...args: unknown[]) => Promise<unknown>

let isWatched = false

// All objects share one class of storage. A key is a row, and so is an alarm.
const watch = (storage: DurableObjectStorage): void => {
  if (isWatched) return
  isWatched = true
  const prototype = Object.getPrototypeOf(storage) as Record<string, Method>
  const count = (
    name: string,
    rows: (storage: DurableObjectStorage, argument: unknown) => unknown,
  ) => {
    const original = prototype[name]
    if (original === undefined) throw new Error(`storage.${name} is not there`)
    prototype[name] = async function counted(...args) {
      await rows(this, args[0])
      return original.apply(this, args)
    }
  }
  const list = prototype['list']
  if (list === undefined) throw new Error('storage.list is not there')
  const rowsOf = async (all: DurableObjectStorage, options?: unknown) =>
    ((await list.call(all, options)) as Map<string, unknown>).size
  count('deleteAll', async (all) => add(ROWS_WRITTEN, await rowsOf(all)))
  count('list', async (all, options) => add(ROWS_READ, await rowsOf(all, options)))
  for (const name of ['get', 'getAlarm']) count(name, () => add(ROWS_READ))
  for (const name of ['put', 'setAlarm']) count(name, () => add(ROWS_WRITTEN))
  count('delete', (_, keys) => add(ROWS_WRITTEN, Array.isArray(keys) ? keys.length : 1))
}

export class DeviceAuthorization extends antenna.DeviceAuthorization {
  constructor(context: DurableObjectState, env: Cloudflare.Env) {
    super(context, env)
    watch(context.storage)
  }

  /** The alarm a quarter of an hour after the sign-in. */
  async runAlarm(): Promise<void> {
    await this.alarm()
  }
}

type Stub = Record<string, (...args: unknown[]) => Promise<unknown>>

const countedStub = (className: string, name: string, stub: object): object =>
  new Proxy(stub as Stub, {
    get:
      (target, method: string) =>
      async (...args: unknown[]) => {
        if (method === 'start') started.add(name)
        const beganAt = Date.now()
        try {
          return await target[method]?.(...args)
        } finally {
          add(`${className}.${method}`, 1, Date.now() - beganAt)
        }
      },
  })

const countedNamespace = (className: string, namespace: DurableObjectNamespace): object => ({
  newUniqueId: () => namespace.newUniqueId(),
  idFromName: (name: string) => namespace.idFromName(name),
  idFromString: (text: string) => namespace.idFromString(text),
  get: (id: DurableObjectId) => countedStub(className, '', namespace.get(id)),
  getByName: (name: string) => countedStub(className, name, namespace.getByName(name)),
})

const CLASSES = {
  ACCOUNT: 'Account',
  CLIENT_RECORD: 'ClientRecord',
  DEVICE_AUTHORIZATION: 'DeviceAuthorization',
  KEYRING: 'Keyring',
  LOGIN: 'Login',
  REPLAY_GUARD: 'ReplayGuard',
} as const

const countedEnv = (env: Cloudflare.Env): Cloudflare.Env => ({
  ...env,
  ...Object.fromEntries(
    Object.entries(CLASSES).map(([binding, className]) => [
      binding,
      countedNamespace(className, env[binding as keyof typeof CLASSES] as DurableObjectNamespace),
    ]),
  ),
})

const worker = {
  fetch: async (request: Request, env: Cloudflare.Env, context: ExecutionContext) => {
    const { pathname } = new URL(request.url)
    const counted = countedEnv(env)
    if (pathname === '/bench/counts') {
      const told = counts
      counts = {}
      return Response.json(told)
    }
    if (pathname === '/bench/alarms') {
      for (const name of started)
        await (counted.DEVICE_AUTHORIZATION.getByName(name) as unknown as Stub)['runAlarm']?.()
      started.clear()
      return new Response()
    }
    add(`${request.method} ${pathname}`)
    return app.fetch(request, counted, context)
  },
}

// oxlint-disable-next-line import/no-default-export -- this is a Worker
export default worker
