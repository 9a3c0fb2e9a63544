import type { UntypedClient } from './client-proxy.js'
import type { HubCallerContext } from './hub-caller-context.js'
import type { HubCallerClients } from './hub-clients.js'
import type { GroupManager, HubContext } from './hub-context.js'

/** What a hub instance works with during one call. */
export interface HubScope {
  readonly callerContext: HubCallerContext
  readonly callerClients: HubCallerClients<UntypedClient>
  readonly groupManager: GroupManager
  readonly hubContext: HubContext
}

const scopeOf = Symbol('signalbox.hubScope')

/**
 * Base of the classes users write. An instance lives for one call: a connect, one invocation, a refresh or a
 * disconnect; what shall last longer belongs in `context.items`. Clients can call only what is declared with
 * `@hubMethod` or in `static hubMethods`.
 * @typeParam TClient - the methods a client offers, for typed `clients`.
 * @source Microsoft.AspNetCore.SignalR.Hub
 */
export abstract class Hub<TClient extends object = UntypedClient> {
  [scopeOf]: HubScope | undefined

  /** The connection that called. */
  get context(): HubCallerContext {
    return scope(this).callerContext
  }

  /** The clients that can be called, the caller among them. */
  get clients(): HubCallerClients<TClient> {
    return scope(this).callerClients as unknown as HubCallerClients<TClient>
  }

  get groups(): GroupManager {
    return scope(this).groupManager
  }

  /**
   * The hub from outside its calls, the same object as `server.hub(…)` gives: for work that outlives the call, which
   * may keep it. (`clients` belongs to the call: it names the caller, and waits for clients as the call may.)
   * @source IHubContext, which .NET injects
   */
  get hubContext(): HubContext<TClient> {
    return scope(this).hubContext as unknown as HubContext<TClient>
  }

  /** A client has connected; its messages are read once this is done. An error thrown here closes the connection. */
  onConnected(): void | Promise<void> {}

  /**
   * The client has refreshed its credentials, and `context.user` is who it is now; `context.userIdentifier` stays.
   * Takes its turn among the invocations, and may ask no client for a result. An error thrown here is logged, and the
   * connection goes on.
   * @source Hub.OnAuthenticationRefreshedAsync of .NET 11
   */
  onAuthenticationRefreshed(): void | Promise<void> {}

  /**
   * A client is gone; runs once, and only if `onConnected` succeeded.
   * @param _error - what broke the connection; undefined when the client left.
   */
  onDisconnected(_error: Error | undefined): void | Promise<void> {}
}

function scope(hub: { readonly [scopeOf]: HubScope | undefined }): HubScope {
  const found = hub[scopeOf]
  if (found === undefined)
    throw new Error(
      "context, clients and groups are there while a hub is called, and not in its constructor. To call one in a test, use testHub of 'signalbox/testing'.",
    )
  return found
}

export function enterScope(hub: { [scopeOf]: HubScope | undefined }, hubScope: HubScope): void {
  if (hub[scopeOf] !== undefined)
    throw new Error('The hubActivator must make a new hub for each call, but gave one twice.')
  hub[scopeOf] = hubScope
}
