import { isPromiseLike, printable } from '@signalbox/abstractions'
import { MessageType } from '@signalbox/protocol'
import { HubException } from '../authoring/hub-exception.js'
import type { HubConnection } from '../connection/hub-connection.js'
import type { CallMessage, MessageAdmission } from '../hub-extension.js'
import { errorMessage } from './error-message.js'
import type { HubDispatcher } from './hub-dispatcher.js'

/**
 * Asks the gates of extensions whether a message may come in, and does what they say of one that may not.
 * @returns whether it may; with a promise nothing behind it may be read until that resolves.
 * @throws, or rejects with, what closes the connection.
 */
export function admit(
  dispatcher: HubDispatcher,
  connection: HubConnection,
  message: CallMessage,
): boolean | Promise<boolean> {
  const act = (admission: MessageAdmission): boolean => {
    if (admission === 'pass') return true
    if (connection.isAborted) return false
    if ('refuse' in admission) refuse(dispatcher, connection, message, admission.refuse)
    else {
      dispatcher.runtime.refusals.closedByExtension(admission.close)
      connection.fail(admission.close)
    }
    return false
  }
  const admission = dispatcher.runtime.hooks.admitMessage!(connection, message)
  return isPromiseLike(admission) ? Promise.resolve(admission).then(act) : act(admission)
}

/**
 * Whoever waits for what the message would have brought is told: a client for its answer, a method for its stream, a
 * caller for a client's result.
 */
function refuse(
  { runtime, options }: HubDispatcher,
  connection: HubConnection,
  message: CallMessage,
  error: unknown,
): void {
  const { refusals, manager } = runtime
  const textOf = (base: string): string =>
    error instanceof HubException ? error.message : errorMessage(base, error, options.enableDetailedErrors)
  switch (message.type) {
    case MessageType.Invocation:
    case MessageType.StreamInvocation:
    case 'invocationBindingFailure': {
      const { invocationId, target } = message
      refusals.messageRefused(`a call of '${printable(target)}'`)
      connection.output.complete(invocationId, textOf(`Failed to invoke '${target}' due to an error on the server.`))
      return
    }
    case MessageType.StreamItem:
    case 'streamBindingFailure': {
      refusals.messageRefused('an item of a stream')
      const streamId = message.type === MessageType.StreamItem ? message.invocationId : message.streamId
      connection.calls.takeUpload(streamId)?.complete(error)
      return
    }
    case MessageType.Completion: {
      refusals.messageRefused('the end of a stream or the result of a client')
      const upload = connection.calls.takeUpload(message.invocationId)
      const text = textOf('The answer of the client was refused.')
      if (upload === undefined)
        manager.clientResults.complete(connection.connectionId, {
          ...message,
          error: text,
          result: undefined,
          hasResult: false,
        })
      else upload.complete(error)
      return
    }
    case MessageType.CancelInvocation:
      refusals.messageRefused('a cancel')
  }
}
