import { setImmediate as turn } from 'node:timers/promises'
import type { Audience } from '../lifetime/audience.js'
import { clientOf, type HubConnectionStore } from './hub-connection-store.js'
import type {
  ClientAndGroups,
  ConnectedClient,
  DisconnectOptions,
  MemberCount,
  Membership,
  MembershipChange,
} from './membership.js'

/** Small enough not to be felt by others who wait for the event loop. */
const closesPerTurn = 500

/** The connections of this process. */
export class LocalMembership implements Membership {
  readonly isComplete: boolean
  readonly #store: HubConnectionStore
  readonly #watchers = new Set<(change: MembershipChange) => void>()

  /** @param isComplete - false where other nodes have connections of the hub too. */
  constructor(store: HubConnectionStore, isComplete: boolean) {
    this.#store = store
    this.isComplete = isComplete
  }

  async connection(connectionId: string): Promise<ClientAndGroups | undefined> {
    const connection = this.#store.get(connectionId)
    if (connection === undefined) return undefined
    return { ...clientOf(connection), groups: [...this.#store.groupsOf(connectionId)] }
  }

  async *connections(audience: Audience): AsyncIterable<ConnectedClient> {
    for (const connection of this.#store.of(audience)) yield clientOf(connection)
  }

  async *users(): AsyncIterable<string> {
    yield* this.#store.users.keys()
  }

  async count(audience: Audience): Promise<MemberCount> {
    const { all, users: allUsers } = this.#store
    if ('all' in audience && audience.except === undefined) return { connections: all.size, users: allUsers.size }
    const users = new Set<string>()
    let connections = 0
    for (const { userIdentifier } of this.#store.of(audience)) {
      connections++
      if (userIdentifier !== undefined) users.add(userIdentifier)
    }
    return { connections, users: users.size }
  }

  async disconnect(audience: Audience, options?: DisconnectOptions): Promise<void> {
    let closed = 0
    for (const connection of [...this.#store.of(audience)]) {
      connection.abort(options)
      if (++closed % closesPerTurn === 0) await turn()
    }
  }

  watch(onChange: (change: MembershipChange) => void): () => void {
    const watcher = (change: MembershipChange) => onChange(change) // its own, also when a function watches twice
    this.#watchers.add(watcher)
    this.#store.onChange = change => {
      for (const tell of this.#watchers) tell(change)
    }
    return () => {
      this.#watchers.delete(watcher)
      if (this.#watchers.size === 0) this.#store.onChange = undefined
    }
  }
}
