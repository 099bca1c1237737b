// Size of the upload to Cloudflare, and cost of its start.
import { gzipSync } from 'node:zlib'
import { Connection } from './connection.ts'
import { mean } from './load.ts'
import { type ServerProcess, exactCpuMs } from './server-process.ts'
import type { Modules } from './workerd.ts'

const STARTS = 5
const KB = 1000

/** All modules as they are uploaded, in KB. */
export const sizesOf = (modules: Modules): { plain: number; compressed: number } => {
  const all = Buffer.from(modules.map(({ text }) => text).join(''))
  return { plain: all.length / KB, compressed: gzipSync(all, { level: 9 }).length / KB }
}

/** CPU time from the start of the process to its first answer, in ms. */
export const startUpCpuMs = async (start: () => Promise<ServerProcess>): Promise<number> => {
  const times: number[] = []
  for (let turn = 0; turn < STARTS; turn += 1) {
    const server = await start()
    const connection = new Connection(server.port)
    await connection.get('/')
    times.push(await exactCpuMs(server.pid))
    connection.close()
    await server.stop()
  }
  return mean(times)
}
