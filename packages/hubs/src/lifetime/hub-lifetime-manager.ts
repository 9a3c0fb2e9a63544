import type { HubConnectionContext } from '../connection/hub-connection-context.js'
import type { Membership } from '../membership/membership.js'
import type { Audience, SendOptions } from './audience.js'
import type { ClientResults } from './client-results.js'
import type { SerializedHubMessage } from './serialized-hub-message.js'

/**
 * Who is connected to a hub, in which groups, and how to reach them; a backplane is one of these.
 *
 * Delivery is at most once. Two sends by one caller to one connection arrive in call order. A send is done when it is
 * in every receiver's outbox (a backplane: when it is published); sends to unknown connections, groups and users
 * succeed. Methods answer synchronously (undefined) when nothing has to be waited for.
 * @source HubLifetimeManager
 */
export interface HubLifetimeManager {
  readonly clientResults: ClientResults
  readonly membership: Membership
  onConnected(connection: HubConnectionContext): void | Promise<void>
  /** Forgets the connection and takes it out of its groups. */
  onDisconnected(connection: HubConnectionContext): void | Promise<void>
  /** @throws, or rejects with, whatever a protocol throws for arguments it cannot serialize. Then nobody gets it. */
  send(audience: Audience, message: SerializedHubMessage, options?: SendOptions): void | Promise<void>
  addToGroup(connectionId: string, groupName: string): void | Promise<void>
  removeFromGroup(connectionId: string, groupName: string): void | Promise<void>
}
