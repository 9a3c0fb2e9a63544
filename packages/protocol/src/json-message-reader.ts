import type { HubMessage, MessageHeaders } from './hub-message.js'
import { MessageType } from './hub-message.js'
import type { InvocationBinder } from './hub-protocol.js'
import { HubProtocolError } from './hub-protocol-error.js'
import { JsonReaderError } from './json-reader-error.js'
import { MemberNames } from './member-names.js'
import { RawResult } from './raw-result.js'
import { TextCache } from './text-cache.js'
import { readBooleanMember, readIntegerMember, readStringMember, wrongType } from './typed-members.js'
import type { Utf8JsonReader } from './utf8-json-reader.js'

const names = new MemberNames([
  'type',
  'headers',
  'invocationId',
  'target',
  'arguments',
  'streamIds',
  'item',
  'result',
  'error',
  'allowReconnect',
  'sequenceId',
])

/** For all connections: what clients call is the same few names. */
const targets = new TextCache()

/**
 * Reads one message the way ASP.NET Core does: members in any order, duplicates overwrite, unknown ones are skipped,
 * known ones must have their type even in messages that do not need them, and null is not the same as absent.
 * @returns undefined for a type that is not part of the protocol.
 * @source dotnet/aspnetcore: src/SignalR/common/Protocols.Json/src/Protocol/JsonHubProtocol.cs
 */
export function readMessage(reader: Utf8JsonReader, binder?: InvocationBinder): HubMessage | undefined {
  const envelope = readEnvelope(reader)
  switch (envelope.type) {
    case MessageType.Invocation:
      return invocation(envelope)
    case MessageType.StreamInvocation:
      return streamInvocation(envelope)
    case MessageType.StreamItem:
      return streamItem(envelope)
    case MessageType.Completion:
      return completion(envelope, reader, binder)
    case MessageType.CancelInvocation:
      return { type: MessageType.CancelInvocation, headers: envelope.headers, invocationId: requiredId(envelope) }
    case MessageType.Ping:
      return { type: MessageType.Ping }
    case MessageType.Close:
      return { type: MessageType.Close, error: envelope.error, allowReconnect: envelope.allowReconnect }
    case MessageType.Ack:
    case MessageType.Sequence:
      if (envelope.sequenceId === undefined) throw missing('sequenceId')
      return { type: envelope.type, sequenceId: envelope.sequenceId }
    case undefined:
      throw missing('type')
    default:
      return undefined
  }
}

/**
 * The members of any message. `item` may be null, so whether it came is kept apart. Of `result` it is kept where it
 * lies: what it is read as depends on the invocation id, which may come behind it.
 */
interface Envelope {
  type: number | undefined
  headers: MessageHeaders | undefined
  invocationId: string | undefined
  target: string | undefined
  arguments: unknown[] | undefined
  streamIds: string[] | undefined
  item: unknown
  hasItem: boolean
  /** Negative when there is none. */
  resultStart: number
  resultEnd: number
  error: string | undefined
  allowReconnect: boolean
  sequenceId: number | undefined
}

function readEnvelope(reader: Utf8JsonReader): Envelope {
  const envelope: Envelope = {
    type: undefined,
    headers: undefined,
    invocationId: undefined,
    target: undefined,
    arguments: undefined,
    streamIds: undefined,
    item: undefined,
    hasItem: false,
    resultStart: -1,
    resultEnd: -1,
    error: undefined,
    allowReconnect: false,
    sequenceId: undefined,
  }
  for (let more = reader.enterRootObject(); more; more = reader.nextMember()) {
    const name = reader.matchName(names)
    switch (name) {
      case 'type':
        envelope.type = readIntegerMember(reader, name, 'Int32')
        if (envelope.type === undefined) throw new HubProtocolError("Expected 'type' to be of type Number.")
        break
      case 'invocationId':
        envelope.invocationId = readStringMember(reader, name)
        break
      case 'target':
        envelope.target = readStringMember(reader, name, targets)
        break
      case 'arguments':
        envelope.arguments = readArguments(reader)
        break
      case 'item':
        envelope.item = reader.readValue()
        envelope.hasItem = true
        break
      case 'result':
        envelope.resultStart = reader.offset
        reader.skipValue()
        envelope.resultEnd = reader.offset
        break
      case 'error':
        envelope.error = readStringMember(reader, name)
        break
      case 'headers':
        envelope.headers = readHeaders(reader)
        break
      case 'streamIds':
        envelope.streamIds = readStreamIds(reader)
        break
      case 'sequenceId':
        envelope.sequenceId = readIntegerMember(reader, name, 'Int64')
        break
      case 'allowReconnect':
        envelope.allowReconnect = readBooleanMember(reader, name)
        break
      case undefined:
        reader.skipValue()
    }
  }
  return envelope
}

