import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@signalbox/conformance'
import { freePort, type Listener, RedisServer } from '@signalbox/conformance/redis'

const slots = 16_384

/** A Redis Cluster of three masters. */
export class RedisCluster {
  readonly servers: readonly RedisServer[]
  readonly #folder: string

  private constructor(servers: readonly RedisServer[], folder: string) {
    this.servers = servers
    this.#folder = folder
  }

  static async start(): Promise<RedisCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-redis-'))
    const servers: RedisServer[] = []
    const busPorts: number[] = []
    for (const number of [1, 2, 3]) {
      const busPort = await freePort()
      const files = ['--dir', folder, '--cluster-config-file', `nodes-${number}.conf`]
      servers.push(await RedisServer.start(['--cluster-enabled', 'yes', '--cluster-port', String(busPort), ...files]))
      busPorts.push(busPort)
    }
    for (const [index, { admin }] of servers.entries()) {
      const [from, to] = [Math.ceil((index * slots) / 3), Math.ceil(((index + 1) * slots) / 3) - 1]
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', from, to)
      await admin.call('CLUSTER', 'MEET', '127.0.0.1', servers[0]!.port, busPorts[0]!)
    }
    for (const { admin } of servers)
      await eventually(async () => /cluster_state:ok/.test(String(await admin.call('CLUSTER', 'INFO'))))
    await haveMet(servers)
    return new RedisCluster(servers, folder)
  }

  get nodes(): { host: string; port: number }[] {
    return this.servers.map(({ port }) => ({ host: '127.0.0.1', port }))
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map(server => server.stop()))
    await rm(this.#folder, { recursive: true })
  }
}

/**
 * Servers call a link connected before anything passes; what is published meanwhile arrives late. So this waits until
 * it arrives.
 */
async function haveMet(servers: readonly RedisServer[]): Promise<void> {
  const listeners = await Promise.all(servers.map(server => server.listen('hello')))
  const hasHeardAll = ({ received }: Listener) => new Set(received.map(({ payload }) => String(payload))).size === 3
  await eventually(async () => {
    if (listeners.every(hasHeardAll)) return true
    for (const { admin, port } of servers) await admin.publish('hello', String(port))
    return false
  })
  for (const listener of listeners) listener.close()
}
