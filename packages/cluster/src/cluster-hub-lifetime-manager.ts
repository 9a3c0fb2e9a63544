import type { RecurringLog } from '@signalbox/abstractions'
import {
  type Audience,
  type BackplaneHub,
  distinct,
  type HubConnectionContext,
  HubConnectionStore,
  type HubLifetimeManager,
  LocalMembership,
  type Membership,
  type Receivers,
  type SerializedHubMessage,
  writeToReceivers,
} from '@signalbox/hubs'
import type { HubProtocol } from '@signalbox/protocol'
import { BackplaneError } from './backplane-error.js'
import type { ClusterBus } from './bus/cluster-bus.js'
import { EchoOrder } from './echo-order.js'
import { ClusterClientResults, type InvocationSender } from './other-nodes/cluster-client-results.js'
import { ConnectionLiveness } from './other-nodes/connection-liveness.js'
import { GroupCommands, type LocalGroups } from './other-nodes/group-commands.js'
import { ClusterChannels } from './payloads/cluster-channels.js'
import {
  type ClusterInvocation,
  GroupAction,
  readGroupCommand,
  readInvocation,
  writeInvocation,
} from './payloads/cluster-protocol.js'
import { PayloadGuard } from './payloads/payload-guard.js'
import { receivedMessage } from './payloads/received-message.js'

/** What is set for a server of a cluster, the same for all of its hubs. */
export interface ClusterOptions {
  /** Within which the node of a connection must confirm that it has joined or left a group, in milliseconds. */
  readonly ackTimeoutMs: number
  /** Largest payload sent and received, in bytes. */
  readonly maximumPayloadBytes: number
}

/**
 * A hub on several nodes. Each node knows its own connections only; what is meant for others is published, and the
 * nodes that have them listen. Sends to all, to groups and to users reach the connections of this node by the same way,
 * so that every node sees them in one order.
 * @source dotnet/aspnetcore: src/SignalR/server/StackExchangeRedis/src/RedisHubLifetimeManager.cs
 */
export class ClusterHubLifetimeManager implements HubLifetimeManager {
  readonly channels: ClusterChannels
  readonly guard: PayloadGuard
  readonly clientResults: ClusterClientResults
  readonly membership: Membership
  readonly #protocols: readonly HubProtocol[]
  readonly #recurringLog: RecurringLog
  readonly #hubName: string
  readonly #serverName: string
  readonly #bus: ClusterBus
  readonly #maximumPayloadBytes: number
  readonly #store = new HubConnectionStore()
  readonly #order = new EchoOrder()
  readonly #groups: GroupCommands
  readonly #liveness: ConnectionLiveness

