import type {
  CompletionMessage,
  HubMessage,
  InvocationMessage,
  MessageHeaders,
  StreamInvocationMessage,
} from './hub-message.js'
import { MessageType } from './hub-message.js'
import { isLongText, writeAroundLongText, writeString, writeValue } from './json-value-writer.js'
import type { NativeBuffer } from './native-buffer.js'
import { recordSeparator } from './text-framing.js'

/**
 * Writes one message: members in the order of ASP.NET Core, absent ones left out. An empty invocation id must not be
 * written: the JavaScript client disconnects.
 * @source dotnet/aspnetcore: src/SignalR/common/Protocols.Json/src/Protocol/JsonHubProtocol.cs
 */
export function writeMessage(message: HubMessage): Buffer {
  return writeWithLongText(message) ?? toBytes(`${writeEnvelope(message)}\x1e`)
}

/** A message whose one value is a long text, when that text can be copied as it is. */
function writeWithLongText(message: HubMessage): Buffer | undefined {
  if (message.type === MessageType.Completion) {
    if (!isLongText(message.result) || !message.hasResult || message.error) return undefined
    return writeAroundLongText(`${completionStart(message)},"result":"`, message.result, '"}\x1e')
  }
  if (message.type !== MessageType.Invocation || message.streamIds !== undefined) return undefined
  const [text] = message.arguments
  if (!isLongText(text) || message.arguments.length > 1) return undefined
  return writeAroundLongText(`${invocationStart(message)}"`, text, '"]}\x1e')
}

function writeEnvelope(message: HubMessage): string {
  switch (message.type) {
    case MessageType.Invocation:
    case MessageType.StreamInvocation:
      return writeInvocation(message)
    case MessageType.StreamItem:
      return `{"type":2${headers(message.headers)}${invocationId(message.invocationId)},"item":${writeValue(message.item)}}`
    case MessageType.Completion: {
      const start = completionStart(message)
      if (message.error) return `${start},"error":${writeString(message.error)}}`
      return message.hasResult ? `${start},"result":${writeValue(message.result)}}` : `${start}}`
    }
    case MessageType.CancelInvocation:
      return `{"type":5${headers(message.headers)}${invocationId(message.invocationId)}}`
    case MessageType.Ping:
      return '{"type":6}'
    case MessageType.Close: {
      const error = message.error === undefined ? '' : `,"error":${writeString(message.error)}`
      return `{"type":7${error}${message.allowReconnect ? ',"allowReconnect":true' : ''}}`
    }
    case MessageType.Ack:
    case MessageType.Sequence:
      return `{"type":${message.type},"sequenceId":${message.sequenceId}}`
  }
}

function writeInvocation(message: InvocationMessage | StreamInvocationMessage): string {
  const values = message.arguments
  let json = invocationStart(message)
  for (let index = 0; index < values.length; index++) {
    if (index > 0) json += ','
    json += writeValue(values[index])
  }
  if (message.streamIds === undefined) return `${json}]}`
  return `${json}],"streamIds":${JSON.stringify(message.streamIds)}}`
}

function completionStart(message: CompletionMessage): string {
  return `{"type":3${headers(message.headers)}${invocationId(message.invocationId)}`
}

function invocationStart(message: InvocationMessage | StreamInvocationMessage): string {
  const start = `{"type":${message.type}${headers(message.headers)}${invocationId(message.invocationId)}`
  return `${start},"target":${writeString(message.target)},"arguments":[`
}

function headers(headers: MessageHeaders | undefined): string {
  if (headers === undefined) return ''
  const json = JSON.stringify(headers)
  return json === '{}' ? '' : `,"headers":${json}`
}

function invocationId(id: string | undefined): string {
  return id ? `,"invocationId":${writeString(id)}` : ''
}

/**
 * UTF-8, first on the guess that all is ASCII, which spares counting: then the text fills the buffer exactly, and only then
 * is its last character, the separator, the last byte.
 */
function toBytes(json: string): Buffer {
  const bytes = Buffer.allocUnsafe(json.length) as NativeBuffer
  const written = bytes.utf8Write(json, 0)
  return written === json.length && bytes[written - 1] === recordSeparator ? bytes : Buffer.from(json)
}
