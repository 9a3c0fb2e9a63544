import type { HubConnectionContext } from '../connection/hub-connection-context.js'
import { HubConnectionStore, writeToReceivers } from '../membership/hub-connection-store.js'
import { LocalMembership } from '../membership/local-membership.js'
import type { Membership } from '../membership/membership.js'
import { type Audience, distinct } from './audience.js'
import type { ClientResults } from './client-results.js'
import type { HubLifetimeManager } from './hub-lifetime-manager.js'
import { LocalClientResults } from './local-client-results.js'
import type { SerializedHubMessage } from './serialized-hub-message.js'

/** In memory, for one process. @source DefaultHubLifetimeManager */
export class DefaultHubLifetimeManager implements HubLifetimeManager {
  readonly clientResults: ClientResults
  readonly membership: Membership
  readonly #store: HubConnectionStore

  constructor(store = new HubConnectionStore(), clientResults: ClientResults = new LocalClientResults(store)) {
    this.#store = store
    this.clientResults = clientResults
    this.membership = new LocalMembership(store, true)
  }

  onConnected(connection: HubConnectionContext): void {
    this.#store.add(connection)
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
}
