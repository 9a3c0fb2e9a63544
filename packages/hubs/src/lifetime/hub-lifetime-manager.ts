import type { CompletionMessage, InvocationBinder } from '@signalbox/protocol'
import type { HubConnectionContext } from '../connection/hub-connection-context.js'
import type { Audience, SendOptions } from './audience.js'
import type { SerializedHubMessage } from './serialized-hub-message.js'

/**
 * Who is connected to a hub, in which groups, and how to reach them; a backplane is one of these.
 *
 * Delivery is at most once. Two sends by one caller to one connection arrive in call order. A send is done when it is in every
 * receiver's outbox (a backplane: when it is published); sends to unknown connections, groups and users succeed.
 * Methods answer synchronously (undefined) when nothing has to be waited for.
 * @source HubLifetimeManager
 */
export interface HubLifetimeManager extends InvocationBinder {
  onConnected(connection: HubConnectionContext): void | Promise<void>
  /** The connection has ended: nothing can be sent to it and no answer can come from it; whoever waits for one is told. */
  onAborted(connectionId: string): void
  /** Forgets the connection and takes it out of its groups. */
  onDisconnected(connection: HubConnectionContext): void | Promise<void>
  /** @throws, or rejects with, whatever a protocol throws for arguments it cannot serialize. Then nobody gets it. */
  send(audience: Audience, message: SerializedHubMessage, options?: SendOptions): void | Promise<void>
  addToGroup(connectionId: string, groupName: string): void | Promise<void>
  removeFromGroup(connectionId: string, groupName: string): void | Promise<void>
  /**
   * Calls a method of one client and waits for its result.
   * @returns the result; rejects with HubException for the client's error or a fired signal, `ClientGoneError` when it is not there or leaves.
   */
  invokeConnection(
    connectionId: string,
    target: string,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown>
  /**
   * A client has answered a call; unknown and late answers are ignored.
   * @throws when the call went to another connection: the one that answers is closed for it.
   */
  setConnectionResult(connectionId: string, result: CompletionMessage): void
}
