import { type ConnectionContext, type ConnectionReceiver, printable } from '@signalbox/abstractions'
import { type CloseMessage, HubProtocolError, handshakeSuccess, MessageType } from '@signalbox/protocol'
import { HubException } from '../authoring/hub-exception.js'
import { messageOf } from '../dispatch/error-message.js'
import type { HubDispatcher } from '../dispatch/hub-dispatcher.js'
import type { HubConnectionTelemetry } from '../hub-telemetry.js'
import type { DisconnectOptions } from '../membership/membership.js'
import { AuthenticationRefreshes } from './authentication-refreshes.js'
import { clientTimeout, closeWithError, plainClose, reconnectClose } from './connection-errors.js'
import { type HandshakeOutcome, HubConnection, type HubConnectionOwner } from './hub-connection.js'
import type { HubConnectionTimers } from './hub-connection-timers.js'
import { HubInput, type HubInputOwner } from './hub-input.js'
import { dispatchConnected, dispatchDisconnected } from './hub-lifetime-events.js'

/**
 * `connecting`: `onConnected` runs, nothing is read. `open`: messages are dispatched. `ended`: nothing is read or
 * written any more.
 */
type Phase = 'connecting' | 'open' | 'ended'

/** The life of one hub connection, from its handshake to its end. @source HubConnectionHandler */
export class HubConnectionHandler implements ConnectionReceiver, HubConnectionOwner, HubInputOwner {
  readonly #connection: ConnectionContext
  readonly #dispatcher: HubDispatcher
  readonly #timers: HubConnectionTimers
  readonly #hub: HubConnection
  readonly #input: HubInput
  #phase: Phase = 'connecting'
  #refreshes: AuthenticationRefreshes | undefined
  #hasConnected = false
  #isLeaving = false
  #isDraining = false
  #endError: Error | undefined

  constructor(
    connection: ConnectionContext,
    dispatcher: HubDispatcher,
    timers: HubConnectionTimers,
    outcome: HandshakeOutcome,
  ) {
    this.#connection = connection
    this.#dispatcher = dispatcher
    this.#timers = timers
    this.#hub = new HubConnection(connection, outcome, dispatcher.runtime, this)
    this.#input = new HubInput(connection, this.#hub, dispatcher, timers, this)
  }

  // From the connection

