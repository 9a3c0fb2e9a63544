import {
  composeObservers,
  describeValue,
  isPromiseLike,
  type RecurringLog,
  reportHookFailure,
} from '@signalbox/abstractions'
import type {
  AckMessage,
  CloseMessage,
  HubMessage,
  PingMessage,
  ReceivedMessage,
  SequenceMessage,
} from '@signalbox/protocol'
import type { HubConnectionContext } from './connection/hub-connection-context.js'

/** Messages about calls, readable or not; the others are about the connection itself. */
export type CallMessage = Exclude<ReceivedMessage, PingMessage | CloseMessage | AckMessage | SequenceMessage>

/**
 * What becomes of a message.
 * - `pass`: it goes to the next gate, then to its method.
 * - `refuse`: a call that wants an answer is completed with the error: the text of a HubException as it is, any other
 *   error by the rule of `enableDetailedErrors`. A stream from the client that it belongs to ends with the error. What
 *   wants no answer is dropped.
 * - `close`: the connection ends with a Close message that has the error, by the same rule.
 */
export type MessageAdmission = 'pass' | { readonly refuse: unknown } | { readonly close: unknown }

/**
 * What looks into the hubs of a server, and may decide what comes in. Every hook is optional, and one that nobody has
 * costs nothing. Those of several extensions are called in the order given. What an observer throws is logged, and
 * changes nothing.
 */
export interface HubExtension {
  /** For the log. */
  readonly name: string
  /**
   * The gate: asked once for each message about a call, before its method is looked up, so also for methods that do not
   * exist and for arguments that cannot be read. A message that a client sends again after a reconnect does not come
   * here twice.
   * @returns a promise to let the message wait: nothing more is read of that connection until it resolves, or the
   * connection ends. What a gate throws, or rejects with, refuses the message.
   */
  admitMessage?(
    connection: HubConnectionContext,
    message: CallMessage,
  ): MessageAdmission | PromiseLike<MessageAdmission>
  /** The handshake is done; the first hook that a connection reaches, before `onConnected` of its hub. */
  onConnected?(connection: HubConnectionContext): void
  /**
   * The last hook that a connection reaches, after `onDisconnected` of its hub.
   * @param error - what broke the connection; undefined when the client left.
   */
  onDisconnected?(connection: HubConnectionContext, error: Error | undefined): void
  /**
   * A message has come, of any type.
   * @param bytes - all of it, framing included; they are valid until this returns.
   */
  onMessageReceived?(connection: HubConnectionContext, message: ReceivedMessage, bytes: Uint8Array): void
  /**
   * A message was queued for the client. What is sent again after a reconnect does not come here twice.
   * @param message - undefined for one that another node of a cluster has serialized.
   * @param bytes - all of it, framing included; they must not be changed.
   */
  onMessageSent?(connection: HubConnectionContext, message: HubMessage | undefined, bytes: Uint8Array): void
  /**
   * The protocol cannot read what has come, or it is too large; the connection ends with this error.
   * @param bytes - from the first byte of that message; they are valid until this returns.
   */
  onMalformed?(connection: HubConnectionContext, error: Error, bytes: Uint8Array): void
}

/** The hooks of all extensions, each as one function; undefined where no extension has it. */
export type HubHooks = { readonly [Hook in Exclude<keyof HubExtension, 'name'>]-?: HubExtension[Hook] | undefined }

/** Composed once, when a server is made. */
export function composeExtensions(extensions: readonly HubExtension[], log: RecurringLog): HubHooks {
  const observers = extensions.map(extension => ({ name: extension.name, observer: extension }))
  return {
    admitMessage: composeGates(extensions, log),
    onConnected: composeObservers(observers, 'onConnected', log),
    onDisconnected: composeObservers(observers, 'onDisconnected', log),
    onMessageReceived: composeObservers(observers, 'onMessageReceived', log),
    onMessageSent: composeObservers(observers, 'onMessageSent', log),
    onMalformed: composeObservers(observers, 'onMalformed', log),
  }
}

type Gate = NonNullable<HubExtension['admitMessage']>

/** The first gate that does not let a message pass decides; those behind it are not asked. */
function composeGates(extensions: readonly HubExtension[], log: RecurringLog): Gate | undefined {
  const gates = extensions.flatMap(extension =>
    extension.admitMessage === undefined
      ? []
      : [guardGate(extension.name, extension.admitMessage.bind(extension), log)],
  )
  const askFrom = (first: number, ...input: Parameters<Gate>): ReturnType<Gate> => {
    for (let index = first; index < gates.length; index++) {
      const admission = gates[index]!(...input)
      if (admission === 'pass') continue
      if (!isPromiseLike(admission)) return admission
      return admission.then(later => (later === 'pass' ? askFrom(index + 1, ...input) : later))
    }
    return 'pass'
  }
  if (gates.length < 2) return gates[0]
  return (...input) => askFrom(0, ...input)
}

/** A gate that neither throws nor rejects: what it cannot decide does not come in. */
function guardGate(name: string, gate: Gate, log: RecurringLog): Gate {
  const fail = (error: unknown): MessageAdmission => {
    reportHookFailure(log, name, 'admitMessage', error)
    return { refuse: error }
  }
  const check = (value: MessageAdmission): MessageAdmission => (isAdmission(value) ? value : fail(noAdmission(value)))
  return (connection, message) => {
    try {
      const admission = gate(connection, message)
      return isPromiseLike(admission) ? Promise.resolve(admission).then(check, fail) : check(admission)
    } catch (error) {
      return fail(error)
    }
  }
}

const isAdmission = (value: unknown): boolean =>
  value === 'pass' || (typeof value === 'object' && value !== null && ('refuse' in value || 'close' in value))

const noAdmission = (value: unknown): TypeError =>
  new TypeError(
    `admitMessage must return 'pass', { refuse: error } or { close: error }, but returned ${describeValue(value)}.`,
  )
