import { closeWithError } from '../drivers/hub-connection.js'
import { completedWith, failedWith } from '../drivers/hub-messages.js'
import { noSuchMethod, unexpectedError } from './error-texts.js'
import { checkVectors, type HubMessageVector } from './hub-message-vectors.js'

const area = 'JSON vectors'

/** A plain Close, and the connection ends. */
const closes = { answers: ['{"type":7}'], ends: true } as const

/** `Values` of the reference servers, with members in the order of its declaration. */
const extremes =
  '{"Long":9223372036854775807,"UnsignedLong":18446744073709551615,"Times":["2024-02-29T12:34:56.1234567Z",' +
  '"1969-12-31T23:59:59.1Z","9999-12-31T23:59:59.9999999Z"],"Numbers":{"1":"a","-2":"b"},"Flags":{"True":"a","False":"b"},' +
  '"Days":{"2000-01-01T00:00:00Z":0.5}}'
const negative =
  '{"Long":-9007199254740993,"UnsignedLong":9007199254740992,"Times":null,"Numbers":null,"Flags":null,"Days":null}'

/** Hub protocol 9.2; the targets are methods of the reference server's hubs. */
const vectors: readonly HubMessageVector[] = [
  {
    what: 'J1, an Invocation',
    send: '{"type":1,"invocationId":"123","target":"TwoArguments","arguments":[1,"Foo"]}␞',
    answers: [completedWith('123', '1:Foo')],
  },
  {
    what: 'J2, an Invocation without an id, whose argument is null',
    send: '{"type":1,"target":"Echo","arguments":[null]}␞',
  },
  {
    what: 'J3, an Invocation with an upload stream, its items and its end in the same payload',
    hub: '/testhub',
    send:
      '{"type":1,"invocationId":"123","target":"StreamingConcat","arguments":[],"streamIds":["__test_id__"]}␞' +
      '{"type":2,"invocationId":"__test_id__","item":"a"}␞{"type":2,"invocationId":"__test_id__","item":"b"}␞' +
      '{"type":3,"invocationId":"__test_id__"}␞',
    answers: [completedWith('123', 'ab')],
  },
  {
    what: 'J4, headers behind the type',
    send: '{"type":1,"headers":{"Foo":"Bar","":""},"invocationId":"123","target":"Echo","arguments":["x"]}␞',
    answers: [completedWith('123', 'x')],
  },
  {
    what: 'J5, the type last, as the JavaScript client writes it',
    send: '{"target":"TwoArguments","arguments":[1,"a"],"invocationId":"0","type":1}␞',
    answers: [completedWith('0', '1:a')],
  },
  {
    what: 'J6, the arguments first and white space between everything',
    send: ' { "arguments" : [ 1 , "2" ] , \r\n\t"type" : 1, "invocationId" : "6", "target" : "TwoArguments" } ␞',
    answers: [completedWith('6', '1:2')],
  },
  {
    what: 'J7, a StreamItem whose item is null',
    hub: '/testhub',
    send:
      '{"type":1,"invocationId":"123","target":"StreamingConcat","arguments":[],"streamIds":["s"]}␞' +
      '{"type":2,"invocationId":"s","item":null}␞{"type":2,"invocationId":"s","item":"x"}␞{"type":3,"invocationId":"s"}␞',
    answers: [completedWith('123', 'x')],
  },
  {
    what: 'J8, a StreamItem with its item first',
    hub: '/testhub',
    send:
      '{"type":1,"invocationId":"8","target":"StreamingConcat","arguments":[],"streamIds":["1a"]}␞' +
      '{ "item": "foo", "invocationId": "1a", "type":2 }␞{"invocationId":"1a","type":3}␞',
    answers: [completedWith('8', 'foo')],
  },
  {
    what: 'J9, the Completion of a stream has no result',
    hub: '/testhub',
    send: '{"type":4,"invocationId":"123","target":"EmptyStream","arguments":[]}␞',
    answers: ['{"type":3,"invocationId":"123"}'],
  },
  {
    what: 'J10, the Completion of a method without a result has a null',
    send: '{"type":1,"invocationId":"123","target":"VoidMethod","arguments":[]}␞',
    answers: ['{"type":3,"invocationId":"123","result":null}'],
  },
  {
    what: 'J11, a Completion with an error',
    hub: '/testhub',
    send: '{"type":1,"invocationId":"123","target":"ThrowHubException","arguments":["Whoops!"]}␞',
    answers: [failedWith('123', `${unexpectedError('ThrowHubException')} HubException: Whoops!`)],
  },
  {
    what: 'J13, a StreamInvocation',
    hub: '/testhub',
    send: '{"type":4,"invocationId":"123","target":"Stream","arguments":[]}␞',
    answers: [
      '{"type":2,"invocationId":"123","item":"a"}',
      '{"type":2,"invocationId":"123","item":"b"}',
      '{"type":2,"invocationId":"123","item":"c"}',
      '{"type":3,"invocationId":"123"}',
    ],
  },
  {
    what: 'J14, a CancelInvocation with its type last',
    send: '{"type":4,"invocationId":"1","target":"EndlessChannel","arguments":[]}␞{"invocationId":"1","type":5}␞',
    answers: ['{"type":2,"invocationId":"1","item":0}', '{"type":3,"invocationId":"1"}'],
  },
  { what: 'J14, a CancelInvocation of nothing', send: '{"type":5,"invocationId":"nothing"}␞' },
  { what: 'J15, a Ping, which has no answer', send: '{"type":6}␞' },
  { what: 'J16, a Close', send: '{"type":7}␞', ...closes },
  {
    what: 'J17, a Close with an error',
    send: '{"type":7,"error":"Error!","allowReconnect":true}␞',
    ...closes,
  },
  {
    what: 'J18, a Close that allows reconnect',
    send: '{"type":7,"allowReconnect":true}␞',
    ...closes,
  },
  {
    what: 'a Close, and what follows it is not dispatched',
    send: '{"type":7}␞{"type":1,"invocationId":"1","target":"Echo","arguments":["x"]}␞',
    ...closes,
  },
  { what: 'J19, an Ack without stateful reconnect', send: '{"type":8,"sequenceId":1394}␞' },
  { what: 'J20, a Sequence without stateful reconnect', send: '{"type":9,"sequenceId":1234}␞' },
  {
    what: 'J22, an object with bytes, a time and a Guid',
    hub: '/testhub',
    send: '{"type":1,"invocationId":"123","target":"SendComplexObject","arguments":[]}␞',
    answers: [
      '{"type":3,"invocationId":"123","result":{"ByteArray":"AQID","DateTime":"2000-01-01T00:00:00Z",' +
        '"Guid":"00010203-0405-0607-0706-050403020100","IntArray":[1,2,3],"String":"hello world"}}',
    ],
  },
  {
    what: 'J22, an object whose names come in other letter case',
    hub: '/testhub',
    send: '{"type":1,"invocationId":"1","target":"SendCustomObject","arguments":[{"name":"n","VALUE":7,"other":[]}]}␞',
    answers: ['{"type":1,"target":"CustomObject","arguments":[{"Name":"n","Value":7}]}', completedWith('1', null)],
  },
  {
    what: 'J22, an object read in camel case and written as declared',
    hub: '/testhub',
    send:
      '{"type":1,"invocationId":"1","target":"EchoComplexObject","arguments":[{"string":"s","intArray":[1,-2],' +
      '"guid":"00010203-0405-0607-0706-050403020100","dateTime":"2017-04-11T00:00:00Z","byteArray":"AQID"}]}␞',
    answers: [
      '{"type":3,"invocationId":"1","result":{"ByteArray":"AQID","DateTime":"2017-04-11T00:00:00Z",' +
        '"Guid":"00010203-0405-0607-0706-050403020100","IntArray":[1,-2],"String":"s"}}',
    ],
  },
  {
    what: 'the largest integers, times to their last tick, and keys that are no texts',
    send: `{"type":1,"invocationId":"1","target":"EchoValues","arguments":[${extremes}]}␞`,
    answers: [`{"type":3,"invocationId":"1","result":${extremes}}`],
  },
  {
    what: 'an integer of which a JavaScript number loses a digit',
    send: `{"type":1,"invocationId":"1","target":"EchoValues","arguments":[${negative}]}␞`,
    answers: [`{"type":3,"invocationId":"1","result":${negative}}`],
  },
  {
    what: 'J24, an unknown member',
    send: '{"type":1,"invocationId":"42","target":"Echo","arguments":["x"],"extraParameter":{"a":["1"]}}␞',
    answers: [completedWith('42', 'x')],
  },
  {
    what: 'repeated members, of which the last counts',
    send: '{"type":6,"type":1,"invocationId":"1","invocationId":"2","target":"Nope","target":"Echo","arguments":["x"]}␞',
    answers: [completedWith('2', 'x')],
  },
  {
    what: 'escaped names of members',
    send: '{"\\u0074ype":1,"invocation\\u0049d":"1","target":"Echo","arguments":["x"]}␞',
    answers: [completedWith('1', 'x')],
  },
  {
    what: 'text between an object and its record separator',
    send: '{"type":1,"invocationId":"1","target":"Echo","arguments":["x"]} whatever␞',
    answers: [completedWith('1', 'x')],
  },
  {
    what: 'an empty invocation id, which is no id',
    send: '{"type":1,"invocationId":"","target":"Echo","arguments":["x"]}␞',
  },
  {
    what: 'an empty target, which is only unknown',
    send: '{"type":1,"invocationId":"1","target":"","arguments":[]}␞',
    answers: [failedWith('1', noSuchMethod(''))],
  },
  {
    what: 'an unknown method with arguments of every kind',
    send: '{"type":1,"invocationId":"1","target":"nOpE","arguments":[1,"a",null,{"b":[true]},1.5e3]}␞',
    answers: [failedWith('1', noSuchMethod('nOpE'))],
  },
  {
    what: 'a Completion for an id that nobody waits for',
    send: '{"type":3,"invocationId":"s9999","result":{"a":1}}␞{"type":3,"invocationId":"x","error":"e"}␞{"type":3,"invocationId":"y"}␞',
  },
  { what: 'a StreamItem for an id that nobody reads', send: '{"type":2,"invocationId":"x","item":[1,2]}␞' },
  {
    what: 'a StreamItem for an id that nobody reads, with its item first: KeyNotFoundException',
    send: '{"type":2,"item":1,"invocationId":"x"}␞',
    answers: [closeWithError("KeyNotFoundException: No stream with id 'x' could be found.")],
    ends: true,
    deviation: { key: 'the-order-of-members-does-not-matter' },
  },
  {
    what: 'special characters, escaped as .NET does',
    send: '{"type":1,"invocationId":"1","target":"Echo","arguments":["<é\'&+/`\\u007f\\u2028\\ud83d\\ude00\\u001e\\"\\\\\\b\\t\\n\\f\\r>"]}␞',
    answers: [
      '{"type":3,"invocationId":"1","result":"<é\'&+/`\\u007F\\u2028\\uD83D\\uDE00\\u001E\\"\\\\\\b\\t\\n\\f\\r>"}',
    ],
    deviation: {
      key: 'texts-escaped-as-in-javascript',
      answers: [completedWith('1', '<é\'&+/`\u007f\u2028\ud83d\ude00\u001e"\\\b\t\n\f\r>')],
    },
  },
  {
    what: 'several messages in one payload, answered in their order',
    send: ['a', 'b', 'c', 'd']
      .map(id => `{"type":1,"invocationId":"${id}","target":"Echo","arguments":["${id}"]}␞`)
      .join(''),
    answers: ['a', 'b', 'c', 'd'].map(id => completedWith(id, id)),
  },
]

checkVectors(area, vectors, 'json')
