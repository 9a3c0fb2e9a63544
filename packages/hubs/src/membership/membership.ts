import type { Audience } from '../lifetime/audience.js'

/** A connection of a hub. */
export interface ConnectedClient {
  readonly connectionId: string
  /** The user it belongs to, from the user-id provider; undefined when anonymous. */
  readonly userId: string | undefined
}

/** A connection of a hub, with the groups it is in. */
export interface ClientAndGroups extends ConnectedClient {
  readonly groups: readonly string[]
}

/** `users` counts each user once; who is anonymous is a connection only. */
export interface MemberCount {
  readonly connections: number
  readonly users: number
}

/** Somebody came or went: to and from the hub, or one of its groups. A connection that goes leaves its groups first. */
export type MembershipChange = ConnectedClient &
  (
    | { readonly type: 'connected' | 'disconnected' }
    | { readonly type: 'joinedGroup' | 'leftGroup'; readonly groupName: string }
  )

export interface DisconnectOptions {
  /** The client gets it as the error of its `onclose`. Default none. */
  readonly reason?: string | undefined
  /** Whether a client that reconnects by itself may. Default false. */
  readonly allowReconnect?: boolean | undefined
}

/**
 * Who is connected to a hub, as which user and in which groups. A connection is there from before its `onConnected`
 * until its `onDisconnected` has run. Audiences are those of sends: `{ all: true }`, `{ clients }`, `{ groups }` or `{
 * users }`.
 */
export interface Membership {
  /**
   * Whether it knows the connections of every node; false behind a backplane, where it answers for those of this node.
   */
  readonly isComplete: boolean
  /** @returns undefined when there is no such connection. */
  connection(connectionId: string): Promise<ClientAndGroups | undefined>
  /** Each connection of an audience once, as it is when its turn comes: members may come and go meanwhile. */
  connections(audience: Audience): AsyncIterable<ConnectedClient>
  /** Each user that has a connection, once. */
  users(): AsyncIterable<string>
  count(audience: Audience): Promise<MemberCount>
  /**
   * Ends connections: each client gets a Close message, and nothing after it. Those that come meanwhile stay.
   * @returns once every client has been told; their `onDisconnected` may still run.
   */
  disconnect(audience: Audience, options?: DisconnectOptions): Promise<void>
  /**
   * @param onChange - called at once, in the order of the changes.
   * @returns what ends it.
   */
  watch(onChange: (change: MembershipChange) => void): () => void
}
