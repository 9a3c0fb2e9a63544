import type { TestConnection } from '@signalbox/conformance'
import { ack, record, sequence } from '@signalbox/conformance/json-messages'

interface ServerMessage {
  readonly type: number
  readonly sequenceId: number
  readonly invocationId?: string
  readonly arguments?: readonly unknown[]
  readonly result?: unknown
}

/**
 * The client half of stateful reconnect in a few lines, with a wire in both directions that delivers when the test says so, and loses what is
 * on it when the socket is lost. @source the state machine of HubProtocol.md, stateful reconnect
 */
export class ResumingModelClient {
  readonly connection: TestConnection
  /** What reached the application, in order: arguments of invocations, results of calls. */
  readonly pushes: unknown[] = []
  readonly results: unknown[] = []
  readonly #toServer: string[] = []
  #unacknowledged: string[] = []
  #firstId = 1
  #nextId = 1
  #latestId = 0
  #isWaitingForSequence = false
  #hasSocket = true

  constructor(connection: TestConnection) {
    this.connection = connection
  }

  get hasSocket(): boolean {
    return this.#hasSocket
  }

  get isQuiet(): boolean {
    return this.#hasSocket && this.#toServer.length === 0 && this.connection.sent.length === 0
  }

  get unacknowledgedCount(): number {
    return this.#unacknowledged.length
  }

  /** Queues a numbered message. */
  send(message: string): void {
    this.#unacknowledged.push(message)
    if (this.#hasSocket) this.#toServer.push(message)
  }

  acknowledge(): void {
    if (this.#hasSocket && this.#latestId > 0) this.#toServer.push(record(ack(this.#latestId)))
  }

  /** The wire carries some of what the client has sent, in one piece. */
  deliverToServer(count: number): void {
    this.connection.receive(this.#toServer.splice(0, count).join(''))
  }

  deliverToClient(count: number): void {
    for (const text of this.connection.sent.splice(0, count)) this.#receive(JSON.parse(text) as ServerMessage)
  }

  loseSocket(): void {
    this.connection.cut()
    this.connection.sent.length = 0
    this.#toServer.length = 0
    this.#hasSocket = false
  }

  /** A new socket; what is on the wire of an old one is lost, also when that was not noticed before. */
  openSocket(): void {
    this.loseSocket()
    this.#hasSocket = true
    this.#isWaitingForSequence = true
    if (!this.connection.reconnect()) throw new Error('The server refused to resume.')
    this.#toServer.push(record(sequence(this.#firstId)), ...this.#unacknowledged)
  }

  #receive(message: ServerMessage): void {
    if (message.type === 9) {
      // What it has got counts, not how far an interrupted replay came: its acknowledgement may have overtaken that.
      if (message.sequenceId > this.#latestId + 1) throw new Error(`Messages before ${message.sequenceId} are lost.`)
      this.#nextId = message.sequenceId
      this.#isWaitingForSequence = false
    } else if (this.#isWaitingForSequence) throw new Error(`The server sent type ${message.type} before its sequence.`)
    else if (message.type === 8) {
      const count = Math.max(0, message.sequenceId - this.#firstId + 1)
      if (count > this.#unacknowledged.length) throw new Error(`The server acknowledged ${message.sequenceId}.`)
      this.#unacknowledged = this.#unacknowledged.slice(count)
      this.#firstId += count
    } else if (message.type === 7) throw new Error('The server closed the connection.')
    else if (message.type < 6) this.#receiveNumbered(message)
  }

  #receiveNumbered(message: ServerMessage): void {
    const id = this.#nextId++
    if (id <= this.#latestId) return
    this.#latestId = id
    if (message.type === 1) this.pushes.push(...message.arguments!)
    else this.results.push(message.result)
  }
}
