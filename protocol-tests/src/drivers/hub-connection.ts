import assert from 'node:assert/strict'
import { within } from './deadline.js'
import { fromHex, HubMessageStream } from './hub-message-stream.js'
import { messagePack } from './messagepack-notation.js'
import type { Transport } from './transport.js'

export type ProtocolName = 'json' | 'messagepack'

/** A hub message to send: an object is written as JSON, a string goes out as it is (without its record separator). */
export type OutgoingMessage = string | object

export const recordSeparator = '\x1e'
const jsonPing = '{"type":6}'
const messagePackPing = '02 91 06'

export interface ConnectionIds {
  /** Unknown when the WebSocket was opened without a negotiation. */
  readonly connectionId: string | undefined
  /** The value of the `id` parameter. */
  readonly connectionToken: string | undefined
}

/** One client of a hub, message by message. It knows the frames of the protocol and nothing of what they mean. */
export class HubConnection {
  readonly transport: Transport
  readonly connectionId: string | undefined
  readonly connectionToken: string | undefined
  readonly #messages = new HubMessageStream()
  /** A server may ping whenever its interval is over, so pings are left out unless a check is about them. */
  #readsPings = false
  #protocol: ProtocolName = 'json'
  #invocations = 0

  constructor(transport: Transport, ids: ConnectionIds) {
    this.transport = transport
    this.connectionId = ids.connectionId
    this.connectionToken = ids.connectionToken
  }

  /** The same connection after stateful reconnect: its protocol is agreed on. */
  onNewTransport(transport: Transport): HubConnection {
    const connection = new HubConnection(transport, this)
    connection.#speak(this.#protocol)
    return connection
  }

  readPings(): void {
    this.#readsPings = true
  }

  /** The handshake of a client that speaks the protocol, and its success. */
  async handshake(protocol: ProtocolName = 'json', version = 1): Promise<void> {
    await this.send({ protocol, version })
    await this.expect('{}')
    this.#speak(protocol)
  }

  #speak(protocol: ProtocolName): void {
    this.#protocol = protocol
    if (protocol === 'messagepack') this.#messages.switchToBinary()
  }

  /** Sends the messages in one payload: one frame, or one POST. */
  send(...messages: readonly OutgoingMessage[]): Promise<void> {
    return this.sendRaw(messages.map(message => textOf(message) + recordSeparator).join(''))
  }

  sendHex(hex: string): Promise<void> {
    return this.sendRaw(fromHex(hex))
  }

  sendRaw(payload: string | Uint8Array): Promise<void> {
    return this.transport.send(payload)
  }

  /** The next message: a JSON record without its separator, or a MessagePack message in hex. */
  async next(what = 'a hub message', deadlineMs?: number): Promise<string> {
    for (;;) {
      const message = this.#messages.tryTake()
      if (message === undefined) {
        this.#messages.append(await this.transport.received.next(what, deadlineMs))
      } else if (this.#readsPings || (message !== jsonPing && message !== messagePackPing)) {
        return message
      }
    }
  }

  /** The next messages are exactly these. */
  async expect(...expected: readonly OutgoingMessage[]): Promise<void> {
    for (const message of expected) {
      const text = textOf(message)
      assert.equal(await this.next(text), text)
    }
  }

  /** Calls a hub method and returns its Completion, which must be the next message. */
  async invoke(target: string, ...args: readonly unknown[]): Promise<{ result?: unknown; error?: string }> {
    const invocationId = this.nextInvocationId()
    await this.send({ type: 1, invocationId, target, arguments: args })
    const { type, invocationId: answered, ...outcome } = await this.nextJson(`the Completion of ${target}`)
    assert.deepEqual({ type, invocationId: answered }, { type: 3, invocationId })
    return outcome
  }

  /** Calls a hub method that must succeed. */
  async call(target: string, ...args: readonly unknown[]): Promise<unknown> {
    const outcome = await this.invoke(target, ...args)
    assert.ok('result' in outcome, `${target} failed: ${outcome.error}`)
    return outcome.result
  }

  async nextJson(what?: string): Promise<Record<string, unknown>> {
    return JSON.parse(await this.next(what))
  }

  nextInvocationId(): string {
    this.#invocations++
    return `call-${this.#invocations}`
  }

  /** The connection lives, and what was sent before has brought no message: an Echo's Completion comes next. */
  async expectAliveAndSilent(): Promise<void> {
    if (this.#protocol === 'json') {
      assert.equal(await this.call('Echo', 'alive'), 'alive')
    } else {
      await this.sendHex(messagePack('96 01 80 "alive?" "Echo" 91 "yes" 90'))
      await this.expect(messagePack('95 03 80 "alive?" 03 "yes"'))
    }
  }

  /** After these last messages the server ends the connection in good order. */
  async expectEnd(...last: readonly OutgoingMessage[]): Promise<void> {
    await this.expect(...last)
    const how = await within(this.transport.ended, 'the end of the connection')
    assert.equal(how, this.transport.normalEnd)
    assert.deepEqual(this.transport.received.takeAll().map(String), [], 'more bytes behind the last message')
    assert.ok(this.#messages.isEmpty, 'more bytes behind the last message')
  }
}

/** The Close of a connection that the server gives up: reconnect is welcome unless the connect hook failed. */
export function closeWithError(detail?: string): object {
  const error = `Connection closed with an error.${detail === undefined ? '' : ` ${detail}`}`
  return { type: 7, error, allowReconnect: true }
}

function textOf(message: OutgoingMessage): string {
  return typeof message === 'string' ? message : JSON.stringify(message)
}
