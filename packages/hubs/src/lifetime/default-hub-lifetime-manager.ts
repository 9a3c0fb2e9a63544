import type { CompletionMessage } from '@signalbox/protocol'
import type { HubConnectionContext } from '../connection/hub-connection-context.js'
import { type Audience, distinct } from './audience.js'
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

  send(audience: Audience, message: SerializedHubMessage): void | Promise<void> {
    if ('all' in audience) writeToReceivers(this.#store.all, message, audience.except)
    else if ('clients' in audience) return this.#sendToClients(audience.clients, message)
    else if ('groups' in audience)
      for (const groupName of audience.groups) writeToReceivers(this.#store.group(groupName), message, audience.except)
    else for (const userId of distinct(audience.users)) writeToReceivers(this.#store.user(userId), message)
    return undefined
  }

  #sendToClients(connectionIds: readonly string[], message: SerializedHubMessage): void | Promise<void> {
    if (connectionIds.length === 1) {
      const connection = this.#store.get(connectionIds[0]!)
      connection?.write(message)
      return connection?.drained()
    }
    for (const connectionId of distinct(connectionIds)) this.#store.get(connectionId)?.writeShared(message)
    return undefined
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
