import type {
  CompletionMessage,
  HubMessage,
  InvocationMessage,
  MessageHeaders,
  StreamInvocationMessage,
} from './hub-message.js'
import { MessageType } from './hub-message.js'
import { isLongText, writeAroundLongText, writeString } from './json-text-writer.js'
import { writeValue } from './json-value-writer.js'
import type { NativeBuffer } from './native-buffer.js'
import { RawResult } from './raw-result.js'
import { recordSeparator } from './text-framing.js'

/**
 * Writes one message: members in the order of ASP.NET Core, absent ones left out. An empty invocation id must not be
 * written: the JavaScript client disconnects.
 * @source dotnet/aspnetcore: src/SignalR/common/Protocols.Json/src/Protocol/JsonHubProtocol.cs
 */
export function writeMessage(message: HubMessage): Buffer {
  if (hasRawResult(message)) return writeWithRawResult(message)
  return writeWithLongText(message) ?? toBytes(`${writeEnvelope(message)}\x1e`)
}

/**
 * The same as text; undefined when its one value is a long text, which is better copied once, as bytes, or is there as
 * bytes.
 */
export function writeText(message: HubMessage): string | undefined {
  return longTextOf(message) === undefined && !hasRawResult(message) ? `${writeEnvelope(message)}\x1e` : undefined
}

type CompletionWithRawResult = CompletionMessage & { readonly result: RawResult }

function hasRawResult(message: HubMessage): message is CompletionWithRawResult {
  return message.type === MessageType.Completion && message.result instanceof RawResult
}

/** Not by way of text: what another server made of bytes that are no UTF-8 is not changed here. */
function writeWithRawResult(message: CompletionWithRawResult): Buffer {
  const start = Buffer.from(`${completionStart(message)},"result":`)
  return Buffer.concat([start, message.result.bytes, Buffer.from('}\x1e')])
}

/** What makes the text of a stream item. */
export function createStreamItemWriter(invocationId: string): (item: unknown) => string {
  // Through bytes and back, so that it is one run of characters rather than a tree of parts that each message would
  // have to walk.
  const start = Buffer.from(streamItemStart(undefined, invocationId)).toString()
  return item => `${start}${writeValue(item)}}\x1e`
}

/** A message whose one value is a long text, when that text can be copied as it is. */
function writeWithLongText(message: HubMessage): Buffer | undefined {
  const text = longTextOf(message)
  if (text === undefined) return undefined
  if (message.type === MessageType.Completion)
    return writeAroundLongText(`${completionStart(message)},"result":"`, text, '"}\x1e')
  return writeAroundLongText(`${invocationStart(message as InvocationMessage)}"`, text, '"]}\x1e')
}

function longTextOf(message: HubMessage): string | undefined {
  let value: unknown
  if (message.type === MessageType.Completion) value = message.hasResult && !message.error ? message.result : undefined
  else if (message.type === MessageType.Invocation && message.streamIds === undefined)
    value = message.arguments.length === 1 ? message.arguments[0] : undefined
  return isLongText(value) ? value : undefined
}

function writeEnvelope(message: HubMessage): string {
  switch (message.type) {
    case MessageType.Invocation:
    case MessageType.StreamInvocation:
      return writeInvocation(message)
    case MessageType.StreamItem:
      return `${streamItemStart(message.headers, message.invocationId)}${writeValue(message.item)}}`
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

function streamItemStart(messageHeaders: MessageHeaders | undefined, id: string): string {
  return `{"type":2${headers(messageHeaders)}${invocationId(id)},"item":`
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
 * UTF-8, first on the guess that all is ASCII, which spares counting: then the text fills the buffer exactly, and only
 * then is its last character, the separator, the last byte.
 */
function toBytes(json: string): Buffer {
  const bytes = Buffer.allocUnsafe(json.length) as NativeBuffer
  const written = bytes.utf8Write(json, 0)
  return written === json.length && bytes[written - 1] === recordSeparator ? bytes : Buffer.from(json)
}
