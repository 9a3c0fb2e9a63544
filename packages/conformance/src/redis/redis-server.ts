import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** What is published on some channels, in order. */
export interface Listener {
  readonly received: readonly { readonly channel: string; readonly payload: Buffer }[]
  close(): void
}

/** A redis-server of the tests' own on a free port of this machine, without persistence. */
export class RedisServer {
  readonly port: number
  readonly #settings: readonly string[]
  #process: ChildProcess | undefined
  /** Where it leaves what it writes all the same: a replica's dump, for example. */
  #folder = ''
  #admin: Redis | undefined

  private constructor(port: number, settings: readonly string[]) {
    this.port = port
    this.#settings = settings
  }

  /**
   * @param settings - as on the command line, for example `['--maxclients', '10']`.
   * @param port - default a free one.
   */
  static async start(settings: readonly string[] = [], port?: number): Promise<RedisServer> {
    const server = new RedisServer(port ?? (await freePort()), settings)
    await server.resume()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** A connection for what tests ask and do besides; made anew when it was cut. */
  get admin(): Redis {
    if (this.#admin?.status === 'end') this.#admin = undefined
    this.#admin ??= new Redis(this.url, { retryStrategy: () => null })
    return this.#admin
  }

  /** How many subscribers each of these channels has. */
  async subscribers(...channels: readonly string[]): Promise<number[]> {
    const answer = await this.admin.pubsub('NUMSUB', ...channels)
    return channels.map((_, index) => Number(answer[2 * index + 1]))
  }

  /** How many commands of a kind, for example `subscribe`, Redis has executed. */
  async calls(command: string): Promise<number> {
    const statistics = await this.admin.info('commandstats')
    return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(statistics)?.[1] ?? 0)
  }

  async listen(...channels: readonly string[]): Promise<Listener> {
    const redis = new Redis(this.url)
    const received: { channel: string; payload: Buffer }[] = []
    redis.on('messageBuffer', (channel: Buffer, payload: Buffer) =>
      received.push({ channel: channel.toString(), payload }),
    )
    await redis.subscribe(...channels)
    return { received, close: () => redis.disconnect() }
  }

  /** The ids of connections that listen, and of those that do not; the one that asks is left out. */
  async clients(): Promise<{ listening: string[]; others: string[] }> {
    const own = String(await this.admin.client('ID'))
    const lines = String(await this.admin.client('LIST'))
      .trim()
      .split('\n')
    const clients = lines.map(line => ({ id: /\bid=(\d+)/.exec(line)![1]!, listens: !/\bsub=0\b/.test(line) }))
    return {
      listening: clients.filter(({ listens }) => listens).map(({ id }) => id),
      others: clients.filter(({ id, listens }) => !listens && id !== own).map(({ id }) => id),
    }
  }

  /** Starts it on the same port, when it does not run. */
  async resume(): Promise<void> {
    if (this.#process !== undefined) return
    this.#folder = await mkdtemp(join(tmpdir(), 'signalbox-redis-'))
    const address = ['--bind', '127.0.0.1', '--port', String(this.port)]
    const storage = ['--save', '', '--appendonly', 'no', '--dir', this.#folder]
    this.#process = await startRedis([...address, ...storage, ...this.#settings], 'Ready to accept connections')
  }

  /** It takes connections, and does nothing, until `thaw`. */
  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#process?.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    this.#admin?.disconnect()
    this.#admin = undefined
    const child = this.#process
    this.#process = undefined
    if (child === undefined) return
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(this.#folder, { recursive: true })
  }
}

/** @returns once its log says that it is ready. */
export async function startRedis(args: readonly string[], readyText: string): Promise<ChildProcess> {
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  // A run that is broken off must not leave it behind.
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  child.once('exit', () => process.off('exit', killWithUs))
  let log = ''
  await new Promise<void>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`redis-server ended with ${code}:\n${log}`)))
    child.stdout.on('data', chunk => {
      log += chunk
      if (log.includes(readyText)) resolve()
    })
  })
  return child
}

/** Skips tests on a developer's machine without redis-server. In CI they fail. */
export function needsRedis(): void {
  before('redis-server', function () {
    if (spawnSync('redis-server', ['--version']).error === undefined) return
    if (process.env['CI'] === 'true') throw new Error('redis-server is not installed.')
    process.stderr.write('Skipped, because redis-server is not installed:\n')
    this.skip()
  })
}

/** Gives tests a redis-server. @returns what hands it out, in tests and hooks. */
export function useRedisServer(settings: readonly string[] = []): () => RedisServer {
  needsRedis()
  let server: RedisServer | undefined
  before('redis-server', async () => {
    server = await RedisServer.start(settings)
  })
  after('redis-server', () => server?.stop())
  return () => server!
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