  /** @param serverName - unique in the cluster: a new one for each hub of each process. */
  constructor(hub: BackplaneHub, serverName: string, bus: ClusterBus, options: ClusterOptions) {
    this.channels = new ClusterChannels(hub.name, serverName)
    this.guard = new PayloadGuard(hub.name, hub.recurringLog, options.maximumPayloadBytes)
    this.#protocols = hub.protocols
    this.#recurringLog = hub.recurringLog
    this.#hubName = hub.name
    this.#serverName = serverName
    this.#bus = bus
    this.#maximumPayloadBytes = options.maximumPayloadBytes
    const publish = (channel: string, payload: Buffer) => this.#publish(channel, payload)
    this.membership = new LocalMembership(this.#store, false)
    const connectionOf = (connectionId: string) => this.#store.get(connectionId)
    const groups: LocalGroups = {
      connectionOf,
      join: (connection, groupName) => this.#join(connection, groupName),
      leave: (connectionId, groupName) => this.#leave(connectionId, groupName),
    }
    this.#groups = new GroupCommands(serverName, this.channels, publish, groups, options.ackTimeoutMs)
    const sender: InvocationSender = {
      connectionOf,
      send: (connection, invocation) => this.#write(connection, invocation),
      publish: (connectionId, invocation, invocationId) =>
        this.#publishInvocation(connectionId, invocation, invocationId),
    }
    this.clientResults = new ClusterClientResults(this.channels, hub.protocols, bus.name, sender, {
      publish,
      onceReady: callback => bus.onceReady(callback),
      onFailed: error => this.#warn("a client's result could not be passed on", error),
    })
    this.#liveness = new ConnectionLiveness(
      connectionIds => bus.countSubscribers(connectionIds.map(id => this.channels.connection(id))),
      () => new Set([...this.#groups.connectionIds, ...this.clientResults.connectionIds]),
      connectionId => {
        this.#groups.onConnectionGone(connectionId)
        this.clientResults.abandonRemote(connectionId)
      },
      () => this.clientResults.publishPending(),
    )
    this.#listen(this.channels.all, payload => this.#onAll(payload))
    this.#listen(this.channels.groups, payload => {
      const done = this.#groups.onCommand(readGroupCommand(payload))
      done.catch(error => this.#warn('a change of groups could not be confirmed', error))
    })
    this.#listen(this.channels.ownAcks, payload => this.#groups.onAck(payload))
    this.#listen(this.channels.ownReturn, payload => this.clientResults.onReturned(payload))
    this.#listen(this.channels.pendingInvocations, payload => this.clientResults.onPending(payload))
    bus.onLost(error => this.#onLost(error))
  }

  // Who is connected

  onConnected(connection: HubConnectionContext): Promise<void> {
    const { connectionId, userIdentifier } = connection
    this.#store.add(connection)
    const subscribed = [
      this.#subscribe(this.channels.connection(connectionId), connectionId, payload =>
        this.#onConnection(connection, readInvocation(payload)),
      ),
    ]
    // In .NET an empty name is no user.
    if (userIdentifier) {
      const channel = this.channels.user(userIdentifier)
      subscribed.push(this.#subscribe(channel, connectionId, payload => this.#onUser(userIdentifier, channel, payload)))
    }
    return Promise.all(subscribed).then(
      () => {},
      error => {
        this.onDisconnected(connection)
        throw error
      },
    )
  }

  onDisconnected(connection: HubConnectionContext): void {
    const { connectionId, userIdentifier } = connection
    if (this.#store.get(connectionId) !== connection) return
    for (const groupName of this.#store.remove(connection))
      this.#bus.release(this.channels.group(groupName), connectionId)
    this.#bus.release(this.channels.connection(connectionId), connectionId)
    if (userIdentifier) this.#bus.release(this.channels.user(userIdentifier), connectionId)
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
    if (connection === undefined)
      return this.#publish(this.channels.connection(connectionId), this.#serialize(message)).then(() => {})
    const written = this.#write(connection, message)
    return written === undefined ? connection.drained() : written.then(() => connection.drained())
  }

  /** Writes to a connection of this node, behind what was published before and has not come back yet. */
  #write(connection: HubConnectionContext, message: SerializedHubMessage): void | Promise<void> {
    // What cannot be serialized is the sender's mistake: it must throw here, not later.
    message.bytesFor(connection.protocol)
    return this.#order.write(() => connection.write(message))
  }

  #sendToClients(connectionIds: readonly string[], message: SerializedHubMessage): Promise<void> {
    const payload = this.#serialize(message)
    return sendEach(distinct(connectionIds), connectionId => {
      const connection = this.#store.get(connectionId)
      if (connection === undefined) return this.#publish(this.channels.connection(connectionId), payload)
      return this.#order.write(() => connection.writeShared(message))
    })
  }

  /** Connections of this node get the message when it comes back, or else when it is certain that it will not. */
  async #sendToMany(
    channel: string,
    receiversHere: () => Receivers | undefined,
    message: SerializedHubMessage,
    excluded: readonly string[] = [],
  ): Promise<void> {
    const payload = this.#serialize(message, excluded)
    const comesBack = this.#bus.isReady && receiversHere() !== undefined
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

  /** @returns how many nodes hear it; undefined when that is not known. */
  #publish(channel: string, payload: Buffer): Promise<number | undefined> {
    if (payload.length <= this.#maximumPayloadBytes) return this.#bus.publish(channel, payload)
    const text = `A message of ${payload.length} bytes is too large for the backplane; the limit is ${this.#maximumPayloadBytes}.`
    return Promise.reject(new BackplaneError('SIGNALR_BACKPLANE_TOO_LARGE', text))
  }

  /**
   * Writes a payload with every protocol of the hub: who listens is not known, and a .NET node aborts clients whose
   * protocol is missing.
   */
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
      ? this.#sendCommand(GroupAction.Add, connectionId, groupName)
      : this.#join(connection, groupName)
  }

  removeFromGroup(connectionId: string, groupName: string): void | Promise<void> {
    if (this.#store.get(connectionId) === undefined)
      return this.#sendCommand(GroupAction.Remove, connectionId, groupName)
    return this.#leave(connectionId, groupName)
  }

  /** @returns undefined when the connection is a member, else a promise for when it is. */
  #join(connection: HubConnectionContext, groupName: string): Promise<void> | undefined {
    if (connection.isAborted) return undefined
    const { connectionId } = connection
    const channel = this.channels.group(groupName)
    if (!this.#store.addToGroup(connectionId, groupName)) return this.#bus.pending(channel, connectionId)
    const subscribed = this.#subscribe(channel, connectionId, payload => this.#onGroup(groupName, channel, payload))
    return subscribed?.catch(error => {
      this.#leave(connectionId, groupName)
      throw error
    })
  }

  #leave(connectionId: string, groupName: string): void {
    if (this.#store.removeFromGroup(connectionId, groupName))
      this.#bus.release(this.channels.group(groupName), connectionId)
  }

  /** Tells the node of a connection. When no node has it there is nothing to do, and nothing to wait for. */
  #sendCommand(action: GroupAction, connectionId: string, groupName: string): Promise<void> {
    return this.#groups.send(action, connectionId, groupName, () => {
      void this.#liveness.check([connectionId])
      this.#liveness.start()
    })
  }

  // Client results

  async #publishInvocation(
    connectionId: string,
    invocation: SerializedHubMessage,
    invocationId: string,
  ): Promise<number | undefined> {
    const channel = this.channels.connection(connectionId)
    const payload = this.#serialize(invocation, undefined, { invocationId, returnChannel: this.channels.ownReturn })
    const nodes = await this.#publish(channel, payload)
    this.#liveness.start()
    return nodes ?? (await this.#bus.countSubscribers([channel]))?.[0]
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

  /** Exceptions count on the channels of all connections and of groups only, as in .NET. */
  #onUser(userId: string, channel: string, payload: Buffer): void {
    writeToReceivers(this.#store.user(userId), this.#received(readInvocation(payload)))
    this.#order.onDelivered(channel, payload)
  }

  #onConnection(connection: HubConnectionContext, invocation: ClusterInvocation): void {
    const { invocationId, returnChannel } = invocation
    if (invocationId) {
      if (returnChannel) this.clientResults.forward(connection, invocationId, returnChannel)
      else this.guard.reject('Another node asks for a result and does not say where it wants it.')
    }
    connection.write(this.#received(invocation))
  }

  #received(invocation: ClusterInvocation): SerializedHubMessage {
    return receivedMessage(invocation.messages, this.#protocols, this.guard)
  }

  #subscribe(channel: string, holder: string, handle: (payload: Buffer) => void): Promise<void> | undefined {
    return this.#bus.subscribe(channel, holder, payload => this.guard.run(channel, payload, handle))
  }

  #warn(failure: string, error: unknown): void {
    this.#recurringLog.warn(`backplaneFailed ${this.#hubName}`, `${this.#hubName}: ${failure}.`, error)
  }

  /** Subscribes a channel for as long as the hub lives. Until it is subscribed the hub is not ready. */
  #listen(channel: string, handle: (payload: Buffer) => void): void {
    this.#subscribe(channel, this.#serverName, handle)?.catch(() => {})
  }

  // Life

  /** Whether this node is part of the cluster for this hub: all four base channels are subscribed. */
  get isReady(): boolean {
    return this.channels.base.every(channel => this.#bus.isSubscribed(channel))
  }

  /** Answers of other nodes do not come any more: whatever waits for one fails now. */
  #onLost(error: BackplaneError): void {
    this.#order.clear()
    this.#groups.failAll(error)
    this.clientResults.failRemote(error)
  }

  close(error: BackplaneError): void {
    this.#liveness.stop()
    this.#onLost(error)
  }
}

/** @returns when the last of the sends is done. */
async function sendEach(names: Iterable<string>, send: (name: string) => Promise<unknown> | undefined): Promise<void> {
  await Promise.all(Array.from(names, send))
}
