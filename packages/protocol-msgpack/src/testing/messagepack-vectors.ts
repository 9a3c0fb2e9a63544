import type {
  AcceptedVector,
  HubProtocolVectors,
  ReadVector,
  RefusedVector,
  WrittenVector,
} from '@signalbox/conformance'
import { HubProtocolError } from '@signalbox/protocol'
import { bytesOf } from './frame.js'

// Messages of the MessagePack hub protocol as .NET and the JavaScript client write them, length included.
// @source dotnet/aspnetcore:
// src/SignalR/common/SignalR.Common/test/Internal/Protocol/MessagePackHubProtocolTestBase.cs,
// MessagePackHubProtocolTests.cs; src/SignalR/docs/specs/HubProtocol.md; @microsoft/signalr-protocol-msgpack 10.0.11;
// texts of the refused ones observed on Microsoft.AspNetCore.SignalR.Protocols.MessagePack 10.0.14

const call = {
  type: 1,
  headers: undefined,
  invocationId: undefined,
  target: 'method',
  arguments: [],
  streamIds: undefined,
} as const
const callWithId = { ...call, invocationId: 'xyz' } as const
const item = { type: 2, headers: undefined, invocationId: 'xyz' } as const
const completion = {
  type: 3,
  headers: undefined,
  invocationId: 'xyz',
  error: undefined,
  result: undefined,
  hasResult: false,
} as const

const accepted: readonly AcceptedVector[] = [
  written('an invocation', '10 96 01 80 a3 78 79 7a a6 6d 65 74 68 6f 64 90 90', callWithId),
  written('a fire-and-forget invocation', '0e 96 01 80 c0 a6 6d 65 74 68 6f 64 91 2a 90', { ...call, arguments: [42] }),
  read('an invocation of the JavaScript client, without stream ids', '0d 95 01 80 c0 a6 6d 65 74 68 6f 64 91 2a', {
    ...call,
    arguments: [42],
  }),
  written('two arguments', '15 96 01 80 c0 a6 6d 65 74 68 6f 64 92 2a a6 73 74 72 69 6e 67 90', {
    ...call,
    arguments: [42, 'string'],
  }),
  written('a null argument', '0e 96 01 80 c0 a6 6d 65 74 68 6f 64 91 c0 90', { ...call, arguments: [null] }),
  written('an invocation with an upload', '12 96 01 80 a3 78 79 7a a6 6d 65 74 68 6f 64 90 91 a1 31', {
    ...callWithId,
    streamIds: ['1'],
  }),
  written(
    'an invocation with headers',
    '19 96 01 82 a1 78 a1 79 a1 7a a1 7a a3 78 79 7a a6 6d 65 74 68 6f 64 91 2a 90',
    { ...callWithId, headers: { x: 'y', z: 'z' }, arguments: [42] },
  ),
  read('elements nobody knows', '14 98 01 80 a3 78 79 7a a6 6d 65 74 68 6f 64 90 90 c3 a2 65 78', callWithId),
  written('an enum by its name', '12 96 01 80 c0 a6 6d 65 74 68 6f 64 92 2a a3 4f 6e 65 90', {
    ...call,
    arguments: [42, 'One'],
  }),
  written('an item', '08 94 02 80 a3 78 79 7a 2a', { ...item, item: 42 }),
  written('a null item', '08 94 02 80 a3 78 79 7a c0', { ...item, item: null }),
  read('an item of 32-bit float', '0c 94 02 80 a3 78 79 7a ca 42 28 00 00', { ...item, item: 42 }),
  written(
    'a completion with an error',
    '19 95 03 80 a3 78 79 7a 01 b0 45 72 72 6f 72 20 6e 6f 74 20 66 6f 75 6e 64 21',
    { ...completion, error: 'Error not found!' },
  ),
  written('a completion without result', '08 94 03 80 a3 78 79 7a 02', completion),
  written('a completion with a result', '09 95 03 80 a3 78 79 7a 03 2a', {
    ...completion,
    result: 42,
    hasResult: true,
  }),
  written('a completion with a null result', '09 95 03 80 a3 78 79 7a 03 c0', {
    ...completion,
    result: null,
    hasResult: true,
  }),
  written(
    'an object as result',
    `68 95 03 80 a3 78 79 7a 03 86 aa 53 74 72 69 6e 67 50 72 6f 70 a8 53 69 67 6e 61 6c 52 21 aa 44 6f 75 62 6c 65 50 72
     6f 70 cb 40 19 21 fb 54 42 cf 12 a7 49 6e 74 50 72 6f 70 2a ac 44 61 74 65 54 69 6d 65 50 72 6f 70 d6 ff 58 ec 1c 80
     a8 4e 75 6c 6c 50 72 6f 70 c0 ab 42 79 74 65 41 72 72 50 72 6f 70 c4 03 01 02 03`,
    {
      ...completion,
      hasResult: true,
      result: {
        StringProp: 'SignalR!',
        DoubleProp: 6.2831853071,
        IntProp: 42,
        DateTimeProp: new Date('2017-04-11T00:00:00Z'),
        NullProp: null,
        ByteArrProp: new Uint8Array([1, 2, 3]),
      },
    },
  ),
  written('a stream invocation', '11 96 04 80 a3 78 79 7a a6 6d 65 74 68 6f 64 91 2a 90', {
    ...callWithId,
    type: 4,
    arguments: [42],
  }),
  read('a stream invocation of the JavaScript client', '08 95 04 80 a1 31 a1 53 90', {
    ...callWithId,
    type: 4,
    invocationId: '1',
    target: 'S',
  }),
  written('a cancellation', '07 93 05 80 a3 78 79 7a', { type: 5, headers: undefined, invocationId: 'xyz' }),
  written('a ping', '02 91 06', { type: 6 }),
  written('a close', '04 93 07 c0 c2', { type: 7, error: undefined, allowReconnect: false }),
  read('a close of the JavaScript client', '03 92 07 c0', { type: 7, error: undefined, allowReconnect: false }),
  written('a close with everything', '0a 93 07 a6 45 72 72 6f 72 21 c3', {
    type: 7,
    error: 'Error!',
    allowReconnect: true,
  }),
  written('a close that allows to reconnect', '04 93 07 c0 c3', { type: 7, error: undefined, allowReconnect: true }),
  written('an ack', '03 92 08 2a', { type: 8, sequenceId: 42 }),
  read('an ack in a wider integer', '04 92 08 cc 24', { type: 8, sequenceId: 36 }),
  read('an ack in the widest integer', '0b 92 08 cf 00 00 00 00 00 00 00 2a', { type: 8, sequenceId: 42 }),
  written('a sequence', '04 92 09 cc 92', { type: 9, sequenceId: 146 }),
  read(
    'the values of the JavaScript client',
    '1f 95 01 80 a1 30 a1 4d 96 01 a1 61 d6 ff 58 ec 1c 80 c4 02 01 02 c0 cb 3f f8 00 00 00 00 00 00',
    {
      ...call,
      invocationId: '0',
      target: 'M',
      arguments: [1, 'a', new Date('2017-04-11T00:00:00Z'), new Uint8Array([1, 2]), null, 1.5],
    },
  ),
  written('an upload that failed', '0b 95 03 80 a1 33 01 a4 6f 6f 70 73', {
    ...completion,
    invocationId: '3',
    error: 'oops',
  }),
  read('arguments that are no array', '0c 95 01 80 a3 61 62 63 a3 78 79 7a 2a', {
    type: 'invocationBindingFailure',
    invocationId: 'abc',
    target: 'xyz',
    error: new HubProtocolError("Reading array length for 'arguments' failed."),
  }),
  read('an item that cannot be read', '08 94 02 80 a3 78 79 7a c1', {
    type: 'streamBindingFailure',
    streamId: 'xyz',
    error: new HubProtocolError("Deserializing object of the `Object` type for 'item' failed."),
  }),
  // Whether they fit is for the hub to say.
  read('too few arguments', '0c 95 01 80 a3 61 62 63 a3 78 79 7a 90', {
    ...call,
    invocationId: 'abc',
    target: 'xyz',
  }),
  read('an argument of another type', '0d 95 01 80 a3 61 62 63 a3 78 79 7a 91 2a', {
    ...call,
    invocationId: 'abc',
    target: 'xyz',
    arguments: [42],
  }),
]

