import { setTimeout as delay } from 'node:timers/promises'
import type { ChaosClient } from './chaos-client.js'
import type { Target } from './chaos-hub.js'
import { type Actor, type ChaosStage, residentsGroup } from './chaos-stage.js'
import { type NodeIndex, sendTimeoutMs } from './nodes.js'

/** What a busy machine may add to any deadline. */
export const slackMs = 600
/** A node writes to its own clients at once, or as soon as it has waited this long for what it sent before. */
const ownNodeLimitMs = 500 + slackMs
export const sendLimitMs = sendTimeoutMs + slackMs
/** Sends of one resident that may be under way: while Redis is away, many wait for it. */
const sendersEach = 12
/** Of different lengths, so that senders who were held up do not go on in step. */
const sendIntervalMs = (sender: number): number => 60 + 30 * sender

interface Addressed {
  readonly target: Target
  readonly name: string
  readonly receivers: ReadonlyMap<string, NodeIndex>
}

/**
 * Clients that stay, and what they do all the time: send, ask each other, and see whether their own node still serves
 * them.
 */
export class Load implements Actor {
  readonly #stage: ChaosStage
  #isOver = false

  constructor(stage: ChaosStage) {
    this.#stage = stage
  }

  start(): void {
    const { residents } = this.#stage
    for (const resident of residents) {
      const others = residents.filter(other => other.node !== resident.node)
      const neighbours = residents.filter(other => other.node === resident.node && other !== resident)
      const addressees = this.#addressees(others)
      for (let sender = 0; sender < sendersEach; sender++)
        void this.#repeat(sendIntervalMs(sender), turn =>
          this.#send(resident, addressees[(sender + turn) % addressees.length]!),
        )
      void this.#repeat(50, turn => this.#ask(resident, others[turn % others.length]!, turn))
      void this.#repeat(50, turn => this.#askNeighbour(resident, neighbours[turn % neighbours.length]!, turn))
      void this.#repeat(50, () =>
        this.#stage.calls.make('a message of the own node', ownNodeLimitMs, async () => {
          await resident.echo()
          return undefined
        }),
      )
    }
  }

  stop(): void {
    this.#isOver = true
  }

  /** Every kind of target. */
  #addressees(others: readonly ChaosClient[]): Addressed[] {
    const { residents } = this.#stage
    const all = new Map(residents.map(({ name, node }) => [name, node]))
    const users = new Set(residents.map(({ user }) => user))
    const ofUser = (user: string) =>
      new Map(residents.filter(each => each.user === user).map(({ name, node }) => [name, node]))
    return [
      { target: 'all', name: '', receivers: all },
      { target: 'group', name: residentsGroup, receivers: all },
      ...[...users].map(user => ({ target: 'user', name: user, receivers: ofUser(user) }) as const),
      ...others.map(({ name, node, connectionId }) => {
        return { target: 'connection', name: connectionId, receivers: new Map([[name, node]]) } as const
      }),
    ]
  }

  async #repeat(intervalMs: number, act: (turn: number) => Promise<void>): Promise<void> {
    for (let turn = 0; !this.#isOver; turn++) {
      await this.#stage.gate.pass(() => act(turn))
      await delay(intervalMs)
    }
  }

  #send(resident: ChaosClient, { target, name, receivers }: Addressed): Promise<void> {
    const message = this.#stage.ledger.open({ from: resident.name, node: resident.node, target, receivers })
    return this.#stage.calls.make('a send', sendLimitMs, async () => {
      message.outcome = await resident.send(target, name, message.number)
      return undefined
    })
  }

  #ask(resident: ChaosClient, other: ChaosClient, number: number): Promise<void> {
    const patienceMs = 2 * sendTimeoutMs
    return this.#stage.calls.make('a question to another node', patienceMs + slackMs, async () => {
      const askedAt = performance.now()
      const answer = await resident.ask(other.connectionId, number, patienceMs)
      if (answer === 'cancelled' && this.#hasLostRedis(resident.node, askedAt))
        throw new Error('its node had lost Redis, and did not say so at once')
      if (typeof answer === 'string') return answer
      if (answer !== 2 * number) throw new Error(`the answer to ${number} was ${answer}`)
      return undefined
    })
  }

  /** Whether a node has counted a gap after this moment. */
  #hasLostRedis(node: NodeIndex, since: number): boolean {
    const [first, ...later] = this.#stage.nodes[node].samples.filter(({ askedAt }) => askedAt > since)
    return later.some(({ gaps }) => gaps > first!.gaps)
  }

  #askNeighbour(resident: ChaosClient, neighbour: ChaosClient, number: number): Promise<void> {
    return this.#stage.calls.make('a question to the own node', ownNodeLimitMs, async () => {
      const answer = await resident.ask(neighbour.connectionId, number, ownNodeLimitMs)
      if (answer !== 2 * number) throw new Error(`the answer to ${number} was ${answer}`)
      return undefined
    })
  }
}
