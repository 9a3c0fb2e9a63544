import { describeValue, isPromiseLike } from '@signalbox/abstractions'
import { requireString, requireStrings } from '../dispatch/argument-errors.js'
import type { Audience } from '../lifetime/audience.js'
import type {
  ClientAndGroups,
  ConnectedClient,
  DisconnectOptions,
  MemberCount,
  Membership,
  MembershipChange,
} from './membership.js'

/**
 * The membership of a hub as applications get it: what they pass is checked, and a listener that fails harms nothing.
 */
export class CheckedMembership implements Membership {
  readonly #membership: Membership
  readonly #onListenerFailed: (error: unknown) => void

  constructor(membership: Membership, onListenerFailed: (error: unknown) => void) {
    this.#membership = membership
    this.#onListenerFailed = onListenerFailed
  }

  get isComplete(): boolean {
    return this.#membership.isComplete
  }

  async connection(connectionId: string): Promise<ClientAndGroups | undefined> {
    requireString('connectionId', connectionId)
    return this.#membership.connection(connectionId)
  }

  connections(audience: Audience): AsyncIterable<ConnectedClient> {
    requireAudience(audience)
    return this.#membership.connections(audience)
  }

  users(): AsyncIterable<string> {
    return this.#membership.users()
  }

  async count(audience: Audience): Promise<MemberCount> {
    requireAudience(audience)
    return this.#membership.count(audience)
  }

  async disconnect(audience: Audience, options: DisconnectOptions = {}): Promise<void> {
    requireAudience(audience)
    if (options.reason !== undefined) requireString('reason', options.reason)
    return this.#membership.disconnect(audience, options)
  }

  watch(onChange: (change: MembershipChange) => unknown): () => void {
    return this.#membership.watch(change => {
      try {
        const done = onChange(change)
        if (isPromiseLike(done)) Promise.resolve(done).catch(this.#onListenerFailed)
      } catch (error) {
        this.#onListenerFailed(error)
      }
    })
  }
}

const listsOfAudiences = ['clients', 'groups', 'users', 'except'] as const

/** @throws TypeError that says what to write. */
function requireAudience(audience: Audience): void {
  const given: Partial<Record<string, unknown>> = Object(audience)
  if (given['all'] !== true && !Array.isArray(given['clients'] ?? given['groups'] ?? given['users'])) {
    const expected = "{ all: true }, { clients: ['…'] }, { groups: ['…'] } or { users: ['…'] }"
    throw new TypeError(`audience must be ${expected}, but is ${describeValue(audience)}.`)
  }
  for (const list of listsOfAudiences) if (given[list] !== undefined) requireStrings(list, given[list])
}
