import {
  type ClientProxy,
  createClientProxy,
  type ReportSendFailure,
  type SendInvocation,
  type UntypedClient,
} from './client-proxy.js'
import type { HubConnectionContext } from './hub-connection-context.js'
import type { HubLifetimeManager } from './hub-lifetime-manager.js'

/** Whom a hub can call, from inside and from outside. @source IHubClients */
export interface HubClients<TClient extends object = UntypedClient> {
  readonly all: ClientProxy<TClient>
  allExcept(excludedConnectionIds: readonly string[]): ClientProxy<TClient>
  client(connectionId: string): ClientProxy<TClient>
  /** A repeated id gets one copy. */
  clients(connectionIds: readonly string[]): ClientProxy<TClient>
  group(groupName: string): ClientProxy<TClient>
  /** A member of two of the groups gets two copies. */
  groups(groupNames: readonly string[]): ClientProxy<TClient>
  groupExcept(groupName: string, excludedConnectionIds: readonly string[]): ClientProxy<TClient>
  /** Every connection of a user. */
  user(userId: string): ClientProxy<TClient>
  users(userIds: readonly string[]): ClientProxy<TClient>
}

/** Whom a hub can call from inside a call. @source IHubCallerClients */
export interface HubCallerClients<TClient extends object = UntypedClient> extends HubClients<TClient> {
  readonly caller: ClientProxy<TClient>
  readonly others: ClientProxy<TClient>
  othersInGroup(groupName: string): ClientProxy<TClient>
}

export class LifetimeManagerClients implements HubClients {
  protected readonly manager: HubLifetimeManager
  readonly #reportFailure: ReportSendFailure
  #all: ClientProxy<UntypedClient> | undefined

  constructor(manager: HubLifetimeManager, reportFailure: ReportSendFailure) {
    this.manager = manager
    this.#reportFailure = reportFailure
  }

  get all(): ClientProxy<UntypedClient> {
    this.#all ??= this.proxy((target, args) => this.manager.sendAll(target, args))
    return this.#all
  }

  allExcept(excludedConnectionIds: readonly string[]): ClientProxy<UntypedClient> {
    return this.proxy((target, args) => this.manager.sendAllExcept(target, args, excludedConnectionIds))
  }

  client(connectionId: string): ClientProxy<UntypedClient> {
    requireString('connectionId', connectionId)
    return this.proxy((target, args) => this.manager.sendConnection(connectionId, target, args))
  }

  clients(connectionIds: readonly string[]): ClientProxy<UntypedClient> {
    return this.proxy((target, args) => this.manager.sendConnections(connectionIds, target, args))
  }

  group(groupName: string): ClientProxy<UntypedClient> {
    requireString('groupName', groupName)
    return this.proxy((target, args) => this.manager.sendGroup(groupName, target, args))
  }

  groups(groupNames: readonly string[]): ClientProxy<UntypedClient> {
    return this.proxy((target, args) => this.manager.sendGroups(groupNames, target, args))
  }

  groupExcept(groupName: string, excludedConnectionIds: readonly string[]): ClientProxy<UntypedClient> {
    requireString('groupName', groupName)
    return this.proxy((target, args) => this.manager.sendGroupExcept(groupName, target, args, excludedConnectionIds))
  }

  user(userId: string): ClientProxy<UntypedClient> {
    requireString('userId', userId)
    return this.proxy((target, args) => this.manager.sendUser(userId, target, args))
  }

  users(userIds: readonly string[]): ClientProxy<UntypedClient> {
    return this.proxy((target, args) => this.manager.sendUsers(userIds, target, args))
  }

  protected proxy(send: SendInvocation): ClientProxy<UntypedClient> {
    return createClientProxy(send, this.#reportFailure)
  }
}

/** One per connection, made when a hub method first looks at its clients. */
export class LifetimeManagerCallerClients extends LifetimeManagerClients implements HubCallerClients {
  readonly #connection: HubConnectionContext
  #caller: ClientProxy<UntypedClient> | undefined
  #others: ClientProxy<UntypedClient> | undefined

  constructor(connection: HubConnectionContext, manager: HubLifetimeManager, reportFailure: ReportSendFailure) {
    super(manager, reportFailure)
    this.#connection = connection
  }

  get caller(): ClientProxy<UntypedClient> {
    this.#caller ??= this.proxy((target, args) =>
      this.manager.sendConnection(this.#connection.connectionId, target, args),
    )
    return this.#caller
  }

  get others(): ClientProxy<UntypedClient> {
    this.#others ??= this.allExcept([this.#connection.connectionId])
    return this.#others
  }

  othersInGroup(groupName: string): ClientProxy<UntypedClient> {
    return this.groupExcept(groupName, [this.#connection.connectionId])
  }
}

function requireString(parameter: string, value: unknown): void {
  if (typeof value !== 'string') throw new TypeError(`Value cannot be null. (Parameter '${parameter}')`)
}

export type { UntypedClient }
