import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Redis } from 'ioredis'
import { findFreePort } from '../chat/free-port.js'
import { within } from '../clients/deadline.js'

/** A redis-server of the tests' own, without persistence. */
export class RedisProcess {
  readonly port: number
  #process: ChildProcess
  #admin: Redis

  private constructor(port: number, process: ChildProcess) {
    this.port = port
    this.#process = process
    this.#admin = new Redis(this.url)
  }

  /** @param port - default a free one. */
  static async start(port?: number): Promise<RedisProcess> {
    const chosen = port ?? (await findFreePort())
    return new RedisProcess(chosen, await startProcess(chosen))
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Everybody's connections break, and whatever Redis knew is forgotten. */
  async restart(): Promise<void> {
    await this.stop()
    this.#process = await startProcess(this.port)
    this.#admin = new Redis(this.url)
  }

  /** Resolves once each channel has that many subscribers; asks again and again, since Redis does not tell. */
  async hasSubscribers(channels: readonly string[], count: number): Promise<void> {
    const end = Date.now() + 5_000
    let counts: unknown[]
    do {
      const answer = await this.#admin.pubsub('NUMSUB', ...channels)
      counts = channels.map((_, index) => answer[2 * index + 1])
    } while (counts.some(each => each !== count) && Date.now() < end)
    const wrong = channels.filter((_, index) => counts[index] !== count)
    if (wrong.length > 0) throw new Error(`not ${count} subscribers within 5 s: ${wrong.join(', ')}`)
  }

  async stop(): Promise<void> {
    this.#admin.disconnect()
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }
}

async function startProcess(port: number): Promise<ChildProcess> {
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
  // A run that is broken off must not leave it behind.
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  child.once('exit', () => process.off('exit', killWithUs))
  await within(isListening(child), 'redis-server to listen')
  return child
}

async function isListening(child: ChildProcess): Promise<void> {
  for await (const line of createInterface({ input: child.stdout! })) {
    if (!line.includes('Ready to accept connections')) continue
    // Leaving the loop pauses the pipe; Redis must not wait for a reader.
    child.stdout!.resume()
    return
  }
  throw new Error('redis-server ended before it listened')
}
