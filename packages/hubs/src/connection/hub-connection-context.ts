import type { ConnectionFeatures } from '@signalbox/abstractions'
import type { HubProtocol } from '@signalbox/protocol'
import type { SerializedHubMessage } from '../lifetime/serialized-hub-message.js'
import type { DisconnectOptions } from '../membership/membership.js'

/**
 * One connection of a hub after its handshake, as lifetime managers and extensions see it.
 * @source HubConnectionContext
 */
export interface HubConnectionContext {
  readonly connectionId: string
  /** Full name of its hub, see `HubClass.hubName`. */
  readonly hubName: string
  /** What the handshake has agreed on. */
  readonly protocol: HubProtocol
  /** The user the connection belongs to, from the user-id provider; undefined when anonymous. */
  readonly userIdentifier: string | undefined
  /** What the connection can do, where it came from, and who its user is. */
  readonly features: ConnectionFeatures
  /** Whatever the application keeps for as long as the connection lives. */
  readonly items: Map<unknown, unknown>
  /** It has ended: nothing more is written. */
  readonly isAborted: boolean
  /** Fires when the connection ends, before `onDisconnected` runs. */
  readonly connectionAborted: AbortSignal
  /**
   * Queues a message. After the end it does nothing.
   * @throws whatever the protocol throws for what it cannot serialize: the sender's mistake, not this connection's.
   */
  write(message: SerializedHubMessage): void
  /** The same for a message that goes to many: see `ConnectionContext.sendShared`. */
  writeShared(message: SerializedHubMessage): void
  /** The client is behind with what it is owed: `drained` would give a promise. Asking costs nothing. */
  readonly isCongested: boolean
  /**
   * For a sender who wants to go no faster than the client reads.
   * @returns undefined while little is pending, else a promise that resolves (never rejects) once the client has caught
   * up or is gone.
   */
  drained(): Promise<void> | undefined
  /** Ends the connection: the client gets a Close message, and nothing after it. */
  abort(options?: DisconnectOptions): void
}