  onReceive(bytes: Uint8Array): void {
    if (this.#phase !== 'ended') this.#input.receive(bytes)
  }

  onEnd(error: Error | undefined, graceful: boolean): void {
    if (this.#phase === 'ended') return
    if (error !== undefined) this.fail(error)
    // Calls that a client sent before it left still run, as in .NET; those of a client that has merely vanished do not.
    else if (graceful && this.#input.isPaused) this.#isLeaving = true
    else this.#endOfInput()
  }

  onDraining(): void {
    this.#isDraining = true
    this.#leaveWhenIdle()
  }

  onReconnected(): boolean {
    const { messageBuffer } = this.#hub.output
    this.#input.clear() // what was not read is not acknowledged either: the client sends it again, whole
    if (this.#phase === 'ended' || messageBuffer?.canResume !== true) return false
    this.#hub.output.resume(messageBuffer)
    return true
  }

  onAuthenticationRefreshed(): void {
    if (this.#phase === 'ended') return
    this.#refreshes ??= new AuthenticationRefreshes(this.#hub, this.#dispatcher)
    this.#refreshes.add()
    if (this.#phase === 'open') this.#refreshes.tellNext()
  }

  onHeartbeat(now: number, mayTimeOut: boolean): void {
    const { options, runtime } = this.#dispatcher
    if (this.#phase === 'ended') return
    if (this.#isLeaving) {
      if (mayTimeOut && this.#timers.hasLeaveTimedOut(now)) this.#endOfInput()
    } else {
      this.#timers.keepAlive(now, this.#hub, options)
      if (!mayTimeOut || !this.#timers.isClientLate(now, this.#input.isPaused, options)) return
      runtime.refusals.clientTimedOut(options)
      this.fail(clientTimeout())
    }
  }

  // From its calls

  onReady(): void {
    if (this.#phase !== 'open') return
    this.#refreshes?.tellNext() // before a call that waits: it shall find what the hub makes of the new claims
    this.#input.onReady()
  }

  onCallEnded(): void {
    if (this.#isDraining) queueMicrotask(() => this.#leaveWhenIdle())
  }

  // From its input

  get isReading(): boolean {
    return !this.#input.isWaiting
  }

  onCaughtUp(): void {
    if (this.#isLeaving && this.#phase === 'open') this.#endOfInput()
    else if (this.#isDraining) this.#leaveWhenIdle()
  }

  onCloseMessage({ error }: CloseMessage): void {
    this.#end(plainClose, error === undefined ? undefined : new HubException(printable(error, 1_000)))
  }

  onInputRefused(error: unknown): void {
    const { runtime, options } = this.#dispatcher
    runtime.refusals.inputRefused(error, options)
    this.fail(error)
  }

  // Connecting

  /** Answers the handshake and tells manager and hub; nothing is read before that is done. */
  connect(telemetry: HubConnectionTelemetry | undefined): void {
    const hub = this.#hub
    hub.telemetry = telemetry
    this.#connection.features.activeFormat = hub.protocol.transferFormat
    // The answer is first in the outbox, and leaves it only after the connection is registered: nothing precedes it,
    // nothing is missed.
    hub.output.writeBytes(handshakeSuccess)
    let connected: void | Promise<void>
    try {
      connected = dispatchConnected(this.#dispatcher, hub)
    } catch (error) {
      this.#onConnectFailed(error)
      return
    }
    if (connected === undefined) {
      this.#onConnected()
      return
    }
    this.#input.pause()
    Promise.resolve(connected).then(
      () => this.#onConnected(),
      error => this.#onConnectFailed(error),
    )
  }

  #onConnected(): void {
    this.#hasConnected = true
    if (this.#phase === 'ended') {
      void this.#disconnect()
      return
    }
    this.#phase = 'open'
    this.#refreshes?.tellNext()
    this.#input.open()
    if (this.#isDraining) this.#leaveWhenIdle()
  }

  #onConnectFailed(error: unknown): void {
    const { descriptor, failures } = this.#dispatcher.runtime
    failures.failed(`${descriptor.name}.onConnected`, error)
    if (this.#phase === 'ended') void this.#disconnect()
    else {
      this.#phase = 'open' // connecting is over, so the end need not wait for it
      this.#end(closeWithError(error, false, this.#dispatcher.options), undefined)
    }
  }

  // End

  abort({ reason, allowReconnect = false }: DisconnectOptions = {}): void {
    this.#end({ type: MessageType.Close, error: reason, allowReconnect }, undefined)
  }

  fail(error: unknown): void {
    const cause = error instanceof Error ? error : new Error(messageOf(error))
    this.#end(closeWithError(error, true, this.#dispatcher.options), cause)
  }

  /** The server drains: the client goes once every call it has made is answered. */
  #leaveWhenIdle(): void {
    if (this.#phase === 'open' && !this.#input.isPaused && !this.#hub.calls.isBusy) this.#end(reconnectClose, undefined)
  }

  #endOfInput(): void {
    if (this.#input.hasUnread && !this.#input.isPaused)
      this.fail(new HubProtocolError('Connection terminated while reading a message.'))
    else this.#end(reconnectClose, undefined)
  }

  #end(close: CloseMessage, error: Error | undefined): void {
    if (this.#phase === 'ended') return
    const isConnecting = this.#phase === 'connecting'
    this.#phase = 'ended'
    this.#endError = error
    this.#input.end()
    this.#hub.close(close)
    // Not from within the hub method that aborted: `onDisconnected` is user code too.
    if (!isConnecting) queueMicrotask(() => void this.#disconnect())
  }

  async #disconnect(): Promise<void> {
    const failure = await dispatchDisconnected(this.#dispatcher, this.#hub, this.#hasConnected, this.#endError)
    this.#connection.close(failure)
  }
}
