import type { RecurringLog } from '@signalbox/abstractions'
import {
  type Audience,
  type BackplaneHub,
  distinct,
  type HubConnectionContext,
  HubConnectionStore,
  type HubLifetimeManager,
  type Receivers,
  SerializedHubMessage,
  writeToReceivers,
} from '@signalbox/hubs'
import type { CompletionMessage, HubProtocol } from '@signalbox/protocol'
import { BackplaneError } from './backplane-error.js'
import { ClientResultsOfNodes } from './client-results-of-nodes.js'
import { EchoOrder } from './echo-order.js'
import { GroupCommands } from './group-commands.js'
import { OwnerWatch } from './owner-watch.js'
import { PayloadGuard } from './payload-guard.js'
import { type QuestionCheck, readQuestionCheck, writeQuestionCheck } from './question-check.js'
import { receivedMessage } from './received-message.js'
import type { ResolvedRedisBackplaneOptions } from './redis-backplane-options.js'
import { RedisChannels } from './redis-channels.js'
import type { RedisConnections } from './redis-connections.js'
import {
  GroupAction,
  type RedisGroupCommand,
  type RedisInvocation,
  readGroupCommand,
  readInvocation,
  writeInvocation,
} from './redis-protocol.js'

/** Small enough for every node to read in a moment, and for any limit of payloads that lets messages pass. */
const questionsPerCheck = 500

/**
 * A hub on several nodes. Each node knows its own connections only; what is meant for others is published, and the nodes that have them listen.
 * Sends to all, to groups and to users reach the connections of this node by the same way, so that every node sees them in one order.
 * @source dotnet/aspnetcore: src/SignalR/server/StackExchangeRedis/src/RedisHubLifetimeManager.cs
 */
export class RedisHubLifetimeManager implements HubLifetimeManager {
  readonly channels: RedisChannels
  readonly guard: PayloadGuard
  readonly #protocols: readonly HubProtocol[]
  readonly #recurringLog: RecurringLog
  readonly #hubName: string
  readonly #serverName: string
  readonly #redis: RedisConnections
  readonly #store = new HubConnectionStore()
  readonly #order = new EchoOrder()
  readonly #groups: GroupCommands
  readonly #results: ClientResultsOfNodes
  readonly #watch: OwnerWatch

