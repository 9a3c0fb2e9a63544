import type { HubConnectionContext } from '../connection/hub-connection-context.js'
import type { Audience } from '../lifetime/audience.js'
import type { SerializedHubMessage } from '../lifetime/serialized-hub-message.js'
import type { ConnectedClient, MembershipChange } from './membership.js'

/** Connections by id. */
export type Receivers = ReadonlyMap<string, HubConnectionContext>

const nobody: Receivers = new Map()
const noGroups: ReadonlySet<string> = new Set()

/**
 * Who is connected to a hub in this process, as which user and in which groups. Every lifetime manager has one.
 * @source HubConnectionStore, HubGroupList
 */
export class HubConnectionStore {
  readonly #connections = new Map<string, HubConnectionContext>()
  readonly #groups = new Map<string, Map<string, HubConnectionContext>>()
  readonly #users = new Map<string, Map<string, HubConnectionContext>>()
  /** Groups by connection id, for those in any. */
  readonly #memberships = new Map<string, Set<string>>()
  /** Hears of every change, once it is done. Where nobody wants to hear of them, they cost nothing. */
  onChange: ((change: MembershipChange) => void) | undefined

  get all(): Receivers {
    return this.#connections
  }

  get(connectionId: string): HubConnectionContext | undefined {
    return this.#connections.get(connectionId)
  }

  /** @returns undefined for a group without members. */
  group(groupName: string): Receivers | undefined {
    return this.#groups.get(groupName)
  }

  user(userId: string): Receivers | undefined {
    return this.#users.get(userId)
  }

  /** Connections by the user they belong to. */
  get users(): ReadonlyMap<string, Receivers> {
    return this.#users
  }

  /** The groups of a connection. */
  groupsOf(connectionId: string): ReadonlySet<string> {
    return this.#memberships.get(connectionId) ?? noGroups
  }

  /** Each connection of an audience, once. */
  *of(audience: Audience): Iterable<HubConnectionContext> {
    const done = new Set('except' in audience ? audience.except : undefined)
    for (const receivers of this.#receiversOf(audience))
      for (const [connectionId, connection] of receivers)
        if (!done.has(connectionId)) {
          done.add(connectionId)
          yield connection
        }
  }

  *#receiversOf(audience: Audience): Iterable<Receivers> {
    if ('all' in audience) yield this.#connections
    else if ('groups' in audience) for (const name of audience.groups) yield this.#groups.get(name) ?? nobody
    else if ('users' in audience) for (const userId of audience.users) yield this.#users.get(userId) ?? nobody
    else
      for (const connectionId of audience.clients) {
        const connection = this.#connections.get(connectionId)
        if (connection !== undefined) yield new Map([[connectionId, connection]])
      }
  }

  add(connection: HubConnectionContext): void {
    this.#connections.set(connection.connectionId, connection)
    if (connection.userIdentifier !== undefined) join(this.#users, connection.userIdentifier, connection)
    if (this.onChange !== undefined) this.onChange({ type: 'connected', ...clientOf(connection) })
  }

  /** @returns the groups the connection was in. */
  remove(connection: HubConnectionContext): Iterable<string> {
    const { connectionId, userIdentifier } = connection
    const wasThere = this.#connections.delete(connectionId)
    if (userIdentifier !== undefined) leave(this.#users, userIdentifier, connectionId)
    const groupNames = this.groupsOf(connectionId)
    for (const groupName of groupNames) leave(this.#groups, groupName, connectionId)
    this.#memberships.delete(connectionId)
    if (this.onChange !== undefined && wasThere) {
      for (const groupName of groupNames) this.#tell('leftGroup', connection, groupName)
      this.onChange({ type: 'disconnected', ...clientOf(connection) })
    }
    return groupNames
  }

  /** @returns false when nothing changes: the connection is not here, or a member. */
  addToGroup(connectionId: string, groupName: string): boolean {
    const connection = this.#connections.get(connectionId)
    if (connection === undefined || this.#groups.get(groupName)?.has(connectionId) === true) return false
    join(this.#groups, groupName, connection)
    const memberships = this.#memberships.get(connectionId)
    if (memberships === undefined) this.#memberships.set(connectionId, new Set([groupName]))
    else memberships.add(groupName)
    this.#tell('joinedGroup', connection, groupName)
    return true
  }

  /** @returns false when it was no member. */
  removeFromGroup(connectionId: string, groupName: string): boolean {
    const memberships = this.#memberships.get(connectionId)
    if (memberships?.delete(groupName) !== true) return false
    if (memberships.size === 0) this.#memberships.delete(connectionId)
    leave(this.#groups, groupName, connectionId)
    this.#tell('leftGroup', this.#connections.get(connectionId)!, groupName)
    return true
  }

  #tell(type: 'joinedGroup' | 'leftGroup', connection: HubConnectionContext, groupName: string): void {
    if (this.onChange !== undefined) this.onChange({ type, ...clientOf(connection), groupName })
  }
}

/** @throws what `HubConnectionContext.write` throws. */
export function writeToReceivers(
  receivers: Receivers | undefined,
  message: SerializedHubMessage,
  excludedConnectionIds?: readonly string[],
): void {
  if (receivers === undefined) return
  if (excludedConnectionIds === undefined || excludedConnectionIds.length === 0) {
    for (const connection of receivers.values()) connection.writeShared(message)
    return
  }
  const excluded = new Set(excludedConnectionIds)
  for (const [connectionId, connection] of receivers) if (!excluded.has(connectionId)) connection.writeShared(message)
}

export const clientOf = ({ connectionId, userIdentifier }: HubConnectionContext): ConnectedClient => ({
  connectionId,
  userId: userIdentifier,
})

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
