import { type CloseMessage, MessageType } from '@signalbox/protocol'
import type { ResolvedHubOptions } from '../authoring/hub-options.js'
import { errorMessage } from '../dispatch/error-message.js'

/** The answer to a goodbye, and what a connection ends with that the application aborts. */
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
