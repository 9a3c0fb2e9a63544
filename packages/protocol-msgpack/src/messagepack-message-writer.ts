import {
  type CompletionMessage,
  type HubMessage,
  type InvocationMessage,
  type MessageHeaders,
  MessageType,
  RawResult,
  type StreamInvocationMessage,
} from '@signalbox/protocol'
import type { MessagePackWriter } from './messagepack-writer.js'
import { ResultKind } from './result-kind.js'
import { writeValue } from './value-writer.js'

/**
 * Writes one message as ASP.NET Core does: an invocation always has six elements and a close three, and headers are a
 * map even when there are none.
 * @source dotnet/aspnetcore: src/SignalR/common/Protocols.MessagePack/src/Protocol/MessagePackHubProtocolWorker.cs
 */
export function writeMessage(writer: MessagePackWriter, message: HubMessage): void {
  switch (message.type) {
    case MessageType.Invocation:
    case MessageType.StreamInvocation:
      writeInvocation(writer, message)
      break
    case MessageType.StreamItem:
      writeStart(writer, 4, message)
      writer.writeString(message.invocationId)
      writeValue(writer, message.item)
      break
    case MessageType.Completion:
      if (message.error !== undefined) {
        writeCompletionStart(writer, 5, message, ResultKind.Error)
        writer.writeString(message.error)
      } else if (message.hasResult) {
        writeCompletionStart(writer, 5, message, ResultKind.NonVoid)
        if (message.result instanceof RawResult) writer.writeRaw(message.result.bytes)
        else writeValue(writer, message.result)
      } else writeCompletionStart(writer, 4, message, ResultKind.Void)
      break
    case MessageType.CancelInvocation:
      writeStart(writer, 3, message)
      writer.writeString(message.invocationId)
      break
    case MessageType.Ping:
      writer.writeArrayLength(1)
      writer.writeNumber(MessageType.Ping)
      break
    case MessageType.Close:
      writer.writeArrayLength(3)
      writer.writeNumber(MessageType.Close)
      writeStringOrNil(writer, message.error)
      writer.writeBoolean(message.allowReconnect)
      break
    case MessageType.Ack:
    case MessageType.Sequence:
      writer.writeArrayLength(2)
      writer.writeNumber(message.type)
      writer.writeNumber(message.sequenceId)
  }
}

function writeInvocation(writer: MessagePackWriter, message: InvocationMessage | StreamInvocationMessage): void {
  writeStart(writer, 6, message)
  writeStringOrNil(writer, message.invocationId)
  writer.writeString(message.target)
  const values = message.arguments
  writer.writeArrayLength(values.length)
  for (let index = 0; index < values.length; index++) writeValue(writer, values[index])
  const streamIds = message.streamIds ?? []
  writer.writeArrayLength(streamIds.length)
  for (const id of streamIds) writer.writeString(id)
}

function writeCompletionStart(
  writer: MessagePackWriter,
  length: number,
  message: CompletionMessage,
  kind: number,
): void {
  writeStart(writer, length, message)
  writer.writeString(message.invocationId)
  writer.writeNumber(kind)
}

/** What all messages about an invocation begin with. */
function writeStart(
  writer: MessagePackWriter,
  length: number,
  { type, headers }: { type: number; headers: MessageHeaders | undefined },
): void {
  writer.writeArrayLength(length)
  writer.writeNumber(type)
  if (headers === undefined) {
    writer.writeMapLength(0)
    return
  }
  const names = Object.keys(headers)
  writer.writeMapLength(names.length)
  for (const name of names) {
    writer.writeString(name)
    writer.writeString(headers[name]!)
  }
}

/** Empty means absent, as in .NET. */
function writeStringOrNil(writer: MessagePackWriter, text: string | undefined): void {
  if (text) writer.writeString(text)
  else writer.writeNil()
}
