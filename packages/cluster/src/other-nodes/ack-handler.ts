import { printable } from '@signalbox/abstractions'
import { PendingByConnection } from '@signalbox/hubs'
import { BackplaneError } from '../backplane-error.js'
import { DeadlineQueue } from '../deadline-queue.js'

interface PendingAck {
  readonly id: number
  readonly connectionId: string
  resolve(): void
  reject(error: BackplaneError): void
}

/**
 * Changes of groups that the nodes of other connections have been asked for and have not confirmed.
 * @source AckHandler
 */
export class AckHandler {
  readonly #pending = new Map<number, PendingAck>()
  readonly #byConnection = new PendingByConnection<PendingAck>()
  readonly #queue: DeadlineQueue<PendingAck>
  #lastId = 0

  constructor(timeoutMs: number) {
    this.#queue = new DeadlineQueue(timeoutMs, ({ id, connectionId }) =>
      this.fail(
        id,
        new BackplaneError(
          'SIGNALR_BACKPLANE_NO_ACK',
          `The node of connection '${printable(connectionId)}' has not confirmed a change of groups within ${timeoutMs} ms.`,
        ),
      ),
    )
  }

  /** The connections whose nodes have not confirmed yet. */
  get connectionIds(): Iterable<string> {
    return this.#byConnection.connectionIds
  }

  /** @returns a number for the command, counted in 32 bits as in .NET, and what resolves with its ack. */
  expect(connectionId: string): { readonly id: number; readonly acknowledged: Promise<void> } {
    this.#lastId = (this.#lastId + 1) | 0
    const id = this.#lastId
    const acknowledged = new Promise<void>((resolve, reject) => {
      const ack: PendingAck = { id, connectionId, resolve, reject }
      this.#pending.set(id, ack)
      this.#byConnection.add(connectionId, ack)
      this.#queue.add(ack)
    })
    return { id, acknowledged }
  }

  /** An unknown id, such as one that has timed out, is ignored. */
  acknowledge(id: number): void {
    this.#take(id)?.resolve()
  }

  fail(id: number, error: BackplaneError): void {
    this.#take(id)?.reject(error)
  }

  /** There is no such connection any more, so there is nothing to do. */
  onConnectionGone(connectionId: string): void {
    for (const { id } of this.#byConnection.take(connectionId)) this.acknowledge(id)
  }

  failAll(error: BackplaneError): void {
    for (const id of this.#pending.keys()) this.fail(id, error)
  }

  #take(id: number): PendingAck | undefined {
    const ack = this.#pending.get(id)
    if (ack === undefined) return undefined
    this.#pending.delete(id)
    this.#byConnection.delete(ack.connectionId, ack)
    this.#queue.delete(ack)
    return ack
  }
}
