import type { CompletionMessage } from '@signalbox/protocol'
import type { HubConnectionContext } from '../connection/hub-connection-context.js'
import { InvalidOperationError } from '../dispatch/argument-errors.js'
import { ClientGoneError, ClientResultsManager } from './client-results.js'
import { HubConnectionStore, writeToReceivers } from './hub-connection-store.js'
import type { HubLifetimeManager } from './hub-lifetime-manager.js'
import { SerializedHubMessage } from './serialized-hub-message.js'

/** In memory, for one process. @source DefaultHubLifetimeManager */
export class DefaultHubLifetimeManager implements HubLifetimeManager {
  readonly #store = new HubConnectionStore()
  readonly #clientResults = new ClientResultsManager()

  onConnected(connection: HubConnectionContext): void {
    this.#store.add(connection)
  }

  onAborted(connectionId: string): void {
    this.#clientResults.abandon(connectionId)
  }

  onDisconnected(connection: HubConnectionContext): void {
    this.#store.remove(connection)
  }

  sendAll(target: string, args: readonly unknown[]): void {
    writeToReceivers(this.#store.all, SerializedHubMessage.invocation(target, args))
  }

  sendAllExcept(target: string, args: readonly unknown[], excludedConnectionIds: readonly string[]): void {
    writeToReceivers(this.#store.all, SerializedHubMessage.invocation(target, args), excludedConnectionIds)
  }

  sendConnection(connectionId: string, target: string, args: readonly unknown[]): void | Promise<void> {
    const connection = this.#store.get(connectionId)
    if (connection === undefined) return undefined
    connection.write(SerializedHubMessage.invocation(target, args))
    return connection.drained()
  }

  sendConnections(connectionIds: readonly string[], target: string, args: readonly unknown[]): void {
    const message = SerializedHubMessage.invocation(target, args)
    for (const connectionId of new Set(connectionIds)) this.#store.get(connectionId)?.writeShared(message)
  }

  sendGroup(groupName: string, target: string, args: readonly unknown[]): void {
    writeToReceivers(this.#store.group(groupName), SerializedHubMessage.invocation(target, args))
  }

  sendGroups(groupNames: readonly string[], target: string, args: readonly unknown[]): void {
    const message = SerializedHubMessage.invocation(target, args)
    for (const groupName of groupNames) {
      // The groups before it have been served by then, as in .NET.
      if (groupName === '' || typeof groupName !== 'string')
        throw new InvalidOperationError('Cannot send to an empty group name.')
      writeToReceivers(this.#store.group(groupName), message)
    }
  }

  sendGroupExcept(
    groupName: string,
    target: string,
    args: readonly unknown[],
    excludedConnectionIds: readonly string[],
  ): void {
    writeToReceivers(this.#store.group(groupName), SerializedHubMessage.invocation(target, args), excludedConnectionIds)
  }

  sendUser(userId: string, target: string, args: readonly unknown[]): void {
    writeToReceivers(this.#store.user(userId), SerializedHubMessage.invocation(target, args))
  }

  sendUsers(userIds: readonly string[], target: string, args: readonly unknown[]): void {
    const message = SerializedHubMessage.invocation(target, args)
    for (const userId of new Set(userIds)) writeToReceivers(this.#store.user(userId), message)
  }

  addToGroup(connectionId: string, groupName: string): void {
    this.#store.addToGroup(connectionId, groupName)
  }

  removeFromGroup(connectionId: string, groupName: string): void {
    this.#store.removeFromGroup(connectionId, groupName)
  }

  invokeConnection(
    connectionId: string,
    target: string,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const connection = this.#store.get(connectionId)
    if (connection === undefined) return Promise.reject(new ClientGoneError(connectionId, 'does not exist'))
    if (connection.isAborted) return Promise.reject(new ClientGoneError(connectionId, 'disconnected'))
    return this.#clientResults.invoke(connectionId, signal, invocationId =>
      connection.write(SerializedHubMessage.invocation(target, args, invocationId)),
    )
  }

  wantsRawResult(_invocationId: string): boolean {
    return false
  }

  setConnectionResult(connectionId: string, result: CompletionMessage): void {
    this.#clientResults.complete(connectionId, result)
  }
}
