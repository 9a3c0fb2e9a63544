import type { CompletionMessage } from '@signalbox/protocol'
import type { HubConnectionStore } from '../membership/hub-connection-store.js'
import { ClientGoneError, type ClientResults } from './client-results.js'
import { ClientResultsManager } from './client-results-manager.js'
import { SerializedHubMessage } from './serialized-hub-message.js'

/** Calls of the clients of this process. */
export class LocalClientResults implements ClientResults {
  readonly #store: HubConnectionStore
  readonly #pending = new ClientResultsManager()

  constructor(store: HubConnectionStore) {
    this.#store = store
  }

  invoke(
    connectionId: string,
    target: string,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const connection = this.#store.get(connectionId)
    if (connection === undefined) return Promise.reject(new ClientGoneError(connectionId, 'does not exist'))
    if (connection.isAborted) return Promise.reject(new ClientGoneError(connectionId, 'disconnected'))
    return this.#pending.invoke(connectionId, signal, invocationId =>
      connection.write(SerializedHubMessage.invocation(target, args, invocationId)),
    )
  }

  wantsRawResult(): boolean {
    return false // no other server waits for it
  }

  complete(connectionId: string, result: CompletionMessage): void {
    this.#pending.complete(connectionId, result)
  }

  abandon(connectionId: string): void {
    this.#pending.abandon(connectionId)
  }
}
