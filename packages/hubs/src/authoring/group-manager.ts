/** Membership belongs to a connection id and ends with it; group names are case-sensitive. @source IGroupManager */
export interface GroupManager {
  /** Does nothing for a connection that does not exist. */
  addToGroup(connectionId: string, groupName: string): Promise<void>
  /** Does nothing for a connection that does not exist or is no member. */
  removeFromGroup(connectionId: string, groupName: string): Promise<void>
}
