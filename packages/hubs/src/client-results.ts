import type { CompletionMessage } from '@signalbox/protocol'
import type { NamedException } from './error-message.js'
import { HubException } from './hub-exception.js'

/** A client that was asked is not there (any more). */
export class ClientGoneError extends Error implements NamedException {
  readonly exceptionType = 'IOException'
}

/** A client answered for somebody else. */
class ForeignCompletionError extends Error implements NamedException {
  readonly exceptionType = 'InvalidOperationException'
}

interface PendingResult {
  readonly connectionId: string
  resolve(result: unknown): void
  reject(error: Error): void
}

/**
 * Calls to clients that wait for their results, by invocation id: `s` and a counter, so that none collides with the stream ids clients choose.
 * @source ClientResultsManager
 */
export class ClientResultsManager {
  readonly #pending = new Map<string, PendingResult>()
  #count = 0

  /**
   * @param send - sends the invocation with the id it is given.
   * @returns the client's result; rejects with HubException for its error or a cancelled signal, `ClientGoneError` when it leaves.
   */
  invoke(
    connectionId: string,
    signal: AbortSignal | undefined,
    send: (invocationId: string) => void,
  ): Promise<unknown> {
    const invocationId = `s${++this.#count}`
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#pending.delete(invocationId)
        signal?.removeEventListener('abort', cancel)
      }
      const cancel = () => {
        settle()
        reject(new HubException('Invocation canceled by the server.'))
      }
      if (signal?.aborted === true) return cancel()
      signal?.addEventListener('abort', cancel)
      this.#pending.set(invocationId, {
        connectionId,
        resolve: result => {
          settle()
          resolve(result)
        },
        reject: error => {
          settle()
          reject(error)
        },
      })
      try {
        send(invocationId)
      } catch (error) {
        settle()
        reject(error)
      }
    })
  }

  /**
   * @returns false when nothing with this id is waited for.
   * @throws when another connection was asked: an attack, for which the answering one is closed.
   */
  complete(connectionId: string, message: CompletionMessage): boolean {
    const pending = this.#pending.get(message.invocationId)
    if (pending === undefined) return false
    if (pending.connectionId !== connectionId)
      throw new ForeignCompletionError(
        `Connection ID '${connectionId}' is not valid for invocation ID '${message.invocationId}'.`,
      )
    if (message.error !== undefined) pending.reject(new HubException(message.error))
    else if (message.hasResult) pending.resolve(message.result)
    else pending.reject(new HubException("Exception of type 'Microsoft.AspNetCore.SignalR.HubException' was thrown."))
    return true
  }

  /** The client has left. */
  abandon(connectionId: string): void {
    for (const pending of this.#pending.values()) {
      if (pending.connectionId === connectionId)
        pending.reject(new ClientGoneError(`Connection '${connectionId}' disconnected.`))
    }
  }
}
