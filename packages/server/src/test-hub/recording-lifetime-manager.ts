import { DefaultHubLifetimeManager, type HubConnectionContext } from '@signalbox/hubs'

/** Whom a message went to, by connection ids, names of groups or user ids. */
export type Audience =
  | { readonly all: true; readonly except?: readonly string[] }
  | { readonly clients: readonly string[] }
  | { readonly groups: readonly string[]; readonly except?: readonly string[] }
  | { readonly users: readonly string[] }

/** What a hub has sent. */
export interface SentMessage {
  readonly to: Audience
  readonly target: string
  /** As the hub passed them. */
  readonly arguments: readonly unknown[]
}

/** The lifetime manager of a single server, which keeps what goes through it. */
export class RecordingLifetimeManager extends DefaultHubLifetimeManager {
  readonly sent: SentMessage[] = []
  readonly #groups = new Map<string, Set<string>>()

  /** The groups of a connection. */
  groupsOf(connectionId: string): Set<string> {
    let groups = this.#groups.get(connectionId)
    if (groups === undefined) {
      groups = new Set()
      this.#groups.set(connectionId, groups)
    }
    return groups
  }

  override onDisconnected(connection: HubConnectionContext): void {
    super.onDisconnected(connection)
    this.groupsOf(connection.connectionId).clear()
  }

  override addToGroup(connectionId: string, groupName: string): void {
    super.addToGroup(connectionId, groupName)
    this.groupsOf(connectionId).add(groupName)
  }

  override removeFromGroup(connectionId: string, groupName: string): void {
    super.removeFromGroup(connectionId, groupName)
    this.groupsOf(connectionId).delete(groupName)
  }

  override sendAll(target: string, args: readonly unknown[]): void {
    this.#record({ all: true }, target, args)
    super.sendAll(target, args)
  }

  override sendAllExcept(target: string, args: readonly unknown[], except: readonly string[]): void {
    this.#record({ all: true, except }, target, args)
    super.sendAllExcept(target, args, except)
  }

  override sendConnection(connectionId: string, target: string, args: readonly unknown[]): void | Promise<void> {
    this.#record({ clients: [connectionId] }, target, args)
    return super.sendConnection(connectionId, target, args)
  }

  override sendConnections(connectionIds: readonly string[], target: string, args: readonly unknown[]): void {
    this.#record({ clients: connectionIds }, target, args)
    super.sendConnections(connectionIds, target, args)
  }

  override sendGroup(groupName: string, target: string, args: readonly unknown[]): void {
    this.#record({ groups: [groupName] }, target, args)
    super.sendGroup(groupName, target, args)
  }

  override sendGroups(groupNames: readonly string[], target: string, args: readonly unknown[]): void {
    this.#record({ groups: groupNames }, target, args)
    super.sendGroups(groupNames, target, args)
  }

  override sendGroupExcept(
    groupName: string,
    target: string,
    args: readonly unknown[],
    except: readonly string[],
  ): void {
    this.#record({ groups: [groupName], except }, target, args)
    super.sendGroupExcept(groupName, target, args, except)
  }

  override sendUser(userId: string, target: string, args: readonly unknown[]): void {
    this.#record({ users: [userId] }, target, args)
    super.sendUser(userId, target, args)
  }

  override sendUsers(userIds: readonly string[], target: string, args: readonly unknown[]): void {
    this.#record({ users: userIds }, target, args)
    super.sendUsers(userIds, target, args)
  }

  override invokeConnection(
    connectionId: string,
    target: string,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    this.#record({ clients: [connectionId] }, target, args)
    return super.invokeConnection(connectionId, target, args, signal)
  }

  #record(to: Audience, target: string, args: readonly unknown[]): void {
    this.sent.push({ to, target, arguments: args })
  }
}
