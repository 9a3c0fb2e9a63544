import { MessageType } from '@signalbox/protocol'
import { HubException } from '../authoring/hub-exception.js'
import type { HubConnection } from '../connection/hub-connection.js'
import type { CallMessage } from '../hub-extension.js'
import { streamBindingError } from './binding-error-message.js'
import { refuseBinding } from './binding-refusal.js'
import type { NamedException } from './error-message.js'
import type { HubDispatcher } from './hub-dispatcher.js'

class NoSuchStreamError extends Error implements NamedException {
  readonly exceptionType = 'KeyNotFoundException'
}

/** `wait`: it does not fit yet, no slot is free or a stream is full. A promise: nothing behind it may be read until that resolves. */
export type Dispatched = 'done' | 'wait' | Promise<void>

/**
 * Brings a message to the call it belongs to. What belongs to none is ignored: calls end while messages for them are under way.
 * @throws what closes the connection.
 * @source DefaultHubDispatcher.DispatchMessageAsync
 */
export function dispatchMessage(
  dispatcher: HubDispatcher,
  connection: HubConnection,
  message: CallMessage,
): Dispatched {
  switch (message.type) {
    case MessageType.Invocation:
    case MessageType.StreamInvocation:
      return dispatcher.tryDispatch(connection, message)
    case MessageType.StreamItem: {
      if (message.invocationId === '') throw new NoSuchStreamError(`No stream with id '' could be found.`)
      const upload = connection.findUpload(message.invocationId)
      return upload === undefined || upload.tryPush(message.item, connection.messageBytes) ? 'done' : 'wait'
    }
    case MessageType.Completion: {
      const upload = connection.takeUpload(message.invocationId)
      if (upload === undefined) connection.runtime.manager.clientResults.complete(connection.connectionId, message)
      else upload.complete(message.error === undefined ? undefined : new HubException(message.error))
      return 'done'
    }
    case MessageType.CancelInvocation:
      connection.findCancellable(message.invocationId)?.cancel()
      return 'done'
    case 'invocationBindingFailure':
      return refuseBinding(dispatcher, connection, message, message.error) ?? 'done'
    case 'streamBindingFailure':
      connection.takeUpload(message.streamId)?.complete(streamBindingError(message.error, dispatcher.options))
      return 'done'
  }
}