function readArguments(reader: Utf8JsonReader): unknown[] {
  if (reader.tokenType() !== 'StartArray') throw wrongType(reader, "'arguments' to be of type Array")
  const values: unknown[] = []
  for (let more = reader.enterArray(); more; more = reader.nextElement()) values.push(reader.readValue())
  return values
}

function readHeaders(reader: Utf8JsonReader): MessageHeaders {
  if (reader.tokenType() !== 'StartObject') throw wrongType(reader, "'headers' to be of type StartObject")
  // Without a prototype, so that a header called __proto__ is one like any other.
  const headers: Record<string, string> = Object.create(null)
  for (let more = reader.enterObject(); more; more = reader.nextMember()) {
    const name = reader.text()
    if (reader.tokenType() !== 'String') throw wrongType(reader, `header '${name}' to be of type String`)
    headers[name] = reader.readString()
  }
  return headers
}

function readStreamIds(reader: Utf8JsonReader): string[] {
  if (reader.tokenType() !== 'StartArray') throw wrongType(reader, "'streamIds' to be of type Array")
  const ids: string[] = []
  for (let more = reader.enterArray(); more; more = reader.nextElement()) {
    if (reader.tokenType() !== 'String') throw notAStreamId(reader)
    ids.push(reader.readString())
  }
  return ids
}

function notAStreamId(reader: Utf8JsonReader): HubProtocolError {
  const token = reader.skipToken()
  if (token === 'Null') return new HubProtocolError("Null value for 'streamIds' is not valid.")
  return new HubProtocolError(
    `Cannot get the value of a token type '${token}' as a string.`,
    'InvalidOperationException',
  )
}

// The order of the members below decides which one .NET calls missing when several are.

function invocation(envelope: Envelope): HubMessage {
  return {
    type: MessageType.Invocation,
    headers: envelope.headers,
    // Fire and forget may say so with an empty id.
    invocationId: envelope.invocationId || undefined,
    target: requiredTarget(envelope),
    arguments: requiredArguments(envelope),
    streamIds: envelope.streamIds,
  }
}

function streamInvocation(envelope: Envelope): HubMessage {
  const target = requiredTarget(envelope)
  return {
    type: MessageType.StreamInvocation,
    headers: envelope.headers,
    invocationId: requiredId(envelope),
    target,
    arguments: requiredArguments(envelope),
    streamIds: envelope.streamIds,
  }
}

function streamItem(envelope: Envelope): HubMessage {
  const { headers, invocationId, item } = envelope
  // An empty id is left to the hub: no stream has it, and .NET says so.
  if (invocationId === undefined) throw missing('invocationId')
  if (!envelope.hasItem) throw missing('item')
  return { type: MessageType.StreamItem, headers, invocationId, item }
}

function completion(envelope: Envelope, reader: Utf8JsonReader, binder: InvocationBinder | undefined): HubMessage {
  const { headers, error, resultStart, resultEnd } = envelope
  const type = MessageType.Completion
  const invocationId = requiredId(envelope)
  if (resultStart < 0) return { type, headers, invocationId, error, result: undefined, hasResult: false }
  if (error !== undefined) {
    throw new HubProtocolError("The 'error' and 'result' properties are mutually exclusive.")
  }
  if (binder?.wantsRawResult(invocationId)) {
    const result = new RawResult(reader.copyOf(resultStart, resultEnd))
    return { type, headers, invocationId, error, result, hasResult: true }
  }
  try {
    return { type, headers, invocationId, error, result: reader.readValueAt(resultStart), hasResult: true }
  } catch (failure) {
    if (!(failure instanceof HubProtocolError) || failure instanceof JsonReaderError) throw failure
    // Whoever awaits the result gets to know why there is none.
    const text = `Error trying to deserialize result to Object. ${failure.message}`
    return { type, headers, invocationId, error: text, result: undefined, hasResult: false }
  }
}

function requiredId(envelope: Envelope): string {
  if (!envelope.invocationId) throw missing('invocationId')
  return envelope.invocationId
}

function requiredTarget(envelope: Envelope): string {
  if (envelope.target === undefined) throw missing('target')
  return envelope.target
}

function requiredArguments(envelope: Envelope): unknown[] {
  if (envelope.arguments === undefined) throw missing('arguments')
  return envelope.arguments
}

function missing(name: string): HubProtocolError {
  return new HubProtocolError(`Missing required property '${name}'.`)
}
