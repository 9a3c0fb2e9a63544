import type { HubConnectionContext } from '@signalbox/hubs'
import type { BackplaneError } from '../backplane-error.js'
import type { ClusterChannels } from '../payloads/cluster-channels.js'
import { GroupAction, type GroupCommand, readAck, writeAck, writeGroupCommand } from '../payloads/cluster-protocol.js'
import { AckHandler } from './ack-handler.js'

/** The connections of this node, and how it changes their groups. */
export interface LocalGroups {
  /** @returns undefined for a connection of another node, or of none. */
  connectionOf(connectionId: string): HubConnectionContext | undefined
  /** @returns undefined when the connection is a member, else a promise for when it is. */
  join(connection: HubConnectionContext, groupName: string): Promise<void> | undefined
  leave(connectionId: string, groupName: string): void
}

/**
 * Groups of connections that other nodes have: all nodes are told, the one that has the connection changes its groups
 * and confirms.
 * @source dotnet/aspnetcore: src/SignalR/server/StackExchangeRedis/src/RedisHubLifetimeManager.cs
 */
export class GroupCommands {
  readonly #serverName: string
  readonly #channels: ClusterChannels
  readonly #publish: (channel: string, payload: Buffer) => Promise<unknown>
  readonly #local: LocalGroups
  readonly #acks: AckHandler

  constructor(
    serverName: string,
    channels: ClusterChannels,
    publish: (channel: string, payload: Buffer) => Promise<unknown>,
    local: LocalGroups,
    ackTimeoutMs: number,
  ) {
    this.#serverName = serverName
    this.#channels = channels
    this.#publish = publish
    this.#local = local
    this.#acks = new AckHandler(ackTimeoutMs)
  }

  /** The connections whose nodes have not confirmed yet. */
  get connectionIds(): Iterable<string> {
    return this.#acks.connectionIds
  }

  /**
   * @returns once the node of the connection has done it.
   * @param onPublished - called when the command is on its way.
   */
  async send(action: GroupAction, connectionId: string, groupName: string, onPublished: () => void): Promise<void> {
    const { id, acknowledged } = this.#acks.expect(connectionId)
    const command = writeGroupCommand({ id, serverName: this.#serverName, action, groupName, connectionId })
    const published = this.#publish(this.#channels.groups, command).then(onPublished, error =>
      this.#acks.fail(id, error),
    )
    await Promise.all([published, acknowledged])
  }

  /** Only the node that has the connection does anything, and only it answers, to what it does not understand too. */
  async onCommand(command: GroupCommand): Promise<void> {
    const { id, serverName, action, groupName, connectionId } = command
    const connection = this.#local.connectionOf(connectionId)
    if (connection === undefined) return
    // The other node must not go on before the channel is subscribed: what it sends next would be missed.
    if (action === GroupAction.Add) await this.#local.join(connection, groupName)
    else if (action === GroupAction.Remove) this.#local.leave(connectionId, groupName)
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
