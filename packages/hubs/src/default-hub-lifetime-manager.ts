import type { CompletionMessage } from '@signalbox/protocol'
import { ClientGoneError, ClientResultsManager } from './client-results.js'
import type { HubConnectionContext } from './hub-connection-context.js'
import type { HubLifetimeManager } from './hub-lifetime-manager.js'
import { SerializedHubMessage } from './serialized-hub-message.js'

type Receivers = ReadonlyMap<string, HubConnectionContext>

/** In memory, for one process. @source DefaultHubLifetimeManager */
export class DefaultHubLifetimeManager implements HubLifetimeManager {
  readonly #connections = new Map<string, HubConnectionContext>()
  readonly #groups = new Map<string, Map<string, HubConnectionContext>>()
  readonly #users = new Map<string, Map<string, HubConnectionContext>>()
  /** Groups by connection id, for those in any. */
  readonly #memberships = new Map<string, Set<string>>()
  readonly #clientResults = new ClientResultsManager()

  onConnected(connection: HubConnectionContext): void {
    this.#connections.set(connection.connectionId, connection)
    if (connection.userIdentifier !== undefined) join(this.#users, connection.userIdentifier, connection)
  }

  onDisconnected(connection: HubConnectionContext): void {
    const { connectionId, userIdentifier } = connection
    this.#connections.delete(connectionId)
    if (userIdentifier !== undefined) leave(this.#users, userIdentifier, connectionId)
    for (const groupName of this.#memberships.get(connectionId) ?? []) leave(this.#groups, groupName, connectionId)
    this.#memberships.delete(connectionId)
    this.#clientResults.abandon(connectionId)
  }

  sendAll(target: string, args: readonly unknown[]): void {
    sendTo(this.#connections, SerializedHubMessage.invocation(target, args))
  }

  sendAllExcept(target: string, args: readonly unknown[], excludedConnectionIds: readonly string[]): void {
    sendTo(this.#connections, SerializedHubMessage.invocation(target, args), excludedConnectionIds)
  }

  sendConnection(connectionId: string, target: string, args: readonly unknown[]): void | Promise<void> {
    const connection = this.#connections.get(connectionId)
    if (connection === undefined) return undefined
    connection.write(SerializedHubMessage.invocation(target, args))
    return connection.drained()
  }

  sendConnections(connectionIds: readonly string[], target: string, args: readonly unknown[]): void {
    const message = SerializedHubMessage.invocation(target, args)
    for (const connectionId of new Set(connectionIds)) this.#connections.get(connectionId)?.write(message)
  }

  sendGroup(groupName: string, target: string, args: readonly unknown[]): void {
    sendTo(this.#groups.get(groupName), SerializedHubMessage.invocation(target, args))
  }

  sendGroups(groupNames: readonly string[], target: string, args: readonly unknown[]): void {
    const message = SerializedHubMessage.invocation(target, args)
    for (const groupName of groupNames) {
      // The groups before it have been served by then, as in .NET.
      if (groupName === '' || typeof groupName !== 'string') throw new TypeError('Cannot send to an empty group name.')
      sendTo(this.#groups.get(groupName), message)
    }
  }

  sendGroupExcept(
    groupName: string,
    target: string,
    args: readonly unknown[],
    excludedConnectionIds: readonly string[],
  ): void {
    sendTo(this.#groups.get(groupName), SerializedHubMessage.invocation(target, args), excludedConnectionIds)
  }

  sendUser(userId: string, target: string, args: readonly unknown[]): void {
    sendTo(this.#users.get(userId), SerializedHubMessage.invocation(target, args))
  }

  sendUsers(userIds: readonly string[], target: string, args: readonly unknown[]): void {
    const message = SerializedHubMessage.invocation(target, args)
    for (const userId of new Set(userIds)) sendTo(this.#users.get(userId), message)
  }

  addToGroup(connectionId: string, groupName: string): void {
    const connection = this.#connections.get(connectionId)
    if (connection === undefined) return
    join(this.#groups, groupName, connection)
    const memberships = this.#memberships.get(connectionId)
    if (memberships === undefined) this.#memberships.set(connectionId, new Set([groupName]))
    else memberships.add(groupName)
  }

  removeFromGroup(connectionId: string, groupName: string): void {
    const memberships = this.#memberships.get(connectionId)
    if (memberships?.delete(groupName) !== true) return
    if (memberships.size === 0) this.#memberships.delete(connectionId)
    leave(this.#groups, groupName, connectionId)
  }

  invokeConnection(
    connectionId: string,
    target: string,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const connection = this.#connections.get(connectionId)
    if (connection === undefined)
      return Promise.reject(new ClientGoneError(`Connection '${connectionId}' does not exist.`))
    if (connection.isAborted) return Promise.reject(new ClientGoneError(`Connection '${connectionId}' disconnected.`))
    return this.#clientResults.invoke(connectionId, signal, invocationId =>
      connection.write(SerializedHubMessage.invocation(target, args, invocationId)),
    )
  }

  setConnectionResult(connectionId: string, result: CompletionMessage): void {
    this.#clientResults.complete(connectionId, result)
  }
}

function sendTo(
  receivers: Receivers | undefined,
  message: SerializedHubMessage,
  excludedConnectionIds?: readonly string[],
): void {
  if (receivers === undefined) return
  if (excludedConnectionIds === undefined) {
    for (const connection of receivers.values()) connection.write(message)
    return
  }
  const excluded = new Set(excludedConnectionIds)
  for (const [connectionId, connection] of receivers) if (!excluded.has(connectionId)) connection.write(message)
}

/** A group or user exists while it has members. */
function join(
  sets: Map<string, Map<string, HubConnectionContext>>,
  name: string,
  connection: HubConnectionContext,
): void {
  const members = sets.get(name)
  if (members === undefined) sets.set(name, new Map([[connection.connectionId, connection]]))
  else members.set(connection.connectionId, connection)
}

function leave(sets: Map<string, Map<string, HubConnectionContext>>, name: string, connectionId: string): void {
  const members = sets.get(name)
  members?.delete(connectionId)
  if (members?.size === 0) sets.delete(name)
}
