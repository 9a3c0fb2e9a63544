import type { Membership } from '../membership/membership.js'
import type { UntypedClient } from './client-proxy.js'
import type { GroupManager } from './group-manager.js'
import type { HubClients } from './hub-clients.js'

/** A hub from outside its calls: whom to call, groups, and who is connected; without a caller. @source IHubContext */
export interface HubContext<TClient extends object = UntypedClient> {
  readonly clients: HubClients<TClient>
  readonly groups: GroupManager
  readonly membership: Membership
}
