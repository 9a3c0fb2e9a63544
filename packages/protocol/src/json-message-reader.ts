import type { HubMessage, MessageHeaders } from './hub-message.js'
import { MessageType } from './hub-message.js'
import { HubProtocolError } from './hub-protocol-error.js'
import { MemberNames } from './member-names.js'
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

const targets = new TextCache()

/**
 * Reads one message the way ASP.NET Core does: members in any order, duplicates overwrite, unknown ones are skipped, known
 * ones must have their type even in messages that do not need them, and null is not the same as absent.
 * @returns undefined for a type that is not part of the protocol.
 * @source dotnet/aspnetcore: src/SignalR/common/Protocols.Json/src/Protocol/JsonHubProtocol.cs
 */
export function readMessage(reader: Utf8JsonReader): HubMessage | undefined {
  const envelope = readEnvelope(reader)
  switch (envelope.type) {
    case MessageType.Invocation:
      return invocation(envelope)
    case MessageType.StreamInvocation:
      return streamInvocation(envelope)
    case MessageType.StreamItem:
      return streamItem(envelope)
    case MessageType.Completion:
      return completion(envelope)
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

/** The members of any message. `item` and `result` may be null, so whether they came is kept apart. */
interface Envelope {
  type: number | undefined
  headers: MessageHeaders | undefined
  invocationId: string | undefined
  target: string | undefined
  arguments: unknown[] | undefined
  streamIds: string[] | undefined
  item: unknown
  hasItem: boolean
  result: unknown
  hasResult: boolean
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
    result: undefined,
    hasResult: false,
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
        envelope.result = reader.readValue()
        envelope.hasResult = true
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

function completion(envelope: Envelope): HubMessage {
  const { headers, error, result, hasResult } = envelope
  const invocationId = requiredId(envelope)
  if (error !== undefined && hasResult) {
    throw new HubProtocolError("The 'error' and 'result' properties are mutually exclusive.")
  }
  return { type: MessageType.Completion, headers, invocationId, error, result, hasResult }
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
