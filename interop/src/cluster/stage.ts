import { expect } from 'chai'
import { type ClusterClient, newText } from './cluster-client.js'
import type { ClusterNode } from './cluster-node.js'
import type { Cluster, ClusterName, Clusters, Direction } from './clusters.js'
import type { DotnetClients } from './dotnet-clients.js'
import { JavaScriptClient } from './javascript-client.js'
import type { ClusterClientKind, LineUp } from './line-ups.js'
import type { RedisProcess } from './redis-process.js'

/** One cluster, direction and line-up: where checks are run. */
export interface Scene {
  readonly cluster: ClusterName
  readonly direction: Direction
  readonly lineUp: LineUp
}

/**
 * The clients of a check: a caller and one more on its server, two on the other server, and one that is not of this
 * cluster.
 */
export class Stage {
  readonly caller: ClusterClient
  readonly near: ClusterClient
  readonly far: ClusterClient
  readonly other: ClusterClient
  readonly stranger: ClusterClient
  readonly redis: RedisProcess
  /** For more clients: connects as the far one is connected. */
  readonly connectFar: (user: string) => Promise<ClusterClient>
  readonly #channelPrefix: string

  private constructor(
    clients: readonly [ClusterClient, ClusterClient, ClusterClient, ClusterClient, ClusterClient],
    redis: RedisProcess,
    channelPrefix: string,
    connectFar: (user: string) => Promise<ClusterClient>,
  ) {
    ;[this.caller, this.near, this.far, this.other, this.stranger] = clients
    this.redis = redis
    this.#channelPrefix = channelPrefix
    this.connectFar = connectFar
  }

  static async set(scene: Scene, clusters: Clusters, dotnetClients: DotnetClients): Promise<Stage> {
    const { direction, lineUp } = scene
    const cluster: Cluster = clusters[scene.cluster]
    const neighbor = scene.cluster === 'plain' ? clusters.prefixed : clusters.plain
    const connect = (node: ClusterNode, kind: ClusterClientKind, user: string) =>
      connectClient(node, kind, user, dotnetClients)
    const { from, to } = cluster.ends(direction)
    const clients = await Promise.all([
      connect(from, lineUp.caller, 'caller'),
      connect(from, lineUp.near, 'ann'),
      connect(to, lineUp.far, 'ann'),
      connect(to, lineUp.other, 'bob'),
      connect(neighbor.ends(direction).to, lineUp.far, 'ann'),
    ])
    const connectFar = (user: string) => connect(to, lineUp.far, user)
    return new Stage(clients, clusters.redis, cluster.channelPrefix, connectFar)
  }

  /**
   * Sends a text and expects it where it belongs, as often as a client is listed, and nowhere else. A second text
   * behind it is the fence: where it has arrived, the first would have arrived.
   * @param fence - for when the same sending again would not reach everybody whom the first might have reached by
   * mistake.
   */
  async expectReach(
    send: (text: string) => Promise<unknown>,
    expected: readonly ClusterClient[],
    fence = { send, reaches: expected },
  ): Promise<void> {
    const [text, fenceText] = [newText('said'), newText('fence')]
    await send(text)
    await fence.send(fenceText)
    await Promise.all(fence.reaches.map(client => client.hears(fenceText)))
    const { caller, near, far, other, stranger } = this
    const counts = await Promise.all(
      Object.entries({ caller, near, far, other, stranger }).map(async ([name, client]) => ({
        name,
        expected: expected.filter(each => each === client).length,
        actual: (await client.heard()).filter(heard => heard === text).length,
      })),
    )
    expect(counts.map(({ name, actual }) => `${name} ${actual}×`)).to.deep.equal(
      counts.map(({ name, expected }) => `${name} ${expected}×`),
    )
  }

  /** Reaches all of this cluster. */
  get broadcast(): { send(text: string): Promise<unknown>; readonly reaches: readonly ClusterClient[] } {
    const { caller, near, far, other } = this
    return { send: text => caller.invoke('Broadcast', text), reaches: [caller, near, far, other] }
  }

  /** A channel of BenchHub, as Redis knows it. */
  channel(kind: 'connection' | 'group' | 'user', name: string): string {
    return `${this.#channelPrefix}Signalbox.Interop.BenchHub:${kind}:${name}`
  }

  async clear(): Promise<void> {
    const { caller, near, far, other, stranger } = this
    await Promise.all([caller, near, far, other, stranger].map(client => client.stop()))
  }
}

async function connectClient(
  node: ClusterNode,
  { language, protocol }: ClusterClientKind,
  user: string,
  dotnetClients: DotnetClients,
): Promise<ClusterClient> {
  const url = `${node.url}/bench?${new URLSearchParams({ user })}`
  const client = await (language === '.NET'
    ? dotnetClients.connect(url, protocol)
    : JavaScriptClient.connect(url, protocol))
  // A client may have started before its server listens to its channels; it is not served before.
  const { Server } = await client.invoke<{ Server: string }>('WhoAmI')
  expect(Server).to.equal(node.platform === '.NET' ? 'dotnet' : 'node')
  return client
}
