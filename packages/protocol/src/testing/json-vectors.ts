import type { AcceptedVector, HubProtocolVectors, RefusedVector } from '@signalbox/conformance'
import type { HubMessage } from '../index.js'

// Messages of the JSON hub protocol as .NET and the JavaScript client write them.
// @source dotnet/aspnetcore: src/SignalR/common/SignalR.Common/test/Internal/Protocol/JsonHubProtocolTestsBase.cs;
// src/SignalR/docs/specs/HubProtocol.md; texts of the refused ones observed on ASP.NET Core 10.0.12

const common = { headers: undefined, invocationId: undefined }
const call = { ...common, type: 1, target: 'Target', arguments: [], streamIds: undefined } as const
const stream = { ...call, type: 4, invocationId: '123' } as const
const completion = {
  ...common,
  type: 3,
  invocationId: '123',
  error: undefined,
  result: undefined,
  hasResult: false,
} as const

const accepted: readonly AcceptedVector[] = [
  written('an invocation', '{"type":1,"invocationId":"123","target":"Target","arguments":[1,"Foo"]}', {
    ...call,
    invocationId: '123',
    arguments: [1, 'Foo'],
  }),
  written('a fire-and-forget invocation', '{"type":1,"target":"Target","arguments":[null]}', {
    ...call,
    arguments: [null],
  }),
  written('an invocation with an upload', '{"type":1,"target":"Target","arguments":[42],"streamIds":["__test_id__"]}', {
    ...call,
    arguments: [42],
    streamIds: ['__test_id__'],
  }),
  written(
    'an invocation with headers',
    '{"type":1,"headers":{"Foo":"Bar"},"invocationId":"123","target":"Send","arguments":[42]}',
    { ...call, headers: { Foo: 'Bar' }, invocationId: '123', target: 'Send', arguments: [42] },
  ),
  read(
    'an invocation in the order of the JavaScript client',
    '{"target":"M","arguments":[1,"a",null,null],"invocationId":"0","type":1}',
    { ...call, invocationId: '0', target: 'M', arguments: [1, 'a', null, null] },
  ),
  read('arguments first and white space', '{ "arguments": [1,2], "type":1, "target": "Method" }', {
    ...call,
    target: 'Method',
    arguments: [1, 2],
  }),
  written('a null item', '{"type":2,"invocationId":"123","item":null}', {
    type: 2,
    headers: undefined,
    invocationId: '123',
    item: null,
  }),
  read('an item in the order of the JavaScript client', '{ "item": "foo", "invocationId": "1a", "type":2 }', {
    type: 2,
    headers: undefined,
    invocationId: '1a',
    item: 'foo',
  }),
  written('a completion without result', '{"type":3,"invocationId":"123"}', completion),
  written('a completion with a null result', '{"type":3,"invocationId":"123","result":null}', {
    ...completion,
    result: null,
    hasResult: true,
  }),
  written('a completion with an error', '{"type":3,"invocationId":"123","error":"Whoops!"}', {
    ...completion,
    error: 'Whoops!',
  }),
  read('a client result that failed', '{"error":"Client didn\'t provide a result.","invocationId":"s-1","type":3}', {
    ...completion,
    invocationId: 's-1',
    error: "Client didn't provide a result.",
  }),
  written('a stream invocation', '{"type":4,"invocationId":"123","target":"Target","arguments":[1,"Foo"]}', {
    ...stream,
    arguments: [1, 'Foo'],
  }),
  read('a cancellation in the order of the JavaScript client', '{"invocationId":"1","type":5}', {
    type: 5,
    headers: undefined,
    invocationId: '1',
  }),
  written('a ping', '{"type":6}', { type: 6 }),
  written('a close', '{"type":7}', { type: 7, error: undefined, allowReconnect: false }),
  written('a close with everything', '{"type":7,"error":"Error!","allowReconnect":true}', {
    type: 7,
    error: 'Error!',
    allowReconnect: true,
  }),
  written('a close that allows to reconnect', '{"type":7,"allowReconnect":true}', {
    type: 7,
    error: undefined,
    allowReconnect: true,
  }),
  written('an ack', '{"type":8,"sequenceId":1394}', { type: 8, sequenceId: 1394 }),
  written('a sequence', '{"type":9,"sequenceId":1234}', { type: 9, sequenceId: 1234 }),
  written('a date', '{"type":1,"target":"Method","arguments":["2016-05-10T13:51:20+12:34"]}', {
    ...call,
    target: 'Method',
    arguments: ['2016-05-10T13:51:20+12:34'],
  }),
  written('a long text', `{"type":3,"invocationId":"123","result":"${'SignalR '.repeat(50)}"}`, {
    ...completion,
    hasResult: true,
    result: 'SignalR '.repeat(50),
  }),
  written(
    'an object as result',
    '{"type":3,"invocationId":"123","result":{"stringProp":"SignalR!","doubleProp":6.2831853071,"intProp":42,' +
      '"dateTimeProp":"2017-04-11T00:00:00Z","nullProp":null,"byteArrProp":"AQID"}}',
    {
      ...completion,
      hasResult: true,
      result: {
        stringProp: 'SignalR!',
        doubleProp: 6.2831853071,
        intProp: 42,
        dateTimeProp: '2017-04-11T00:00:00Z',
        nullProp: null,
        byteArrProp: 'AQID',
      },
    },
  ),
  read('an unknown member', '{"type":1,"invocationId":"42","target":"foo","arguments":[],"extraParameter":"1"}', {
    ...call,
    invocationId: '42',
    target: 'foo',
  }),
]

