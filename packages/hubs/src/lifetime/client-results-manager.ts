import { takeAnyNumberOfListeners } from '@signalbox/abstractions'
import { type CompletionMessage, MessageType } from '@signalbox/protocol'
import { HubException } from '../authoring/hub-exception.js'
import type { NamedException } from '../dispatch/error-message.js'
import { ClientGoneError } from './client-results.js'
import { PendingByConnection } from './pending-by-connection.js'

/** A client answered for somebody else. */
class ForeignCompletionError extends Error implements NamedException {
  readonly exceptionType = 'InvalidOperationException'
}

interface PendingResult {
  readonly connectionId: string
  /** Another server waits for it. */
  readonly isForwarded: boolean
  complete(message: CompletionMessage): void
  fail(error: Error): void
}

/** Calls to clients that wait for their results, by invocation id and by connection. @source ClientResultsManager */
export class ClientResultsManager {
  readonly #createInvocationId: () => string
  readonly #pending = new Map<string, PendingResult>()
  readonly #byConnection = new PendingByConnection<PendingResult>()

  /**
   * @param createInvocationId - default `s` and a counter, so that none collides with the stream ids clients choose.
   */
  constructor(createInvocationId: () => string = countingIds()) {
    this.#createInvocationId = createInvocationId
  }

  has(invocationId: string): boolean {
    return this.#pending.has(invocationId)
  }

  /**
   * Whether the answer goes on to another server, as the client has written it: only there is known what it is to be.
   */
  wantsRawResult(invocationId: string): boolean {
    return this.#pending.get(invocationId)?.isForwarded === true
  }

  /**
   * @param send - sends the invocation with the id it is given; when it fails, so does the call.
   * @returns the client's result; rejects with HubException for its error or a cancelled signal, `ClientGoneError` when
   * it leaves.
   */
  invoke(
    connectionId: string,
    signal: AbortSignal | undefined,
    send: (invocationId: string) => void | Promise<void>,
  ): Promise<unknown> {
    const invocationId = this.#createInvocationId()
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#remove(invocationId, pending)
        signal?.removeEventListener('abort', cancel)
      }
      const cancel = () => {
        settle()
        reject(new HubException('Invocation canceled by the server.'))
      }
      const fail = (error: unknown) => {
        settle()
        reject(error)
      }
      const pending: PendingResult = {
        connectionId,
        isForwarded: false,
        complete: message => {
          settle()
          if (message.error !== undefined) reject(new HubException(message.error))
          else if (message.hasResult) resolve(message.result)
          else reject(new HubException("Exception of type 'Microsoft.AspNetCore.SignalR.HubException' was thrown."))
        },
        fail,
      }
      if (signal?.aborted === true) return cancel()
      if (signal !== undefined) {
        takeAnyNumberOfListeners(signal)
        signal.addEventListener('abort', cancel)
      }
      this.#add(invocationId, pending)
      try {
        send(invocationId)?.catch(fail)
      } catch (error) {
        fail(error)
      }
    })
  }

  /**
   * Somebody on another node waits for the answer.
   * @param pass - gets the completion, its result raw, or an error when the client leaves.
   * @returns false when a call with this id is under way.
   */
  tryForward(connectionId: string, invocationId: string, pass: (message: CompletionMessage) => void): boolean {
    if (this.#pending.has(invocationId)) return false
    const complete = (message: CompletionMessage) => {
      this.#remove(invocationId, pending)
      pass(message)
    }
    const fail = () => complete(errorCompletion(invocationId, 'Connection disconnected.'))
    const pending: PendingResult = { connectionId, isForwarded: true, complete, fail }
    this.#add(invocationId, pending)
    return true
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
    pending.complete(message)
    return true
  }

  /**
   * For an answer that came from another node, which has checked its sender.
   * @returns false when nothing with this id is waited for.
   */
  completeFromNode(message: CompletionMessage): boolean {
    const pending = this.#pending.get(message.invocationId)
    pending?.complete(message)
    return pending !== undefined
  }

  /** The client has left. */
  abandon(connectionId: string): void {
    for (const pending of this.#byConnection.take(connectionId))
      pending.fail(new ClientGoneError(connectionId, 'disconnected'))
  }

  /** No answer can come any more, to any call. */
  failAll(error: Error): void {
    for (const pending of this.#pending.values()) pending.fail(error)
  }

  #add(invocationId: string, pending: PendingResult): void {
    this.#pending.set(invocationId, pending)
    this.#byConnection.add(pending.connectionId, pending)
  }

  #remove(invocationId: string, pending: PendingResult): void {
    this.#pending.delete(invocationId)
    this.#byConnection.delete(pending.connectionId, pending)
  }
}

export function errorCompletion(invocationId: string, error: string): CompletionMessage {
  return { type: MessageType.Completion, headers: undefined, invocationId, error, result: undefined, hasResult: false }
}

function countingIds(): () => string {
  let count = 0
  return () => `s${++count}`
}
