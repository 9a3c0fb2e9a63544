import { SequenceError } from './connection-errors.js'

/**
 * What makes a reconnect lossless: messages of types 1 to 5 are numbered from 1 in each direction, the number is never
 * on the wire. Those sent are kept until the client acknowledges them, those received are counted, so that what comes
 * again is known.
 * @source MessageBuffer.cs; HubProtocol.md, stateful reconnect
 */
export class MessageBuffer {
  readonly #capacityBytes: number
  readonly #maximumBytes: number
  #pieces: Uint8Array[] = []
  /** Number of the first piece kept. */
  #firstId = 1
  #bytes = 0
  #acknowledgedId = 0
  /** Number the next received message has. */
  #nextId = 1
  #latestId = 0
  #isAckDue = false
  #waiters: (() => void)[] = []

  /**
   * @param capacityBytes - unacknowledged bytes at which awaiting senders wait.
   * @param maximumBytes - unacknowledged bytes beyond which the oldest are let go; a reconnect is impossible then until
   * the client has acknowledged them.
   */
  constructor(capacityBytes: number, maximumBytes: number) {
    this.#capacityBytes = capacityBytes
    this.#maximumBytes = Math.max(capacityBytes, maximumBytes)
  }

  /** False while something is lost that the client may not have. */
  get canResume(): boolean {
    return this.#acknowledgedId >= this.#firstId - 1
  }

  /** Number of the message that a replay begins with: the oldest unacknowledged one, or the next to be sent. */
  get resumeId(): number {
    return this.#firstId
  }

  /** The original bytes of everything unacknowledged, in order. */
  get unacknowledged(): readonly Uint8Array[] {
    return this.#pieces
  }

  // Sent

  push(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.#bytes += piece.length
    while (this.#bytes > this.#maximumBytes && this.#pieces.length > 1) this.#drop(1)
  }

  /** @param sequenceId - the client has everything up to it; more than was sent counts as all. */
  acknowledge(sequenceId: number): void {
    const lastId = this.#firstId + this.#pieces.length - 1
    const acknowledgedId = Math.min(sequenceId, lastId)
    if (acknowledgedId <= this.#acknowledgedId) return
    this.#acknowledgedId = acknowledgedId
    if (acknowledgedId >= this.#firstId) this.#drop(acknowledgedId - this.#firstId + 1)
    if (this.#bytes < this.#capacityBytes) this.releaseWaiters()
  }

  /** Senders wait, since so much is unacknowledged. */
  get isCongested(): boolean {
    return this.#bytes > this.#capacityBytes
  }

  /** @returns undefined while there is room, else a promise that resolves once acknowledgements have made some. */
  drained(): Promise<void> | undefined {
    if (!this.isCongested) return undefined
    return new Promise(resolve => this.#waiters.push(resolve))
  }

  /** Senders wait no longer: there is room, or no acknowledgement can come. */
  releaseWaiters(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const release of waiters) release()
  }

  /** The end: nobody waits any more. */
  close(): void {
    this.#pieces = []
    this.#bytes = 0
    this.releaseWaiters()
  }

  // Received

  /** Counts a message of types 1 to 5. @returns false for one that was received before. */
  tryReceive(): boolean {
    const id = this.#nextId++
    this.#isAckDue = true // also for a duplicate: the acknowledgement may have been lost with the socket
    if (id <= this.#latestId) return false
    this.#latestId = id
    return true
  }

  /** The client goes on with this number. @throws when messages before it are missing. */
  resumeAt(sequenceId: number): void {
    // Measured by what has come, not by where a replay broke off.
    if (sequenceId > this.#latestId + 1 || sequenceId < 1) throw new SequenceError()
    this.#nextId = sequenceId
  }

  /** @returns the number to acknowledge, if anything came since the last time. */
  takeAck(): number | undefined {
    if (!this.#isAckDue) return undefined
    this.#isAckDue = false
    return this.#latestId
  }

  #drop(count: number): void {
    for (const piece of this.#pieces.splice(0, count)) this.#bytes -= piece.length
    this.#firstId += count
  }
}
