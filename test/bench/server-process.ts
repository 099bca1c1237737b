// A server in a process of its own, and what the kernel says of it: CPU time, memory, open files.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, readdir } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Linux counts CPU time in hundredths of a second. */
const MS_PER_TICK = 10
const BYTES_PER_KB = 1024
const STARTS_WITHIN_MS = 60_000

export interface ServerProcess {
  readonly origin: string
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a server that will listen on `port`, and waits until it does. */
export const spawnServer = async (
  command: string,
  args: readonly string[],
  port: number,
): Promise<ServerProcess> => {
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  running.add(child)
  let complaints = ''
  child.stderr.on('data', (chunk) => (complaints = (complaints + chunk).slice(-4000)))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void ended.then(() => running.delete(child))
  const until = Date.now() + STARTS_WITHIN_MS
  while (!(await isListening(port))) {
    if (child.exitCode !== null || Date.now() > until)
      throw new Error(`${command} did not start: ${complaints}`)
    await sleep(20)
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** A free port. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })

/** CPU time of a process and all its threads so far, in ms. */
export const cpuMs = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}

/** The same to the nanosecond, of the threads that still run. */
export const exactCpuMs = async (pid: number): Promise<number> => {
  const threads = await readdir(`/proc/${pid}/task`)
  const times = await Promise.all(
    threads.map(async (thread) => {
      const [onCpuNs] = (await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')).split(' ')
      return Number(onCpuNs) / 1e6
    }),
  )
  return times.reduce((sum, time) => sum + time, 0)
}

/** Resident memory of a process, in bytes. */
export const residentBytes = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * BYTES_PER_KB
}

/** Number of open files of a process, and its limit. */
export const openFiles = async (pid: number): Promise<{ open: number; limit: number }> => {
  const limits = await readFile(`/proc/${pid}/limits`, 'utf8')
  const limit = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
  return { open: (await readdir(`/proc/${pid}/fd`)).length, limit: Number(limit ?? Infinity) }
}
