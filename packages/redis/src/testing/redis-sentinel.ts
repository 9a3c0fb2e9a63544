import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@signalbox/conformance'
import { freePort, RedisServer, startRedis } from '@signalbox/conformance/redis'
import { Redis } from 'ioredis'

/** A master, a replica, and a Sentinel that watches them. */
export class RedisSentinel {
  readonly masterName = 'signalbox'
  readonly address: { readonly host: string; readonly port: number }
  readonly #servers: readonly [RedisServer, RedisServer]
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #admin: Redis
  #master: RedisServer

  private constructor(
    servers: readonly [RedisServer, RedisServer],
    port: number,
    process: ChildProcess,
    folder: string,
  ) {
    this.#servers = servers
    this.#master = servers[0]
    this.address = { host: '127.0.0.1', port }
    this.#process = process
    this.#folder = folder
    this.#admin = new Redis(port, '127.0.0.1')
  }

  static async start(): Promise<RedisSentinel> {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-sentinel-'))
    const files = ['--dir', folder]
    const master = await RedisServer.start(files)
    const following = ['--replicaof', '127.0.0.1', String(master.port), '--repl-diskless-sync-delay', '0']
    const replica = await RedisServer.start([...files, ...following])
    await eventually(async () => /master_link_status:up/.test(await replica.admin.info('replication')))
    const port = await freePort()
    const file = join(folder, 'sentinel.conf')
    const settings = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor signalbox 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds signalbox 300',
      'sentinel failover-timeout signalbox 2000',
    ]
    await writeFile(file, `${settings.join('\n')}\n`)
    const process = await startRedis([file, '--sentinel'], '+monitor master')
    const sentinel = new RedisSentinel([master, replica], port, process, folder)
    await eventually(async () => (await sentinel.#call('REPLICAS')).length === 1)
    return sentinel
  }

  /** Where messages are published. */
  get master(): RedisServer {
    return this.#master
  }

  /** Ends the master. @returns once the replica is in its place. */
  async failOver(): Promise<void> {
    await this.#master.stop()
    await this.#promoteReplica()
  }

  /** The master does not hear that it is one no more. @returns it, once the replica is in its place. */
  async depose(): Promise<RedisServer> {
    const deposed = this.#master
    await deposed.admin.call('ACL', 'SETUSER', 'default', '-replicaof', '-slaveof')
    // Sentinel refuses until it knows enough of the replica.
    await eventually(() => this.#call('FAILOVER').then(Boolean, () => false))
    await this.#promoteReplica()
    return deposed
  }

  async #promoteReplica(): Promise<void> {
    const [, next] = this.#servers
    await eventually(async () => {
      const [, port] = (await this.#call('GET-MASTER-ADDR-BY-NAME')) as [string, string]
      return Number(port) === next.port
    })
    this.#master = next
  }

  /** Who listens for failovers. */
  async subscriberCount(): Promise<number> {
    return String(await this.#admin.client('LIST')).match(/\bsub=1\b/g)?.length ?? 0
  }

  async stop(): Promise<void> {
    this.#admin.disconnect()
    this.#process.kill('SIGKILL')
    await once(this.#process, 'exit')
    await Promise.all(this.#servers.map(server => server.stop()))
    await rm(this.#folder, { recursive: true })
  }

  async #call(command: string): Promise<unknown[]> {
    return (await this.#admin.call('SENTINEL', command, this.masterName)) as unknown[]
  }
}
