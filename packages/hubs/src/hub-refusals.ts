import { type ConnectionFeatures, printable, type RecurringLog } from '@signalbox/abstractions'
import type { HubMethodDescriptor } from './authoring/hub-descriptor.js'
import type { ResolvedHubOptions } from './authoring/hub-options.js'
import { MessageTooLargeError } from './connection/connection-errors.js'
import { messageOf } from './dispatch/error-message.js'

/**
 * What a hub refuses, said to whoever runs it: once a minute for each cause, with the option to change and its value.
 * What the client is told is ASP.NET Core's, and often says nothing. Causes end with the hub's name, or the method's.
 */
export class HubRefusals {
  readonly #hubName: string
  readonly #log: RecurringLog

  constructor(hubName: string, log: RecurringLog) {
    this.#hubName = hubName
    this.#log = log
  }

  // Connections

  messageTooLarge({ maximumReceiveMessageSizeBytes }: Readonly<ResolvedHubOptions>): void {
    this.#warn(
      'messageTooLarge',
      `a client was disconnected: its message is larger than maximumReceiveMessageSizeBytes, which is ${maximumReceiveMessageSizeBytes}.`,
    )
  }

  handshakeTimedOut({ handshakeTimeoutMs }: Readonly<ResolvedHubOptions>): void {
    this.#warn(
      'handshakeTimeout',
      `a client was disconnected: no handshake came within handshakeTimeoutMs, which is ${handshakeTimeoutMs}. Clients have to speak SignalR.`,
    )
  }

  /** What came is not repeated: it may be anything. */
  handshakeNotRead(): void {
    this.#warn('handshakeNotRead', 'a client was disconnected: what it sent first is no SignalR handshake.')
  }

  /** @param reason - as the client is told it. @param names - of the protocols that the hub speaks. */
  protocolRefused(reason: string, names: readonly string[], { transport }: ConnectionFeatures): void {
    this.#warn(
      'protocolRefused',
      `a client was disconnected: ${printable(reason, 300)} The hub speaks ${names.join(', ')} (protocols, supportedProtocols), and this is over ${transport}.`,
    )
  }

  /** What a client sent ended its connection. */
  inputRefused(error: unknown, options: Readonly<ResolvedHubOptions>): void {
    if (error instanceof MessageTooLargeError) this.messageTooLarge(options)
    else this.#warn('protocolBroken', `a client was disconnected: ${printable(messageOf(error), 300)}`)
  }

  /** A gate of an extension has ended a connection. */
  closedByExtension(error: unknown): void {
    this.#warn('closedByExtension', `a client was disconnected by an extension: ${printable(messageOf(error), 300)}`)
  }

  /** Phones do that all the time. */
  clientTimedOut({ clientTimeoutIntervalMs }: Readonly<ResolvedHubOptions>): void {
    this.#log.debug(
      `clientTimeout ${this.#hubName}`,
      `${this.#hubName}: a client was disconnected: nothing came within clientTimeoutIntervalMs, which is ${clientTimeoutIntervalMs}.`,
    )
  }

  // Calls

  /** @param target - as sent. */
  noSuchMethod(target: string): void {
    this.#warn('noSuchMethod', `a client calls '${printable(target)}', and there is no such method.`)
  }

  /** @param key - of a method of the class that clients cannot call. */
  methodNotDeclared(key: string): void {
    this.#log.warn(
      `methodNotDeclared ${this.#hubName}.${key}`,
      `A client calls ${this.#hubName}.${key}, which is not declared as a hub method. If clients may call it, put @hubMethod() on it, or name it in static hubMethods.`,
    )
  }

  /** @param reason - without anything of the arguments. */
  argumentsRefused({ key }: HubMethodDescriptor, reason: string): void {
    this.#warnOfCall('argumentsRefused', key, reason)
  }

  unauthorized({ key, authorize }: HubMethodDescriptor): void {
    const required = authorize === true || authorize === undefined ? 'a user' : authorize.join(', ')
    this.#warnOfCall('unauthorizedCall', key, `its user does not meet what it is guarded with: ${required}.`)
  }

  /** A gate of an extension let a message not in. */
  messageRefused(what: string): void {
    this.#log.debug(`messageRefused ${this.#hubName}`, `${this.#hubName}: ${what} was refused by an extension.`)
  }

  tooManyStreams({ key }: HubMethodDescriptor, limit: number): void {
    this.#warnOfCall(
      'tooManyStreams',
      key,
      `its client has maximumStreamsPerClient streams under way, which is ${limit}.`,
    )
  }

  /** @param limit - as the client is told it, with the option. */
  tooManyPending({ key }: HubMethodDescriptor, limit: string): void {
    this.#warnOfCall('tooManyPendingCalls', key, limit)
  }

  #warnOfCall(cause: string, key: string, reason: string): void {
    const method = `${this.#hubName}.${key}`
    this.#log.warn(`${cause} ${method}`, `A call of ${method} was refused: ${reason}`)
  }

  #warn(cause: string, what: string): void {
    this.#log.warn(`${cause} ${this.#hubName}`, `${this.#hubName}: ${what}`)
  }
}
