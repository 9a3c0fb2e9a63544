import type { Membership } from '../membership/membership.js'
import type { UntypedClient } from './client-proxy.js'
import type { HubClients } from './hub-clients.js'

/** Membership belongs to a connection id and ends with it; group names are case-sensitive. @source IGroupManager */
export interface GroupManager {
  /** Does nothing for a connection that does not exist. */
  addToGroup(connectionId: string, groupName: string): Promise<void>
  /** Does nothing for a connection that does not exist or is no member. */
  removeFromGroup(connectionId: string, groupName: string): Promise<void>
}

/** A hub from outside its calls: whom to call, groups, and who is connected; without a caller. @source IHubContext */
export interface HubContext<TClient extends object = UntypedClient> {
  readonly clients: HubClients<TClient>
  readonly groups: GroupManager
  readonly membership: Membership
}
