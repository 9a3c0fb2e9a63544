import type { HubConnectionContext, HubConnectionStore } from '@signalbox/hubs'
import type { BackplaneError } from '../backplane-error.js'
import type { ClusterChannels } from '../payloads/cluster-channels.js'
import { GroupAction, type GroupCommand, readAck, writeAck, writeGroupCommand } from '../payloads/cluster-protocol.js'
import { AckHandler } from './ack-handler.js'

/** How a node changes the groups of its own connections. */
export interface OwnGroups {
  /** @returns undefined when the connection is a member, else a promise for when it is. */
  join(connection: HubConnectionContext, groupName: string): Promise<void> | undefined
  leave(connectionId: string, groupName: string): void
}

/**
 * Groups of connections that other nodes have: all nodes are told, the one that has the connection changes its groups and confirms.
 * @source dotnet/aspnetcore: src/SignalR/server/StackExchangeRedis/src/RedisHubLifetimeManager.cs
 */
export class GroupCommands {
  readonly #serverName: string
  readonly #channels: ClusterChannels
  readonly #publish: (channel: string, payload: Buffer) => Promise<unknown>
  readonly #acks: AckHandler

  constructor(
    serverName: string,
    channels: ClusterChannels,
    publish: (channel: string, payload: Buffer) => Promise<unknown>,
    ackTimeoutMs: number,
  ) {
    this.#serverName = serverName
    this.#channels = channels
    this.#publish = publish
    this.#acks = new AckHandler(ackTimeoutMs)
  }

  /** Whose nodes are waited for. */
  get connectionIds(): Iterable<string> {
    return this.#acks.connectionIds
  }

  /** @returns once the node of the connection has done it. @param onAsked - the command is out. */
  async send(action: GroupAction, connectionId: string, groupName: string, onAsked: () => void): Promise<void> {
    const { id, acknowledged } = this.#acks.expect(connectionId)
    const command = writeGroupCommand({ id, serverName: this.#serverName, action, groupName, connectionId })
    const published = this.#publish(this.#channels.groups, command).then(onAsked, error => this.#acks.fail(id, error))
    await Promise.all([published, acknowledged])
  }

  /** Only the node that has the connection does anything, and only it answers, to what it does not understand too. */
  async onCommand(command: GroupCommand, store: HubConnectionStore, groups: OwnGroups): Promise<void> {
    const { id, serverName, action, groupName, connectionId } = command
    const connection = store.get(connectionId)
    if (connection === undefined) return
    // Before the channel is subscribed the other node must not go on: what it sends next would be missed.
    if (action === GroupAction.Add) await groups.join(connection, groupName)
    else if (action === GroupAction.Remove) groups.leave(connectionId, groupName)
    await this.#publish(this.#channels.acks(serverName), writeAck(id))
  }

  onAck(payload: Buffer): void {
    this.#acks.acknowledge(readAck(payload))
  }

  onConnectionGone(connectionId: string): void {
    this.#acks.onConnectionGone(connectionId)
  }

  failAll(error: BackplaneError): void {
    this.#acks.failAll(error)
  }
}
