import { setTimeout as delay } from 'node:timers/promises'
import type { ChaosClient } from './chaos-client.js'
import type { Outcome } from './chaos-hub.js'
import type { Actor, ChaosStage } from './chaos-stage.js'
import { isComplete } from './ledger.js'
import { sendLimitMs, slackMs } from './load.js'
import { type NodeIndex, nameOf, sendTimeoutMs } from './nodes.js'
import { until } from './until.js'

/** Where all visitors go besides: its channel is held by several, and given back by the last. */
const lobby = 'lobby'

/** A node takes a change of groups to be lost after twice the time of a send. */
const changeLimitMs = 3 * sendTimeoutMs + slackMs

/** Clients that come, join groups, send, leave groups and go, one after the other on one node. */
export class Visits implements Actor {
  readonly #stage: ChaosStage
  readonly #node: NodeIndex
  /** On the other node: it adds the visitors to groups. */
  readonly #host: ChaosClient
  #isOver = false

  constructor(stage: ChaosStage, node: NodeIndex) {
    this.#stage = stage
    this.#node = node
    this.#host = stage.residents.find(resident => resident.node !== node)!
  }

  start(): void {
    void this.#receiveAll()
  }

  async #receiveAll(): Promise<void> {
    for (let number = 1; !this.#isOver; number++) {
      const name = `visitor ${number} on ${nameOf(this.#node)}`
      const visitor = this.#stage.createClient(name, this.#node, name)
      await this.#stage.gate.pass(() => this.#receive(visitor))
      await delay(20)
    }
  }

  stop(): void {
    this.#isOver = true
  }

  async #receive(visitor: ChaosClient): Promise<void> {
    let isIn = false
    // A node that cannot take a client closes its connection, which the client sees as an error.
    await this.#stage.calls.make('a connect', sendLimitMs, async () => {
      try {
        await visitor.start()
        isIn = true
        return undefined
      } catch (error) {
        return String(error)
      }
    })
    if (isIn) await this.#stay(visitor)
    await visitor.stop()
  }

  async #stay(visitor: ChaosClient): Promise<void> {
    const group = `group of ${visitor.name}`
    const { connectionId } = visitor
    if (!(await this.#change('a join', () => visitor.join(connectionId, lobby)))) return
    if (!(await this.#joinFromOtherNode(connectionId, group))) return
    await this.#sendToGroup(visitor, group, new Map([[visitor.name, this.#node]]))
    await this.#sendToGroup(this.#host, group, new Map([[visitor.name, this.#node]]))
    const hasLeft = await this.#change('a leave', () => visitor.leave(connectionId, group))
    if (hasLeft) await this.#sendToGroup(visitor, group, new Map())
  }

  /**
   * @returns whether the visitor is a member. While its node has no Redis, others take the visitor to have gone, and
   * adding somebody who has gone succeeds without effect.
   */
  async #joinFromOtherNode(connectionId: string, group: string): Promise<boolean> {
    const node = this.#stage.nodes[this.#node]
    const before = node.health
    if (!(await this.#change('a join from the other node', () => this.#host.join(connectionId, group)))) return false
    const joinedAt = performance.now()
    await until(() => node.health.askedAt > joinedAt, slackMs)
    return before.isReady && node.health.isReady && node.health.gaps === before.gaps
  }

  /** @returns whether it was done. */
  async #change(what: string, change: () => Promise<Outcome>): Promise<boolean> {
    let outcome: Outcome | undefined
    await this.#stage.calls.make(what, changeLimitMs, async () => {
      outcome = await change()
      return outcome === 'done' ? undefined : outcome
    })
    return outcome === 'done'
  }

  async #sendToGroup(sender: ChaosClient, group: string, receivers: ReadonlyMap<string, NodeIndex>): Promise<void> {
    const message = this.#stage.ledger.open({ from: sender.name, node: sender.node, target: 'a group', receivers })
    await this.#stage.calls.make('a send', sendLimitMs, async () => {
      message.outcome = await sender.send('group', group, message.number)
      return undefined
    })
    // Who leaves before it arrives does not get it. Whether it should have arrived, the ledger knows.
    await until(() => isComplete(message), slackMs)
  }
}
