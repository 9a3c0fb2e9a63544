import assert from 'node:assert/strict'
import type { HubConnection } from './drivers/hub-connection.js'
import { fromHex } from './drivers/hub-message-stream.js'
import { messagePack } from './drivers/messagepack-notation.js'
import type { RedisListener } from './drivers/redis-listener.js'
import type { RedisCluster } from './golden-redis-cluster.js'
import { RedisMasks } from './golden-redis-masks.js'

type Arguments = readonly unknown[]

/**
 * What a client of one node makes it publish, written down call by call: `>` the call, `<` a channel and its payload in
 * hex.
 */
export async function captureRedis({ nodes: [near, far], listener }: RedisCluster): Promise<string> {
  const caller = await near.connect('/bench')
  const remote = await far.connect('/bench', { query: 'user=ann' })
  const binary = await far.connect('/bench', { protocol: 'messagepack' })
  const capture = new Capture(caller, listener)
  for (const [name, connection] of Object.entries({ caller, remote, binary })) {
    // An answer shows that the node has subscribed to the connection's channel.
    await connection.expectAliveAndSilent()
    capture.masks.nameId(connection.connectionId ?? '', name)
  }
  await listener.take()

  const ids = [remote.connectionId, binary.connectionId]
  await capture.call('Broadcast', ['hello'])
  await capture.call('Broadcast', [null])
  await capture.call('Broadcast', ['"crème" ☕ <&+\'>\\\n'])
  // Beyond what one byte can count.
  await capture.call('Broadcast', ['x'.repeat(256)])
  await capture.call('BroadcastOthers', ['hello'])
  await capture.call('BroadcastExcept', [[], 'hello'])
  await capture.call('BroadcastExcept', [ids, 'hello'])
  // Beyond the short form of an array; repeated ids stay.
  await capture.call('BroadcastExcept', [Array(16).fill(remote.connectionId), 'hello'])
  await capture.call('SendGroup', ['room', 'hello'])
  await capture.call('SendGroup', ['Zimmer 7: crème*', 'hello'])
  await capture.call('SendGroups', [['room', 'lobby', 'room'], 'hello'])
  await capture.call('SendGroupExcept', ['room', ids, 'hello'])
  await capture.call('SendOthersInGroup', ['room', 'hello'])
  await capture.call('SendUser', ['ann', 'hello'])
  await capture.call('SendUsers', [['ann', 'bob', 'ann'], 'hello'])
  await capture.call('SendConnection', [remote.connectionId, 'hello'])
  await capture.call('SendConnections', [[...ids, caller.connectionId], 'hello'])
  await capture.call('JoinConnection', [remote.connectionId, 'room'])
  await capture.call('LeaveConnection', [remote.connectionId, 'room'])
  // What concerns a connection of this node alone stays off Redis.
  await capture.call('SendConnection', [caller.connectionId, 'hello'])
  await capture.call('JoinConnection', [caller.connectionId, 'room'])
  await capture.call('LeaveConnection', [caller.connectionId, 'room'])
  await capture.ask(remote, 'answers', invocationId => remote.send({ type: 3, invocationId, result: 42 }))
  await capture.ask(remote, 'fails', invocationId => remote.send({ type: 3, invocationId, error: 'no' }))
  await capture.ask(binary, 'answers', invocationId => binary.sendHex(messagePack(`95 03 80 "${invocationId}" 03 2a`)))
  await capture.ask(remote, 'leaves', () => remote.transport.close())
  return capture.text
}

/** Of another client, while the call is under way. */
interface Reaction {
  readonly doing: string
  work(): Promise<void>
}

class Capture {
  readonly masks = new RedisMasks()
  readonly #caller: HubConnection
  readonly #listener: RedisListener
  readonly #lines: string[] = []

  constructor(caller: HubConnection, listener: RedisListener) {
    this.#caller = caller
    this.#listener = listener
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`
  }

  /** Calls a hub method and writes down what was published until it completed. */
  async call(target: string, args: Arguments, reaction?: Reaction): Promise<void> {
    const invocationId = this.#caller.nextInvocationId()
    await this.#caller.send({ type: 1, invocationId, target, arguments: args })
    await reaction?.work()
    await this.#completionOf(invocationId)
    const published = await this.#listener.take()
    this.masks.learnServerNames(published)
    const call = `${target} ${JSON.stringify(args)}${reaction ? `, who ${reaction.doing}` : ''}`
    this.#lines.push(`> ${this.masks.maskText(call)}`)
    for (const { channel, payload } of published) {
      this.#lines.push(`< ${this.masks.maskText(channel)} ${this.masks.maskPayload(payload)}`)
    }
  }

  /** The call that asks another client, and what that one does with the question. */
  ask(client: HubConnection, doing: string, answer: (invocationId: string) => Promise<void>): Promise<void> {
    const reaction = { doing, work: async () => answer(await this.#questionOf(client)) }
    return this.call('AskConnection', [client.connectionId, 7], reaction)
  }

  /** What else comes to the client meanwhile is of no interest. */
  async #questionOf(client: HubConnection): Promise<string> {
    for (;;) {
      const id = questionIn(await client.next('the question'))
      if (id === undefined) continue
      this.masks.nameId(id, 'invocation')
      return id
    }
  }

  /** The caller gets broadcasts too. */
  async #completionOf(invocationId: string): Promise<void> {
    for (;;) {
      const message = await this.#caller.nextJson(`the Completion of ${invocationId}`)
      if (message['type'] === 3) return assert.equal(message['invocationId'], invocationId)
    }
  }
}

/**
 * The id of the message if it asks for a result, in JSON or in MessagePack: a string of 22 bytes, where others have
 * none or nil.
 */
function questionIn(message: string): string | undefined {
  if (message.startsWith('{')) return JSON.parse(message).invocationId
  const id = /^.. 96 01 80 b6((?: ..){22})/.exec(message)?.[1]
  return id && fromHex(id).toString()
}
