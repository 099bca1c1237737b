// The floor: a bare Worker with a bare Durable Object. Whatever runs on this platform pays this much.
import { DurableObject } from 'cloudflare:workers'

interface Env {
  readonly BARE: DurableObjectNamespace<Bare>
}

// As large as the record of a device authorization.
const RECORD = { status: 'pending', text: 'x'.repeat(700) }
const ALARM_MS = 900_000

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

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll()
  }
}

const worker = {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, what, name = ''] = new URL(request.url).pathname.split('/')
    const bare = env.BARE.getByName(name)
    if (what === 'write') await bare.write()
    else if (what === 'alarm') await bare.writeWithAlarm()
    else await bare.nothing()
    return Response.json({ name })
  },
} satisfies ExportedHandler<Env>

// oxlint-disable-next-line import/no-default-export -- this is a Worker
export default worker
