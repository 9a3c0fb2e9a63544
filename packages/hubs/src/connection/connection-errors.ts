import { type CloseMessage, HubProtocolError, MessageType } from '@signalbox/protocol'
import type { ResolvedHubOptions } from '../authoring/hub-options.js'
import { errorMessage, type NamedException } from '../dispatch/error-message.js'

// Close messages that connections end with

/** Answers a client that ends the connection. */
export const plainClose: CloseMessage = { type: MessageType.Close, error: undefined, allowReconnect: false }

/** For a client that left without a Close: it may come back. */
export const reconnectClose: CloseMessage = { type: MessageType.Close, error: undefined, allowReconnect: true }

/** @source HubConnectionHandler.SendCloseAsync */
export function closeWithError(
  error: unknown,
  allowReconnect: boolean,
  options: Readonly<ResolvedHubOptions>,
): CloseMessage {
  const text = errorMessage('Connection closed with an error.', error, options.enableDetailedErrors)
  return { type: MessageType.Close, error: text, allowReconnect }
}

// Errors that end connections; the texts are .NET's, as are the options they name: clients may see them.

export class MessageTooLargeError extends HubProtocolError {
  constructor(limit: number) {
    super(`The maximum message size of ${limit}B was exceeded. The message size can be configured in AddHubOptions.`)
  }
}

export const clientTimeout = (): HubProtocolError =>
  new HubProtocolError(
    "Client hasn't sent a message/ping within the configured ClientTimeoutInterval.",
    'OperationCanceledException',
  )

/** A client goes on behind messages that have not come. */
export class SequenceError extends Error implements NamedException {
  readonly exceptionType = 'InvalidOperationException'

  constructor() {
    super("Sequence ID greater than amount of messages we've received.")
  }
}

/** A method reads a stream of a client that is gone. */
export class ConnectionClosedError extends Error implements NamedException {
  readonly exceptionType = 'OperationCanceledException'

  constructor() {
    super('The underlying connection was closed.')
  }
}
