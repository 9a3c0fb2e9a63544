import { printable } from '@signalbox/abstractions'
import type { CompletionMessage, InvocationBinder } from '@signalbox/protocol'
import type { NamedException } from '../dispatch/error-message.js'

/** Calls of clients that wait for an answer. */
export interface ClientResults extends InvocationBinder {
  /**
   * Calls a method of one client and waits for its result.
   * @returns the result; rejects with HubException for the client's error or a fired signal, `ClientGoneError` when it
   * is not there or leaves.
   */
  invoke(
    connectionId: string,
    target: string,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown>
  /**
   * A client has answered; unknown and late answers are ignored.
   * @throws when the call went to another connection: the one that answers is closed for it.
   */
  complete(connectionId: string, result: CompletionMessage): void
  /**
   * The connection has ended and cannot answer any more: who waits for it is told. Costs what the connection was asked,
   * whatever others were.
   */
  abandon(connectionId: string): void
}

/** A client that was asked is not there (any more). Ids often come from other clients. */
export class ClientGoneError extends Error implements NamedException {
  readonly exceptionType = 'IOException'

  constructor(connectionId: string, why: 'does not exist' | 'disconnected') {
    super(`Connection '${printable(connectionId)}' ${why}.`)
  }
}