const refused: readonly RefusedVector[] = [
  refuse('a type that is a string', '05 91 a3 66 6f 6f', "Reading 'messageType' as Int32 failed."),
  refuse('headers that are a string', '06 92 01 a3 66 6f 6f', "Reading map length for 'headers' failed."),
  refuse('a header without name', '08 92 01 82 a0 a3 66 6f 6f', 'Null or empty key in header.'),
  refuse('an invocation without id', '03 92 01 80', "Reading 'invocationId' as String failed."),
  refuse('an invocation without target', '07 93 01 80 a3 61 62 63', "Reading 'target' as String failed."),
  refuse('an empty target', '08 94 01 80 a3 61 62 63 a0', 'Null or empty target for Invocation message.'),
  refuse(
    'an empty stream id',
    '0d 96 01 80 a3 61 62 63 a1 54 91 a0 91 a0',
    'Null or empty value in streamIds received.',
  ),
  refuse('an empty id', '04 93 05 80 a0', 'Null or empty invocation ID for CancelInvocation message.'),
  refuse('an unknown result kind', '08 94 03 80 a3 78 79 7a 2a', 'Invalid invocation result kind.'),
  refuse('an error that is missing', '08 94 03 80 a3 78 79 7a 01', "Reading 'error' as String failed."),
  refuse('a sequence id that is missing', '02 91 08', "Reading 'sequenceId' as Int64 failed."),
  refuse(
    'a body that is a map',
    '01 80',
    'Unexpected msgpack code 128 (fixmap) encountered.',
    'MessagePackSerializationException',
  ),
  refuse('an empty body', '00', 'Attempted to read past the end of the stream.', 'EndOfStreamException'),
  refuse('a message of over 2 GB', 'ff ff ff ff 08', 'Messages over 2GB in size are not supported.', 'FormatException'),
]

export const messagePackVectors: HubProtocolVectors = { accepted, refused }

function written(name: string, hex: string, message: WrittenVector['message']): WrittenVector {
  return { name, wire: bytesOf(hex), message, isWritten: true }
}

function read(name: string, hex: string, message: ReadVector['message']): ReadVector {
  return { name, wire: bytesOf(hex), message, isWritten: false }
}

function refuse(name: string, hex: string, error: string, exceptionType = 'InvalidDataException'): RefusedVector {
  return { name, wire: bytesOf(hex), error, exceptionType }
}
