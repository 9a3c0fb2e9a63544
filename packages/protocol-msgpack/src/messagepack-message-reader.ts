import {
  HubProtocolError,
  type InvocationBinder,
  MessageType,
  RawResult,
  type ReceivedMessage,
} from '@signalbox/protocol'
import {
  readBoolean,
  readHeaders,
  readInt32,
  readInt64,
  readRequiredId,
  readStreamIds,
  readString,
  readTarget,
} from './envelope-fields.js'
import type { MessagePackReader } from './messagepack-reader.js'
import { ResultKind } from './result-kind.js'
import { readValue } from './value-reader.js'

/**
 * Reads one message the way ASP.NET Core does: members by their position, and what follows the last one is ignored.
 * @returns undefined for a type that is not part of the protocol.
 * @source dotnet/aspnetcore: src/SignalR/common/Protocols.MessagePack/src/Protocol/MessagePackHubProtocolWorker.cs
 */
export function readMessage(reader: MessagePackReader, binder?: InvocationBinder): ReceivedMessage | undefined {
  const length = reader.readArrayLength()
  const type = readInt32(reader, 'messageType')
  switch (type) {
    case MessageType.Invocation:
      return readInvocation(reader, length)
    case MessageType.StreamInvocation:
      return readStreamInvocation(reader, length)
    case MessageType.StreamItem:
      return readStreamItem(reader)
    case MessageType.Completion:
      return readCompletion(reader, binder)
    case MessageType.CancelInvocation: {
      const headers = readHeaders(reader)
      return { type, headers, invocationId: readRequiredId(reader, 'CancelInvocation') }
    }
    case MessageType.Ping:
      return { type }
    case MessageType.Close: {
      const error = readString(reader, 'error') ?? undefined
      return { type, error, allowReconnect: length > 2 && readBoolean(reader, 'allowReconnect') }
    }
    case MessageType.Ack:
    case MessageType.Sequence:
      return { type, sequenceId: readInt64(reader, 'sequenceId') }
    default:
      return undefined
  }
}

function readInvocation(reader: MessagePackReader, length: number): ReceivedMessage {
  const headers = readHeaders(reader)
  // Fire and forget may say so with an empty id.
  const invocationId = readString(reader, 'invocationId') || undefined
  const target = readTarget(reader, 'Invocation')
  const values = readArguments(reader)
  if (values instanceof HubProtocolError) return bindingFailure(invocationId, target, values)
  const streamIds = readStreamIds(reader, length)
  return { type: MessageType.Invocation, headers, invocationId, target, arguments: values, streamIds }
}

function readStreamInvocation(reader: MessagePackReader, length: number): ReceivedMessage {
  const headers = readHeaders(reader)
  const invocationId = readRequiredId(reader, 'StreamInvocation')
  const target = readTarget(reader, 'StreamInvocation')
  const values = readArguments(reader)
  if (values instanceof HubProtocolError) return bindingFailure(invocationId, target, values)
  const streamIds = readStreamIds(reader, length)
  return { type: MessageType.StreamInvocation, headers, invocationId, target, arguments: values, streamIds }
}

function readStreamItem(reader: MessagePackReader): ReceivedMessage {
  const headers = readHeaders(reader)
  const invocationId = readRequiredId(reader, 'StreamItem')
  const item = tryReadValue(reader, 'item')
  if (item instanceof HubProtocolError) return { type: 'streamBindingFailure', streamId: invocationId, error: item }
  return { type: MessageType.StreamItem, headers, invocationId, item }
}

function readCompletion(reader: MessagePackReader, binder: InvocationBinder | undefined): ReceivedMessage {
  const headers = readHeaders(reader)
  const invocationId = readRequiredId(reader, 'Completion')
  const completion = { type: MessageType.Completion, headers, invocationId } as const
  switch (readInt32(reader, 'resultKind')) {
    case ResultKind.Error: {
      const error = readString(reader, 'error') ?? undefined
      return { ...completion, error, result: undefined, hasResult: false }
    }
    case ResultKind.Void:
      return { ...completion, error: undefined, result: undefined, hasResult: false }
    case ResultKind.NonVoid: {
      // Bytes that are no value end the connection, as in .NET: nobody behind this server could read on after them.
      if (binder?.wantsRawResult(invocationId))
        return { ...completion, error: undefined, result: new RawResult(reader.readRaw()), hasResult: true }
      const result = tryReadValue(reader, 'argument')
      if (!(result instanceof HubProtocolError)) return { ...completion, error: undefined, result, hasResult: true }
      // Whoever awaits the result gets to know why there is none.
      const error = `Error trying to deserialize result to Object. ${result.message}`
      return { ...completion, error, result: undefined, hasResult: false }
    }
    default:
      throw new HubProtocolError('Invalid invocation result kind.')
  }
}

// Values: what is wrong with them fails one call or one stream.

function readArguments(reader: MessagePackReader): unknown[] | HubProtocolError {
  let length: number
  try {
    length = reader.readArrayLength()
  } catch (error) {
    return new HubProtocolError("Reading array length for 'arguments' failed.", undefined, error)
  }
  const values: unknown[] = []
  try {
    for (let index = 0; index < length; index++) values.push(readValue(reader))
  } catch (error) {
    const text =
      'Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.'
    return new HubProtocolError(text, undefined, error)
  }
  return values
}

function bindingFailure(invocationId: string | undefined, target: string, error: HubProtocolError): ReceivedMessage {
  return { type: 'invocationBindingFailure', invocationId, target, error }
}

/** @returns the error when there is no value that can be read; no value is an error itself. */
function tryReadValue(reader: MessagePackReader, field: string): unknown {
  try {
    return readValue(reader)
  } catch (error) {
    const text = `Deserializing object of the \`Object\` type for '${field}' failed.`
    return new HubProtocolError(text, undefined, error)
  }
}