const refused: readonly RefusedVector[] = [
  refuse('an empty record', '', 'Error reading JSON.'),
  refuse('a record without type', '{}', "Missing required property 'type'."),
  refuse('a type that is a string', '{"type":"foo"}', "Expected 'type' to be of type Number."),
  refuse('an array', '[42]', "Unexpected JSON Token Type 'Array'. Expected a JSON Object."),
  refuse('a number as id', '{"type":1,"invocationId":42}', "Expected 'invocationId' to be of type String."),
  refuse('a missing target', '{"type":1,"invocationId":"42"}', "Missing required property 'target'."),
  refuse(
    'missing arguments',
    '{"type":1,"invocationId":"42","target":"foo"}',
    "Missing required property 'arguments'.",
  ),
  refuse(
    'arguments that are an object',
    '{"type":1,"invocationId":"42","target":"foo","arguments":{}}',
    "Expected 'arguments' to be of type Array.",
  ),
  refuse('a missing item', '{"type":2,"invocationId":"42"}', "Missing required property 'item'."),
  refuse(
    'error and result together',
    '{"type":3,"invocationId":"42","error":"foo","result":true}',
    "The 'error' and 'result' properties are mutually exclusive.",
  ),
  refuse(
    'an error that is an array',
    '{"type":3,"invocationId":"42","error":[]}',
    "Expected 'error' to be of type String.",
  ),
  refuse('a boolean as sequence id', '{"type":8,"sequenceId":true}', "Expected 'sequenceId' to be of type Number."),
  refuse(
    'brackets that do not match',
    '{"type":1,"invocationId":"42","target":"foo","arguments":[[}]}',
    'Error reading JSON.',
  ),
  refuse(
    'null as id',
    '{"type":1,"invocationId":null,"target":"t","arguments":[]}',
    "Expected 'invocationId' to be of type String.",
  ),
]

export const jsonVectors: HubProtocolVectors = { accepted, refused }

/** The bytes of one record. */
export function record(json: string): Buffer {
  return Buffer.from(`${json}\x1e`)
}

function written(name: string, json: string, message: HubMessage): AcceptedVector {
  return { name, wire: record(json), message, isWritten: true }
}

function read(name: string, json: string, message: HubMessage): AcceptedVector {
  return { name, wire: record(json), message, isWritten: false }
}

function refuse(name: string, json: string, error: string): RefusedVector {
  return { name, wire: record(json), error }
}
