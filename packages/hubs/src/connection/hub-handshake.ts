import type { ConnectionContext, ConnectionReceiver } from '@signalbox/abstractions'
import { type ByteCursor, HubProtocolError, tryParseHandshakeRequest, writeHandshakeError } from '@signalbox/protocol'
import { errorMessage } from '../dispatch/error-message.js'
import type { HubDispatcher } from '../dispatch/hub-dispatcher.js'
import type { HubConnectionTelemetry } from '../hub-telemetry.js'
import { chooseProtocol } from './choose-protocol.js'
import { type HandshakeOutcome, HubConnectionHandler } from './hub-connection-handler.js'
import { HubConnectionTimers } from './hub-connection-timers.js'
import { MessageBuffer } from './message-buffer.js'
import { ReceiveLoop, type ReceiveLoopReader } from './receive-loop.js'

const canceled = 'Handshake was canceled.'

/**
 * A connection before its hub: nothing but a handshake request is read, and nobody has heard of it. It then makes room for a HubConnectionHandler.
 * @source HubConnectionContext.HandshakeAsync
 */
export class HubHandshake implements ConnectionReceiver, ReceiveLoopReader {
  readonly #connection: ConnectionContext
  readonly #dispatcher: HubDispatcher
  readonly #telemetry: HubConnectionTelemetry | undefined
  readonly #loop: ReceiveLoop
  readonly #timers: HubConnectionTimers
  #hasEnded = false

  constructor(connection: ConnectionContext, dispatcher: HubDispatcher) {
    const { clock, descriptor, telemetry } = dispatcher.runtime
    this.#connection = connection
    this.#dispatcher = dispatcher
    this.#telemetry = telemetry?.watch(descriptor.name, connection)
    this.#loop = new ReceiveLoop(connection, this, clock)
    this.#timers = new HubConnectionTimers(clock.now())
  }

  onReceive(bytes: Uint8Array): void {
    if (!this.#hasEnded) this.#loop.receive(bytes)
  }

  onEnd(): void {
    if (!this.#hasEnded) this.#close()
  }

  /** There is nothing to resume: the handshake simply comes on the new transport, from its beginning. */
  onReconnected(): boolean {
    this.#loop.clear()
    return !this.#hasEnded
  }

  onHeartbeat(now: number, mayTimeOut: boolean): void {
    const { options, runtime } = this.#dispatcher
    if (!mayTimeOut || this.#hasEnded || !this.#timers.isHandshakeLate(now, options)) return
    runtime.refusals.handshakeTimedOut(options)
    this.#refuse(canceled)
  }

  readFrom(cursor: ByteCursor): void {
    const outcome = this.#tryHandshake(cursor)
    if (outcome === undefined) return
    if (typeof outcome === 'string') {
      this.#refuse(outcome)
      return
    }
    const handler = new HubConnectionHandler(this.#connection, this.#dispatcher, this.#loop, this.#timers, outcome)
    this.#connection.receiver = handler
    this.#loop.reader = handler
    handler.connect(this.#telemetry)
    handler.readFrom(cursor) // what came with the handshake, if `onConnected` is done already
  }

  /** A request that is not whole waits for the rest. */
  onCaughtUp(): void {}

  /** @returns a text that says why there is no connection, or undefined while the request is not whole. */
  #tryHandshake(cursor: ByteCursor): HandshakeOutcome | string | undefined {
    const { runtime, options } = this.#dispatcher
    const { features } = this.#connection
    const { name } = runtime.descriptor
    const limit = options.maximumReceiveMessageSizeBytes
    const length = cursor.bytes.length
    cursor.end = Math.min(length, limit)
    let doing = 'a handshake'
    try {
      const request = tryParseHandshakeRequest(cursor)
      if (request === undefined) {
        if (length <= limit) return undefined
        runtime.refusals.messageTooLarge(options)
        return canceled
      }
      cursor.end = length
      const choice = chooseProtocol(request, runtime.protocols, options.supportedProtocols, features)
      if ('error' in choice) {
        const names = options.supportedProtocols ?? runtime.protocols.map(protocol => protocol.name)
        runtime.refusals.protocolRefused(choice.error, names, features)
        return choice.error
      }
      doing = 'userIdProvider'
      const userIdentifier = options.userIdProvider(features)
      doing = 'a handshake'
      return { protocol: choice.protocol, userIdentifier, messageBuffer: this.#armStatefulReconnect(request.version) }
    } catch (error) {
      if (error instanceof HubProtocolError) runtime.refusals.handshakeNotRead()
      else runtime.recurringLog.error(`handshakeFailed ${name}`, `${name}: ${doing} failed.`, error)
      const base = 'An unexpected error occurred during connection handshake.'
      return errorMessage(base, error, options.enableDetailedErrors)
    }
  }

  /** A client that asked for it in negotiate and speaks version 2 can resume; for any other it is switched off. */
  #armStatefulReconnect(version: number): MessageBuffer | undefined {
    const { statefulReconnect } = this.#connection.features
    if (statefulReconnect === undefined) return undefined
    const { statefulReconnectBufferSizeBytes } = this.#dispatcher.options
    if (version >= 2) return new MessageBuffer(statefulReconnectBufferSizeBytes, statefulReconnect.maximumBufferBytes)
    statefulReconnect.disable()
    return undefined
  }

  #refuse(error: string): void {
    this.#connection.send(writeHandshakeError(error))
    this.#close()
  }

  #close(): void {
    this.#hasEnded = true
    this.#connection.close()
  }
}
