import { InvalidOperationError, requireString, requireStrings } from '../dispatch/argument-errors.js'
import type { Audience } from '../lifetime/audience.js'
import type { HubLifetimeManager } from '../lifetime/hub-lifetime-manager.js'
import { SerializedHubMessage } from '../lifetime/serialized-hub-message.js'
import {
  type ClientProxy,
  createClientProxy,
  createSingleClientProxy,
  type ReportSendFailure,
  type SendInvocation,
  type SingleClientProxy,
  type UntypedClient,
} from './client-proxy.js'

/** Whom a hub can call, from inside and from outside. @source IHubClients */
export interface HubClients<TClient extends object = UntypedClient> {
  readonly all: ClientProxy<TClient>
  allExcept(excludedConnectionIds: readonly string[]): ClientProxy<TClient>
  client(connectionId: string): SingleClientProxy<TClient>
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
  readonly caller: SingleClientProxy<TClient>
  readonly others: ClientProxy<TClient>
  othersInGroup(groupName: string): ClientProxy<TClient>
}

/** The call from which clients are asked for results. */
export interface ClientResultScope {
  /** @throws when this call may not wait for a client. */
  beforeClientResult(): void
}

export class LifetimeManagerClients implements HubClients {
  readonly #manager: HubLifetimeManager
  readonly #reportFailure: ReportSendFailure
  readonly #scope: ClientResultScope | undefined

  constructor(manager: HubLifetimeManager, reportFailure: ReportSendFailure, scope?: ClientResultScope) {
    this.#manager = manager
    this.#reportFailure = reportFailure
    this.#scope = scope
  }

  get all(): ClientProxy<UntypedClient> {
    return this.#proxy({ all: true })
  }

  allExcept(excludedConnectionIds: readonly string[]): ClientProxy<UntypedClient> {
    requireStrings('excludedConnectionIds', excludedConnectionIds)
    return this.#proxy({ all: true, except: excludedConnectionIds })
  }

  client(connectionId: string): SingleClientProxy<UntypedClient> {
    requireString('connectionId', connectionId)
    return createSingleClientProxy(
      this.#sendTo({ clients: [connectionId] }),
      this.#reportFailure,
      async (target, args, signal) => {
        this.#scope?.beforeClientResult()
        return this.#manager.clientResults.invoke(connectionId, target, args, signal)
      },
    )
  }

  clients(connectionIds: readonly string[]): ClientProxy<UntypedClient> {
    requireStrings('connectionIds', connectionIds)
    return this.#proxy({ clients: connectionIds })
  }

  group(groupName: string): ClientProxy<UntypedClient> {
    requireString('groupName', groupName)
    return this.#proxy({ groups: [groupName] })
  }

  groups(groupNames: readonly string[]): ClientProxy<UntypedClient> {
    requireStrings('groupNames', groupNames)
    const empty = groupNames.indexOf('')
    if (empty === -1) return this.#proxy({ groups: groupNames })
    // A send to one group takes an empty name, one to several does not; the groups before it are served, as in .NET.
    const send = this.#sendTo({ groups: groupNames.slice(0, empty) })
    const refuse = () => {
      throw new InvalidOperationError('Cannot send to an empty group name.')
    }
    return createClientProxy((target, args) => send(target, args)?.then(refuse) ?? refuse(), this.#reportFailure)
  }

  groupExcept(groupName: string, excludedConnectionIds: readonly string[]): ClientProxy<UntypedClient> {
    requireString('groupName', groupName)
    requireStrings('excludedConnectionIds', excludedConnectionIds)
    return this.#proxy({ groups: [groupName], except: excludedConnectionIds })
  }

  user(userId: string): ClientProxy<UntypedClient> {
    requireString('userId', userId)
    return this.#proxy({ users: [userId] })
  }

  users(userIds: readonly string[]): ClientProxy<UntypedClient> {
    requireStrings('userIds', userIds)
    return this.#proxy({ users: userIds })
  }

  #proxy(audience: Audience): ClientProxy<UntypedClient> {
    return createClientProxy(this.#sendTo(audience), this.#reportFailure)
  }

  #sendTo(audience: Audience): SendInvocation {
    const manager = this.#manager
    return (target, args) => manager.send(audience, SerializedHubMessage.invocation(target, args))
  }
}

/** What all clients of one hub have in common. */
export interface HubClientsSource {
  readonly manager: HubLifetimeManager
  readonly reportSendFailure: ReportSendFailure
  /** The same for every call, and asked for most: one proxy serves the hub. */
  readonly allClients: ClientProxy<UntypedClient>
}

/** One per call, made when a hub looks at its clients. */
export class LifetimeManagerCallerClients extends LifetimeManagerClients implements HubCallerClients {
  readonly #source: HubClientsSource
  readonly #connectionId: string

  constructor(source: HubClientsSource, connectionId: string, scope: ClientResultScope) {
    super(source.manager, source.reportSendFailure, scope)
    this.#source = source
    this.#connectionId = connectionId
  }

  override get all(): ClientProxy<UntypedClient> {
    return this.#source.allClients
  }

  get caller(): SingleClientProxy<UntypedClient> {
    return this.client(this.#connectionId)
  }

  get others(): ClientProxy<UntypedClient> {
    return this.allExcept([this.#connectionId])
  }

  othersInGroup(groupName: string): ClientProxy<UntypedClient> {
    return this.groupExcept(groupName, [this.#connectionId])
  }
}
