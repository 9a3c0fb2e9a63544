import { writeInvocation } from '@signalbox/cluster'
import { RedisServer } from '@signalbox/conformance/redis'
import { Calls } from './calls.js'
import { ChaosClient, type Hearing } from './chaos-client.js'
import { ChaosNode } from './chaos-node.js'
import { Gate } from './gate.js'
import { Ledger } from './ledger.js'
import { everyNode, type NodeIndex, nameOf, sendTimeoutMs } from './nodes.js'
import { until } from './until.js'

const residentsEach = 3
/** The group that all of them are in. */
export const residentsGroup = 'residents'

/** What does something on the stage, from the beginning to the end. */
export interface Actor {
  start(): void
  stop(): void
}

/** Redis, two nodes, the clients that stay and those that come and go. */
export class ChaosStage {
  readonly redis: RedisServer
  readonly nodes: readonly [ChaosNode, ChaosNode]
  readonly residents: ChaosClient[] = []
  readonly ledger = new Ledger()
  readonly calls = new Calls()
  /** Open while there is load. */
  readonly gate = new Gate()
  /** When what the clients of each node heard last of the run itself was published. */
  readonly lastPulses: [number, number] = [0, 0]
  #actors: readonly Actor[] = []

  private constructor(redis: RedisServer, nodes: readonly [ChaosNode, ChaosNode]) {
    this.redis = redis
    this.nodes = nodes
  }

  static async start(): Promise<ChaosStage> {
    const redis = await RedisServer.start(['--enable-debug-command', 'local'])
    const start = (index: NodeIndex) => ChaosNode.start(nameOf(index), redis.port, sendTimeoutMs)
    const stage = new ChaosStage(redis, await Promise.all([start(0), start(1)]))
    await stage.#populate()
    return stage
  }

  /** Publishes as another node would, past the network that faults happen to. */
  async publish(channel: string, target: string, argument: string | number): Promise<void> {
    const message = `${JSON.stringify({ type: 1, target, arguments: [argument] })}\x1e`
    await this.redis.admin.publish(channel, writeInvocation(new Map([['json', Buffer.from(message)]])))
  }

  /** @returns what is wrong at the end. */
  async stop(): Promise<string[]> {
    for (const actor of this.#actors) actor.stop()
    const wrong: string[] = []
    await Promise.all(this.residents.map(resident => resident.stop()))
    wrong.push(...(await this.#leftovers(2 * everyNode.length + 3)))
    for (const node of this.nodes) {
      const code = await node.stop()
      if (code !== 0) wrong.push(`node ${node.name} ended with ${code}`)
    }
    wrong.push(...(await this.#leftovers(0)))
    await this.redis.stop()
    return wrong
  }

  /** Ends everything, however it is. */
  async abandon(): Promise<void> {
    for (const actor of this.#actors) actor.stop()
    for (const node of this.nodes) node.kill()
    this.redis.thaw()
    await this.redis.stop()
  }

  begin(actors: readonly Actor[]): void {
    this.#actors = actors
    for (const actor of actors) actor.start()
  }

  /** A client that is not connected yet. */
  createClient(name: string, node: NodeIndex, user: string): ChaosClient {
    const hearing: Hearing = {
      said: (receiver, from, number) => this.ledger.receive(receiver, from, number),
      pulse: (of, number) => {
        this.lastPulses[of] = number
      },
    }
    return new ChaosClient(name, node, this.nodes[node].url, user, hearing)
  }

  async #populate(): Promise<void> {
    for (const node of everyNode)
      for (let number = 1; number <= residentsEach; number++) {
        const resident = this.createClient(`${nameOf(node)}${number}`, node, `user ${number}`)
        await resident.start()
        await resident.join(resident.connectionId, residentsGroup)
        this.residents.push(resident)
      }
  }

  /** Channels that stay subscribed although their holders are gone. @param count - how many must stay. */
  async #leftovers(count: number): Promise<string[]> {
    let channels: string[] = []
    const isRight = async () => {
      channels = (await this.redis.admin.pubsub('CHANNELS')).map(String)
      return channels.length === count
    }
    if (await until(isRight, 2_000)) return []
    return [
      `${channels.length} channels instead of ${count} are subscribed at the end: ${channels.slice(0, 20).join(', ')}`,
    ]
  }
}
