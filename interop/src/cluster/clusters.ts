import { type HostKind, hostKinds } from '../hosts/host-kinds.js'
import { ClusterNode, type ClusterNodeKind, type Platform, titleOf } from './cluster-node.js'
import { RedisProcess } from './redis-process.js'

/** Where the caller is, and where those are whom it wants to reach. */
export interface Direction {
  readonly title: string
  readonly from: Platform
  readonly to: Platform
}

export const directions: readonly Direction[] = [
  { title: 'Node → .NET', from: 'Node', to: '.NET' },
  { title: '.NET → Node', from: '.NET', to: 'Node' },
  { title: 'Node → Node', from: 'Node', to: 'Node' },
]

/** How a cluster is set up; the two differ in everything that must not matter. */
export interface ClusterSetup {
  readonly channelPrefix: string
  /** Of its two Signalbox servers; the first one talks with ASP.NET Core, too. */
  readonly hosts: readonly [HostKind, HostKind]
}

const [firstHost, secondHost = firstHost] = hostKinds as readonly [HostKind, HostKind?]

export const clusterSetups = {
  plain: { channelPrefix: '', hosts: [firstHost, secondHost] },
  prefixed: { channelPrefix: 'MyApp', hosts: [secondHost, firstHost] },
} as const satisfies Readonly<Record<string, ClusterSetup>>

export type ClusterName = keyof typeof clusterSetups

/** A direction in one of the clusters, for example `Node on node:http → .NET, with a channel prefix`. */
export function describeWay(cluster: ClusterName, { from, to }: Direction): string {
  const { channelPrefix, hosts } = clusterSetups[cluster]
  const near: ClusterNodeKind = from === '.NET' ? '.NET' : hosts[0]
  const far: ClusterNodeKind = to === '.NET' ? '.NET' : from === 'Node' ? hosts[1] : hosts[0]
  return `${titleOf(near)} → ${titleOf(far)}, ${channelPrefix === '' ? 'without' : 'with'} a channel prefix`
}

/** Those that every server listens to. */
export const baseChannels = ['all', 'internal:groups'].map(channel => `Signalbox.Interop.BenchHub:${channel}`)

/** Two Signalbox servers, one on each host, and one of ASP.NET Core that are one to their clients. */
export class Cluster {
  readonly channelPrefix: string
  readonly nodes: readonly ClusterNode[]
  readonly #dotnet: ClusterNode
  readonly #node: ClusterNode
  readonly #otherNode: ClusterNode

  private constructor(channelPrefix: string, nodes: readonly [ClusterNode, ClusterNode, ClusterNode]) {
    this.channelPrefix = channelPrefix
    this.nodes = nodes
    ;[this.#dotnet, this.#node, this.#otherNode] = nodes
  }

  static async start(redis: RedisProcess, { channelPrefix, hosts }: ClusterSetup): Promise<Cluster> {
    const start = (kind: ClusterNodeKind) => ClusterNode.start(kind, redis.url, channelPrefix)
    const cluster = new Cluster(channelPrefix, await Promise.all([start('.NET'), start(hosts[0]), start(hosts[1])]))
    await cluster.isReady()
    return cluster
  }

  async isReady(): Promise<void> {
    await Promise.all(this.nodes.map(node => node.isReady()))
  }

  /** The servers at both ends of a direction. */
  ends({ from, to }: Direction): { readonly from: ClusterNode; readonly to: ClusterNode } {
    return {
      from: from === '.NET' ? this.#dotnet : this.#node,
      to: to === '.NET' ? this.#dotnet : from === 'Node' ? this.#otherNode : this.#node,
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map(node => node.stop()))
  }
}

/** The same application twice on one Redis, told apart by the prefix of its channels alone. */
export class Clusters {
  readonly redis: RedisProcess
  readonly plain: Cluster
  readonly prefixed: Cluster

  private constructor(redis: RedisProcess, plain: Cluster, prefixed: Cluster) {
    this.redis = redis
    this.plain = plain
    this.prefixed = prefixed
  }

  static async start(): Promise<Clusters> {
    const redis = await RedisProcess.start()
    const [plain, prefixed] = await Promise.all([
      Cluster.start(redis, clusterSetups.plain),
      Cluster.start(redis, clusterSetups.prefixed),
    ])
    return new Clusters(redis, plain, prefixed)
  }

  /** Resolves when every server listens again. */
  async restartRedis(): Promise<void> {
    await this.redis.restart()
    const clusters = [this.plain, this.prefixed]
    const channels = clusters.flatMap(({ channelPrefix }) => baseChannels.map(channel => channelPrefix + channel))
    // ASP.NET Core says that it is ready when it is connected, which is before it listens.
    await this.redis.hasSubscribers(channels, this.plain.nodes.length)
    await Promise.all(clusters.map(cluster => cluster.isReady()))
  }

  async stop(): Promise<void> {
    await Promise.all([this.plain.stop(), this.prefixed.stop()])
    await this.redis.stop()
  }
}
