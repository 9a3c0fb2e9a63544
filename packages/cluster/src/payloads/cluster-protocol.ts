import { InvalidPayloadError, PayloadReader } from './payload-reader.js'
import { PayloadWriter } from './payload-writer.js'

/*
 * What nodes publish: MessagePack arrays. The channel says which of them, a payload names neither its type nor its
 * sender. Readers ask for a minimum length and ignore what follows, so items may be appended one day but never
 * reordered.
 * @source dotnet/aspnetcore: src/SignalR/server/StackExchangeRedis/src/Internal/RedisProtocol.cs
 */

/** A hub message by protocol name, framed and ready for the clients of that protocol. */
export type SerializedMessages = ReadonlyMap<string, Uint8Array>

/** On the channels of all connections, of a group, of a user and of a connection. */
export interface ClusterInvocation {
  readonly excludedConnectionIds: readonly string[]
  readonly messages: SerializedMessages
  /** Set when the sender wants the client's result. */
  readonly invocationId: string | undefined
  /** Where it wants it, without prefix. */
  readonly returnChannel: string | undefined
}

export const GroupAction = { Add: 1, Remove: 2 } as const
export type GroupAction = (typeof GroupAction)[keyof typeof GroupAction]

export interface GroupCommand {
  /** For the ack, any 32 bits. */
  readonly id: number
  /** Who wants the ack. */
  readonly serverName: string
  /** A `GroupAction`, or one that is not known: it gets an ack and does nothing. */
  readonly action: number
  readonly groupName: string
  readonly connectionId: string
}

/** The result of a client of another node. */
export interface ReturnedCompletion {
  readonly protocolName: string
  /** One CompletionMessage, framed. */
  readonly completion: Buffer
}

const noIds: readonly string[] = []

export function writeInvocation(
  messages: SerializedMessages,
  excludedConnectionIds: readonly string[] = noIds,
  result?: { readonly invocationId: string; readonly returnChannel: string },
): Buffer {
  const writer = new PayloadWriter()
  writer.arrayLength(result === undefined ? 2 : 4).arrayLength(excludedConnectionIds.length)
  for (const connectionId of excludedConnectionIds) writer.string(connectionId)
  writer.mapLength(messages.size)
  for (const [protocolName, bytes] of messages) writer.string(protocolName).binary(bytes)
  if (result !== undefined) writer.string(result.invocationId).string(result.returnChannel)
  return writer.bytes
}

/** The messages are views of the payload. @throws InvalidPayloadError */
export function readInvocation(payload: Buffer): ClusterInvocation {
  const reader = new PayloadReader(payload)
  const length = reader.arrayOfAtLeast(2)
  const excludedConnectionIds = readIds(reader)
  const messages = readMessages(reader)
  // A third item alone means nothing, as in .NET.
  if (length < 4) return { excludedConnectionIds, messages, invocationId: undefined, returnChannel: undefined }
  return { excludedConnectionIds, messages, invocationId: reader.string(), returnChannel: reader.string() }
}

function readIds(reader: PayloadReader): readonly string[] {
  const count = reader.arrayLength()
  if (count === 0) return noIds
  const ids: string[] = []
  for (let index = 0; index < count; index++) ids.push(reader.string() ?? '')
  return ids
}

function readMessages(reader: PayloadReader): SerializedMessages {
  const count = reader.mapLength()
  const messages = new Map<string, Uint8Array>()
  for (let index = 0; index < count; index++) {
    const protocolName = reader.string()
    const bytes = reader.binary()
    if (protocolName === undefined || messages.has(protocolName)) continue // of two the first counts, as in .NET
    messages.set(protocolName, bytes ?? Buffer.alloc(0))
  }
  return messages
}

export function writeGroupCommand(command: GroupCommand): Buffer {
  return new PayloadWriter()
    .arrayLength(5)
    .int32(command.id)
    .string(command.serverName)
    .int32(command.action)
    .string(command.groupName)
    .string(command.connectionId).bytes
}

/** @throws InvalidPayloadError */
export function readGroupCommand(payload: Buffer): GroupCommand {
  const reader = new PayloadReader(payload)
  reader.arrayOfAtLeast(5)
  const id = reader.int32()
  const serverName = reader.string() ?? ''
  const action = reader.byte()
  const groupName = reader.string() ?? ''
  const connectionId = reader.string()
  if (connectionId === undefined) throw new InvalidPayloadError('A group command names no connection.')
  return { id, serverName, action, groupName, connectionId }
}

export function writeAck(id: number): Buffer {
  return new PayloadWriter().arrayLength(1).int32(id).bytes
}

/** @throws InvalidPayloadError */
export function readAck(payload: Buffer): number {
  const reader = new PayloadReader(payload)
  reader.arrayOfAtLeast(1)
  return reader.int32()
}

export function writeCompletion(protocolName: string, completion: Uint8Array): Buffer {
  return new PayloadWriter().arrayLength(2).string(protocolName).binary(completion).bytes
}

/** The completion is a view of the payload. @throws InvalidPayloadError */
export function readCompletion(payload: Buffer): ReturnedCompletion {
  const reader = new PayloadReader(payload)
  reader.arrayOfAtLeast(2)
  const protocolName = reader.string()
  const completion = reader.binary()
  if (protocolName === undefined || completion === undefined)
    throw new InvalidPayloadError('A completion comes without its protocol or its bytes.')
  return { protocolName, completion }
}
