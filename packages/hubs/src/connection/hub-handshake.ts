import {
  type ConnectionContext,
  type ConnectionFeatures,
  type ConnectionHandler,
  type ConnectionReceiver,
  ReceiveBuffer,
} from '@signalbox/abstractions'
import {
  type ByteCursor,
  type HandshakeRequest,
  type HubProtocol,
  HubProtocolError,
  tryParseHandshakeRequest,
  writeHandshakeError,
} from '@signalbox/protocol'
import { type HubOptions, resolveHubOptions } from '../authoring/hub-options.js'
import { errorMessage } from '../dispatch/error-message.js'
import { HubDispatcher } from '../dispatch/hub-dispatcher.js'
import type { HubRuntime } from '../hub-runtime.js'
import type { HubConnectionTelemetry } from '../hub-telemetry.js'
import type { HandshakeOutcome } from './hub-connection.js'
import { HubConnectionHandler } from './hub-connection-handler.js'
import { HubConnectionTimers } from './hub-connection-timers.js'
import { MessageBuffer } from './message-buffer.js'

/**
 * The application that runs a hub on every connection it is given.
 * @throws ConfigurationError for an option out of range.
 */
export function hubConnectionHandler(runtime: HubRuntime, options: HubOptions): ConnectionHandler {
  const dispatcher = new HubDispatcher(runtime, resolveHubOptions(options))
  return connection => {
    connection.receiver = new HubHandshake(connection, dispatcher)
  }
}

const canceled = 'Handshake was canceled.'

/**
 * A connection before its hub: nothing but a handshake request is read, and nobody has heard of it. It then makes room
 * for a HubConnectionHandler.
 * @source HubConnectionContext.HandshakeAsync
 */
class HubHandshake implements ConnectionReceiver {
  readonly #connection: ConnectionContext
  readonly #dispatcher: HubDispatcher
  readonly #telemetry: HubConnectionTelemetry | undefined
  readonly #timers: HubConnectionTimers
  /** Part of a request. */
  #unread: ReceiveBuffer | undefined
  #hasEnded = false

  constructor(connection: ConnectionContext, dispatcher: HubDispatcher) {
    const { clock, descriptor, telemetry } = dispatcher.runtime
    this.#connection = connection
    this.#dispatcher = dispatcher
    this.#telemetry = telemetry?.watch(descriptor.name, connection)
    this.#timers = new HubConnectionTimers(clock.now())
  }

  onReceive(received: Uint8Array): void {
    if (this.#hasEnded) return
    this.#unread?.append(received)
    const bytes = this.#unread?.bytes ?? Buffer.from(received.buffer, received.byteOffset, received.byteLength)
    const cursor: ByteCursor = { bytes, offset: 0, end: bytes.length }
    const outcome = this.#tryHandshake(cursor)
    if (typeof outcome === 'string') this.#refuse(outcome)
    else if (outcome !== undefined) this.#connect(outcome, bytes.subarray(cursor.offset))
    else if (this.#unread === undefined) {
      this.#unread = new ReceiveBuffer()
      this.#unread.append(received)
    }
  }

  onEnd(): void {
    if (!this.#hasEnded) this.#close()
  }

  /** There is nothing to resume: the handshake simply comes on the new transport, from its beginning. */
  onReconnected(): boolean {
    this.#unread = undefined
    return !this.#hasEnded
  }

  onHeartbeat(now: number, mayTimeOut: boolean): void {
    const { options, runtime } = this.#dispatcher
    if (!mayTimeOut || this.#hasEnded || !this.#timers.isHandshakeLate(now, options)) return
    runtime.refusals.handshakeTimedOut(options)
    this.#refuse(canceled)
  }

  /** @returns a text that says why there is no connection, or undefined while the request is not whole. */
  #tryHandshake(cursor: ByteCursor): HandshakeOutcome | string | undefined {
    const { runtime, options } = this.#dispatcher
    const { features } = this.#connection
    const { name } = runtime.descriptor
    const limit = options.maximumReceiveMessageSizeBytes
    const { length } = cursor.bytes
    cursor.end = Math.min(length, limit)
    try {
      const request = tryParseHandshakeRequest(cursor)
      if (request === undefined) {
        if (length <= limit) return undefined
        runtime.refusals.messageTooLarge(options)
        return canceled
      }
      const choice = chooseProtocol(request, runtime.protocols, options.supportedProtocols, features)
      if ('error' in choice) {
        const names = options.supportedProtocols ?? runtime.protocols.map(protocol => protocol.name)
        runtime.refusals.protocolRefused(choice.error, names, features)
        return choice.error
      }
      const userIdentifier = options.userIdProvider(features)
      return { protocol: choice.protocol, userIdentifier, messageBuffer: this.#armStatefulReconnect(request.version) }
    } catch (error) {
      if (error instanceof HubProtocolError) runtime.refusals.handshakeNotRead()
      else runtime.recurringLog.error(`handshakeFailed ${name}`, `${name}: a handshake failed.`, error)
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

  /** @param rest - what came with the handshake. */
  #connect(outcome: HandshakeOutcome, rest: Uint8Array): void {
    this.#hasEnded = true
    const handler = new HubConnectionHandler(this.#connection, this.#dispatcher, this.#timers, outcome)
    this.#connection.receiver = handler
    handler.connect(this.#telemetry)
    if (rest.length > 0) handler.onReceive(rest)
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

/**
 * The protocol a handshake gets, or why it gets none; texts quote the client's spelling.
 * @source DefaultHubProtocolResolver, HubConnectionContext.HandshakeAsync
 */
function chooseProtocol(
  request: HandshakeRequest,
  protocols: readonly HubProtocol[],
  supportedProtocols: readonly string[] | undefined,
  features: ConnectionFeatures,
): { readonly protocol: HubProtocol } | { readonly error: string } {
  const name = request.protocol.toLowerCase()
  const isSupported = supportedProtocols === undefined || supportedProtocols.some(one => one.toLowerCase() === name)
  const protocol = isSupported ? protocols.find(one => one.name.toLowerCase() === name) : undefined
  if (protocol === undefined) return { error: `The protocol '${request.protocol}' is not supported.` }
  if (request.version > protocol.version)
    return { error: `The server does not support version ${request.version} of the '${request.protocol}' protocol.` }
  const format = protocol.transferFormat
  if (!features.supportedFormats.includes(format))
    return {
      error: `Cannot use the '${request.protocol}' protocol on the current transport. The transport does not support '${format}' transfer format.`,
    }
  return { protocol }
}
