// The floor: a bare Worker with bare Durable Objects, the least that any service here costs.
// `/write/x` has the object x write, `/nothing/x,write/y` one after the other, `/hold/x` waits on a
// socket of x for the longest hold, `/none` calls no object.
import { DurableObject } from 'cloudflare:workers'

interface Env {
  readonly BARE: DurableObjectNamespace<Bare>
}

// As large as the record of a device authorization.
const RECORD = { status: 'pending', text: 'x'.repeat(700) }
const ALARM_MS = 900_000
const HOLD_MS = 240_000

export class Bare extends DurableObject {
  nothing(): string {
    return 'nothing'
  }

  async write(): Promise<void> {
    await this.ctx.storage.put('record', RECORD)
  }

  async writeWithAlarm(): Promise<void> {
    await Promise.all([this.write(), this.ctx.storage.setAlarm(Date.now() + ALARM_MS)])
  }

  override async fetch(): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    return new Response(null, { status: 101, webSocket: client })
  }

  override webSocketClose(): void {}

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll()
  }
}

const hold = async (bare: DurableObjectStub<Bare>): Promise<void> => {
  const { webSocket } = await bare.fetch('https://object/', { headers: { Upgrade: 'websocket' } })
  await new Promise<unknown>((resolve) => {
    setTimeout(resolve, HOLD_MS)
    webSocket?.addEventListener('close', resolve)
    webSocket?.accept()
  })
}

const act = (bare: DurableObjectStub<Bare>, what: string): Promise<unknown> => {
  switch (what) {
    case 'write':
      return bare.write()
    case 'alarm':
      return bare.writeWithAlarm()
    case 'hold':
      return hold(bare)
    case 'none':
      return Promise.resolve()
    default:
      return bare.nothing()
  }
}

const worker = {
  async fetch(request: Request, env: Env): Promise<Response> {
    const actions = new URL(request.url).pathname.slice(1).split(',')
    for (const action of actions) {
      const [what = '', name = ''] = action.split('/')
      await act(env.BARE.getByName(name), what)
    }
    return Response.json({ actions })
  },
} satisfies ExportedHandler<Env>

// oxlint-disable-next-line import/no-default-export -- this is a Worker
export default worker