  /** @param serverName - unique in the cluster: a new one for each hub of each process. */
  constructor(hub: BackplaneHub, serverName: string, redis: RedisConnections, options: ResolvedRedisBackplaneOptions) {
    this.channels = new RedisChannels(hub.name, serverName, options.channelPrefix)
    this.guard = new PayloadGuard(hub.name, hub.recurringLog, options.maximumPayloadBytes)
    this.#protocols = hub.protocols
    this.#recurringLog = hub.recurringLog
    this.#hubName = hub.name
    this.#serverName = serverName
    this.#redis = redis
    const publish = (channel: string, payload: Buffer) => this.#publish(channel, payload)
    this.#groups = new GroupCommands(serverName, this.channels, publish, options.ackTimeoutMs)
    this.#results = new ClientResultsOfNodes(hub.protocols, {
      publish,
      onceReopened: callback => redis.publisher.onceReopened(callback),
      onFailed: error => this.#warn("a client's result could not be passed on", error),
    })
    this.#watch = new OwnerWatch(
      connectionIds => redis.countSubscribers(connectionIds.map(id => this.channels.connection(id))),
      () => {
        const asked = this.#results.questions.map(({ connectionId }) => connectionId)
        return new Set([...this.#groups.connectionIds, ...asked])
      },
      connectionId => {
        this.#groups.onConnectionGone(connectionId)
        this.#results.abandonRemote(connectionId)
      },
      () => this.#checkQuestions(),
    )
    this.#listen(this.channels.all, payload => this.#onAll(payload))
    this.#listen(this.channels.groups, payload => this.#onGroupCommand(readGroupCommand(payload)))
    this.#listen(this.channels.ownAcks, payload => this.#groups.onAck(payload))
    this.#listen(this.channels.ownReturn, payload => this.#results.onReturned(payload))
    this.#listen(this.channels.questions, payload => this.#onQuestionCheck(readQuestionCheck(payload)))
  }

  // Who is connected

  onConnected(connection: HubConnectionContext): Promise<void> {
    const { connectionId, userIdentifier } = connection
    this.#store.add(connection)
    const subscribed = [
      this.#hold(this.channels.connection(connectionId), connectionId, payload =>
        this.#onConnection(connection, readInvocation(payload)),
      ),
    ]
    // .NET knows no user without a name.
    if (userIdentifier) {
      const channel = this.channels.user(userIdentifier)
      subscribed.push(this.#hold(channel, connectionId, payload => this.#onUser(userIdentifier, channel, payload)))
    }
    return Promise.all(subscribed).then(
      () => {},
      error => {
        this.onDisconnected(connection)
        throw error
      },
    )
  }

  onAborted(connectionId: string): void {
    this.#results.abandonOwn(connectionId)
  }

  onDisconnected(connection: HubConnectionContext): void {
    const { connectionId, userIdentifier } = connection
    if (this.#store.get(connectionId) !== connection) return
    const { subscriptions } = this.#redis
    for (const groupName of this.#store.remove(connection))
      subscriptions.release(this.channels.group(groupName), connectionId)
    subscriptions.release(this.channels.connection(connectionId), connectionId)
    if (userIdentifier) subscriptions.release(this.channels.user(userIdentifier), connectionId)
  }

  // Sending

  send(audience: Audience, message: SerializedHubMessage): void | Promise<void> {
    if ('all' in audience) return this.#sendToMany(this.channels.all, () => this.#store.all, message, audience.except)
    if ('clients' in audience) {
      const { clients } = audience
      return clients.length === 1 ? this.#sendToClient(clients[0]!, message) : this.#sendToClients(clients, message)
    }
    if ('groups' in audience)
      return sendEach(audience.groups, name =>
        this.#sendToMany(this.channels.group(name), () => this.#store.group(name), message, audience.except),
      )
    return sendEach(distinct(audience.users), userId =>
      this.#sendToMany(this.channels.user(userId), () => this.#store.user(userId), message),
    )
  }

  #sendToClient(connectionId: string, message: SerializedHubMessage): void | Promise<void> {
    const connection = this.#store.get(connectionId)
    if (connection === undefined) return this.#publish(this.channels.connection(connectionId), this.#serialize(message))
    message.bytesFor(connection.protocol) // what cannot be serialized is the sender's mistake: it must throw here, not later
    const written = this.#order.write(() => connection.write(message))
    return written === undefined ? connection.drained() : written.then(() => connection.drained())
  }

  #sendToClients(connectionIds: readonly string[], message: SerializedHubMessage): Promise<void> {
    const payload = this.#serialize(message)
    return sendEach(distinct(connectionIds), connectionId => {
      const connection = this.#store.get(connectionId)
      if (connection === undefined) return this.#publish(this.channels.connection(connectionId), payload)
      return this.#order.write(() => connection.writeShared(message))
    })
  }

  /** Connections of this node get it when it comes back; when it is certain that it will not, they get it all the same. */
  async #sendToMany(
    channel: string,
    receiversHere: () => Receivers | undefined,
    message: SerializedHubMessage,
    excluded: readonly string[] = [],
  ): Promise<void> {
    const payload = this.#serialize(message, excluded)
    const comesBack = this.#redis.isReady && receiversHere() !== undefined
    const forget = comesBack ? this.#order.expect(channel, payload) : undefined
    try {
      await this.#publish(channel, payload)
    } catch (error) {
      const isCertain = error instanceof BackplaneError && error.code === 'SIGNALR_BACKPLANE_UNREACHABLE'
      const write = isCertain ? () => writeToReceivers(receiversHere(), message, excluded) : undefined
      if (forget !== undefined) forget(write)
      else write?.() // at once: what is expected back by now was sent after it
      throw error
    }
  }

  async #publish(channel: string, payload: Buffer): Promise<void> {
    await this.#redis.publisher.publish(channel, payload)
  }

  /** In every protocol of the hub: who listens is not known, and a .NET node cuts clients whose protocol is missing. */
  #serialize(
    message: SerializedHubMessage,
    excluded?: readonly string[],
    result?: { readonly invocationId: string; readonly returnChannel: string },
  ): Buffer {
    const messages = new Map<string, Uint8Array>()
    for (const protocol of this.#protocols) {
      const bytes = message.bytesFor(protocol)
      if (bytes !== undefined) messages.set(protocol.name, bytes)
    }
    return writeInvocation(messages, excluded, result)
  }

  // Groups

  addToGroup(connectionId: string, groupName: string): void | Promise<void> {
    const connection = this.#store.get(connectionId)
    return connection === undefined
      ? this.#askOwner(GroupAction.Add, connectionId, groupName)
      : this.#join(connection, groupName)
  }

  removeFromGroup(connectionId: string, groupName: string): void | Promise<void> {
    if (this.#store.get(connectionId) === undefined) return this.#askOwner(GroupAction.Remove, connectionId, groupName)
    return this.#leave(connectionId, groupName)
  }

  /** @returns undefined when the connection is a member, else a promise for when it is. */
  #join(connection: HubConnectionContext, groupName: string): Promise<void> | undefined {
    if (connection.isAborted) return undefined
    const { connectionId } = connection
    const channel = this.channels.group(groupName)
    if (!this.#store.addToGroup(connectionId, groupName))
      return this.#redis.subscriptions.pending(channel, connectionId)
    const subscribed = this.#hold(channel, connectionId, payload => this.#onGroup(groupName, channel, payload))
    return subscribed?.catch(error => {
      this.#leave(connectionId, groupName)
      throw error
    })
  }

  #leave(connectionId: string, groupName: string): void {
    if (this.#store.removeFromGroup(connectionId, groupName))
      this.#redis.subscriptions.release(this.channels.group(groupName), connectionId)
  }

  /** When no node has the connection there is nothing to do, and nothing to wait for. */
  #askOwner(action: GroupAction, connectionId: string, groupName: string): Promise<void> {
    return this.#groups.send(action, connectionId, groupName, () => {
      void this.#watch.check([connectionId])
      this.#watch.start()
    })
  }

  #onGroupCommand(command: RedisGroupCommand): void {
    const groups = {
      join: (connection: HubConnectionContext, groupName: string) => this.#join(connection, groupName),
      leave: (connectionId: string, groupName: string) => this.#leave(connectionId, groupName),
    }
    this.#report('a change of groups could not be confirmed', this.#groups.onCommand(command, this.#store, groups))
  }

  // Client results

  invokeConnection(
    connectionId: string,
    target: string,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const connection = this.#store.get(connectionId)
    if (connection === undefined)
      return this.#results.invokeRemote(connectionId, signal, async invocationId => {
        const message = SerializedHubMessage.invocation(target, args, invocationId)
        const wanted = { invocationId, returnChannel: this.channels.ownReturnInPayloads }
        const payload = this.#serialize(message, undefined, wanted)
        const nodes = await this.#redis.publishAndCount(this.channels.connection(connectionId), payload)
        this.#watch.start()
        return nodes
      })
    return this.#results.invokeOwn(connection, signal, invocationId => {
      const message = SerializedHubMessage.invocation(target, args, invocationId)
      message.bytesFor(connection.protocol)
      return this.#order.write(() => connection.write(message))
    })
  }

  wantsRawResult(invocationId: string): boolean {
    return this.#results.wantsRawResult(invocationId)
  }

  setConnectionResult(connectionId: string, result: CompletionMessage): void {
    this.#results.complete(connectionId, result)
  }

  /** Nodes of Signalbox say which of the questions they do not know. When this is lost, the next one follows soon. */
  #checkQuestions(): void {
    const { questions } = this.#results
    const returnChannel = this.channels.ownReturnInPayloads
    for (let start = 0; start < questions.length; start += questionsPerCheck) {
      const check = { returnChannel, questions: questions.slice(start, start + questionsPerCheck) }
      this.#publish(this.channels.questions, writeQuestionCheck(check)).catch(() => {})
    }
  }

  #onQuestionCheck({ returnChannel, questions }: QuestionCheck): void {
    this.#results.check(questions, id => this.#store.get(id), this.channels.named(returnChannel))
  }

  // Receiving

  #onAll(payload: Buffer): void {
    const invocation = readInvocation(payload)
    writeToReceivers(this.#store.all, this.#received(invocation), invocation.excludedConnectionIds)
    this.#order.onDelivered(this.channels.all, payload)
  }

  #onGroup(groupName: string, channel: string, payload: Buffer): void {
    const invocation = readInvocation(payload)
    writeToReceivers(this.#store.group(groupName), this.#received(invocation), invocation.excludedConnectionIds)
    this.#order.onDelivered(channel, payload)
  }

  /** Nobody is excluded here, nor from a single connection, whatever the payload says: as in .NET. */
  #onUser(userId: string, channel: string, payload: Buffer): void {
    writeToReceivers(this.#store.user(userId), this.#received(readInvocation(payload)))
    this.#order.onDelivered(channel, payload)
  }

  #onConnection(connection: HubConnectionContext, invocation: RedisInvocation): void {
    const { invocationId, returnChannel } = invocation
    if (invocationId) {
      if (returnChannel) this.#results.forward(connection, invocationId, this.channels.named(returnChannel))
      else this.guard.reject('Another node asks for a result and does not say where it wants it.')
    }
    connection.write(this.#received(invocation))
  }

  #received(invocation: RedisInvocation): SerializedHubMessage {
    return receivedMessage(invocation.messages, this.#protocols, this.guard)
  }

  #hold(channel: string, holder: string, handle: (payload: Buffer) => void): Promise<void> | undefined {
    return this.#redis.subscriptions.hold(channel, holder, payload => this.guard.run(channel, payload, handle))
  }

  /** Nobody waits for it, so a failure is for the log. */
  #report(failure: string, done: Promise<void>): void {
    done.catch(error => this.#warn(failure, error))
  }

  #warn(failure: string, error: unknown): void {
    this.#recurringLog.warn(`backplaneFailed ${this.#hubName}`, `${this.#hubName}: ${failure}.`, error)
  }

  /** For as long as the hub lives. While it cannot be subscribed the backplane is not ready, and says so. */
  #listen(channel: string, handle: (payload: Buffer) => void): void {
    this.#hold(channel, this.#serverName, handle)?.catch(() => {})
  }

  // Life

  /** Whether this node is part of the cluster for this hub: all four base channels are subscribed. */
  get isReady(): boolean {
    return this.channels.base.every(channel => this.#redis.subscriptions.isSubscribed(channel))
  }

  /** Answers of other nodes do not come any more: who waits for one is told now. */
  onLost(error: BackplaneError): void {
    this.#order.clear()
    this.#groups.failAll(error)
    this.#results.failRemote(error)
  }

  close(error: BackplaneError): void {
    this.#watch.stop()
    this.onLost(error)
  }
}

/** Done when the last of them is. */
async function sendEach(names: Iterable<string>, send: (name: string) => void | Promise<void>): Promise<void> {
  await Promise.all(Array.from(names, send))
}
