import { messagePack } from '../drivers/messagepack-notation.js'
import { noSuchMethod, unexpectedError } from './error-texts.js'
import { checkVectors, type HubMessageVector } from './hub-message-vectors.js'
import { binaryTransports } from './on-each-transport.js'

const area = 'MessagePack vectors'

const unknownMethod = messagePack(`95 03 80 "xyz" 01 "${noSuchMethod('method')}"`)

/** A plain Close, and the connection ends. */
const closes = { answers: ['04 93 07 c0 c2'], ends: true } as const

/** `Values` of the reference servers, with members in the order of its declaration. */
const extremes =
  '86 "Long" cf 7f ff ff ff ff ff ff ff "UnsignedLong" cf ff ff ff ff ff ff ff ff "Times" 93 d7 ff 1d 6f 32 f0 65 e0 79 f0 ' +
  'c7 0c ff 07 5b cc bc ff ff ff ff ff ff ff ff c7 0c ff 3b 9a c9 9c 00 00 00 3a ff f4 41 7f "Numbers" 82 01 "a" fe "b" ' +
  '"Flags" 82 c3 "a" c2 "b" "Days" 81 d6 ff 38 6d 43 80 cb 3f e0 00 00 00 00 00 00'

/** Hub protocol 9.4. Where it calls `method`, nothing answers to that name, and the Completion says so. */
const vectors: readonly HubMessageVector[] = [
  { what: 'M1, an Invocation', send: '10 96 01 80 a3 78 79 7a a6 6d 65 74 68 6f 64 90 90', answers: [unknownMethod] },
  { what: 'M2, an Invocation without an id', send: '0e 96 01 80 c0 a6 6d 65 74 68 6f 64 91 2a 90' },
  { what: 'M3, an Invocation of five elements', send: '0d 95 01 80 c0 a6 6d 65 74 68 6f 64 91 2a' },
  {
    what: 'M4, an integer and a string',
    send: messagePack('96 01 80 "1" "TwoArguments" 92 2a "string" 90'),
    answers: [messagePack('95 03 80 "1" 03 "42:string"')],
  },
  {
    what: 'M5, a null argument and result',
    send: messagePack('96 01 80 "1" "Echo" 91 c0 90'),
    answers: [messagePack('95 03 80 "1" 03 c0')],
  },
  {
    what: 'M6, an Invocation with an upload stream, its items and its end in the same payload',
    hub: '/testhub',
    send: [
      messagePack('96 01 80 "7" "StreamingConcat" 90 91 "1"'),
      messagePack('94 02 80 "1" "a"'),
      messagePack('94 02 80 "1" c0'),
      messagePack('94 02 80 "1" "b"'),
      messagePack('94 03 80 "1" 02'),
    ].join(' '),
    answers: [messagePack('95 03 80 "7" 03 "ab"')],
  },
  {
    what: 'M7, headers',
    send: '19 96 01 82 a1 78 a1 79 a1 7a a1 7a a3 78 79 7a a6 6d 65 74 68 6f 64 91 2a 90',
    answers: [unknownMethod],
  },
  {
    what: 'M8, two extra elements',
    send: '14 98 01 80 a3 78 79 7a a6 6d 65 74 68 6f 64 90 90 c3 a2 65 78',
    answers: [unknownMethod],
  },
  { what: 'M10, a StreamItem that nobody reads', send: '08 94 02 80 a3 78 79 7a 2a' },
  { what: 'M11, a null StreamItem that nobody reads', send: '08 94 02 80 a3 78 79 7a c0' },
  {
    what: 'M13, an error for an id that nobody waits for',
    send: '19 95 03 80 a3 78 79 7a 01 b0 45 72 72 6f 72 20 6e 6f 74 20 66 6f 75 6e 64 21',
  },
  { what: 'M14, no result for an id that nobody waits for', send: '08 94 03 80 a3 78 79 7a 02' },
  { what: 'M15, a result for an id that nobody waits for', send: '09 95 03 80 a3 78 79 7a 03 2a' },
  {
    what: 'M13, the server writes an error',
    hub: '/testhub',
    send: messagePack('96 01 80 "xyz" "ThrowHubException" 91 "Oops" 90'),
    answers: [messagePack(`95 03 80 "xyz" 01 "${unexpectedError('ThrowHubException')} HubException: Oops"`)],
  },
  {
    what: 'M14, the server ends a stream without a result',
    hub: '/testhub',
    send: messagePack('96 04 80 "xyz" "EmptyStream" 90 90'),
    answers: ['08 94 03 80 a3 78 79 7a 02'],
  },
  {
    what: 'M16, the server writes a null for a method without a result',
    send: messagePack('96 01 80 "xyz" "VoidMethod" 90 90'),
    answers: ['09 95 03 80 a3 78 79 7a 03 c0'],
  },
  {
    what: 'M17, an object: names as declared, a timestamp, bytes',
    hub: '/testhub',
    send: messagePack('96 01 80 "xyz" "SendComplexObject" 90 90'),
    answers: [
      messagePack(
        '95 03 80 "xyz" 03 85 "ByteArray" c4 03 01 02 03 "DateTime" d6 ff 38 6d 43 80 ' +
          '"Guid" "00010203-0405-0607-0706-050403020100" "IntArray" 93 01 02 03 "String" "hello world"',
      ),
    ],
  },
  {
    what: 'M17, an object read and written again',
    hub: '/testhub',
    send: messagePack('96 01 80 "1" "SendCustomObject" 91 83 "Name" "n" "Value" cd 01 00 "Other" 90 90'),
    answers: [
      messagePack('96 01 80 c0 "CustomObject" 91 82 "Name" "n" "Value" cd 01 00 90'),
      messagePack('95 03 80 "1" 03 c0'),
    ],
  },
  {
    what: 'M30, a long text, bytes, a time and integers, as the JavaScript client writes them',
    hub: '/testhub',
    send: messagePack(
      '95 01 80 "0" "EchoComplexObject" 91 85 "String" "a" "DateTime" d6 ff 58 ec 1c 80 "ByteArray" c4 02 01 02 ' +
        '"Guid" "00010203-0405-0607-0706-050403020100" "IntArray" 92 cd 01 2c d0 80',
    ),
    answers: [
      messagePack(
        '95 03 80 "0" 03 85 "ByteArray" c4 02 01 02 "DateTime" d6 ff 58 ec 1c 80 ' +
          '"Guid" "00010203-0405-0607-0706-050403020100" "IntArray" 92 cd 01 2c d0 80 "String" "a"',
      ),
    ],
  },
  {
    what: 'M30, an object whose bytes and list are nil',
    hub: '/testhub',
    send: messagePack(
      '95 01 80 "0" "EchoComplexObject" 91 84 "String" c0 "ByteArray" c0 "IntArray" c0 "DateTime" d7 ff 00 00 01 90 58 ec 1c 80',
    ),
    answers: [
      messagePack(
        '95 03 80 "0" 03 85 "ByteArray" c0 "DateTime" d7 ff 00 00 01 90 58 ec 1c 80 ' +
          '"Guid" "00000000-0000-0000-0000-000000000000" "IntArray" c0 "String" c0',
      ),
    ],
  },
  {
    what: 'the largest integers, times to their last tick, and keys that are no texts',
    send: messagePack(`96 01 80 "1" "EchoValues" 91 ${extremes} 90`),
    answers: [messagePack(`95 03 80 "1" 03 ${extremes}`)],
  },
  {
    what: 'M18, a StreamInvocation: items, then the end',
    hub: '/bench',
    send: messagePack('96 04 80 "s" "Counter" 91 03 90'),
    answers: ['00', '01', '02'].map(item => messagePack(`94 02 80 "s" ${item}`)).concat(messagePack('94 03 80 "s" 02')),
  },
  {
    what: 'M19, a StreamInvocation of five elements',
    hub: '/testhub',
    send: messagePack('95 04 80 "1" "EmptyStream" 90'),
    answers: [messagePack('94 03 80 "1" 02')],
  },
  {
    what: 'M20, a CancelInvocation of a stream',
    send: `${messagePack('95 04 80 "xyz" "EndlessChannel" 90')} 07 93 05 80 a3 78 79 7a`,
    answers: [messagePack('94 02 80 "xyz" 00'), messagePack('94 03 80 "xyz" 02')],
  },
  { what: 'M20, a CancelInvocation of nothing', send: '07 93 05 80 a3 78 79 7a' },
  { what: 'M21, a Ping', send: '02 91 06' },
  { what: 'M22, a Close of three elements', send: '04 93 07 c0 c2', ...closes },
  { what: 'M23, a Close of two elements', send: '03 92 07 c0', ...closes },
  {
    what: 'M24, a Close with an error',
    send: '0a 93 07 a6 45 72 72 6f 72 21 c3',
    ...closes,
  },
  {
    what: 'M26, M27, M28, Acks of every width',
    send: '03 92 08 2a 04 92 08 cc 24 0b 92 08 cf 00 00 00 00 00 00 00 2a',
  },
  { what: 'M29, a Sequence without stateful reconnect', send: '04 92 09 cc 92' },
  {
    what: 'M31, an upload that failed',
    hub: '/testhub',
    send: `${messagePack('96 01 80 "1" "StreamingConcat" 90 91 "3"')} 0b 95 03 80 a1 33 01 a4 6f 6f 70 73`,
    answers: [messagePack(`95 03 80 "1" 01 "${unexpectedError('StreamingConcat')} HubException: oops"`)],
  },
  { what: 'M32, two messages in one payload', send: '02 91 06 02 91 06' },
  {
    what: 'every legal width of array, string, integer and map',
    send: messagePack(
      'dc 00 06 d2 00 00 00 01 de 00 00 d9 01 31 da 00 04 45 63 68 6f dd 00 00 00 01 db 00 00 00 01 78 dc 00 00',
    ),
    answers: [messagePack('95 03 80 "1" 03 "x"')],
  },
  {
    what: 'a length prefix longer than it need be',
    send: '82 00 91 06 8e 80 00 95 01 80 a2 31 31 a4 45 63 68 6f 91 a1 78',
    answers: [messagePack('95 03 80 "11" 03 "x"')],
  },
  {
    what: 'an empty invocation id, which is no id',
    send: messagePack('96 01 80 "" "Echo" 91 "x" 90'),
  },
  {
    what: 'bytes left over inside a body',
    send: '0e 95 01 80 a1 31 a4 45 63 68 6f 91 a1 78 c0',
    answers: [messagePack('95 03 80 "1" 03 "x"')],
  },
  {
    what: 'a long string',
    send: messagePack(`96 01 80 "1" "Echo" 91 "${'x'.repeat(300)}" 90`),
    answers: [messagePack(`95 03 80 "1" 03 "${'x'.repeat(300)}"`)],
  },
  {
    what: 'integers of every width, written as short as they fit',
    hub: '/bench',
    send: [
      messagePack('95 01 80 "1" "Add" 92 d3 00 00 00 00 00 00 00 01 cc 7f'),
      messagePack('95 01 80 "2" "Add" 92 d1 ff ff 00'),
      messagePack('95 01 80 "3" "Add" 92 ce 00 01 00 00 d0 80'),
      messagePack('95 01 80 "4" "Add" 92 d2 80 00 00 00 00'),
    ].join(' '),
    answers: ['cc 80', 'ff', 'cd ff 80', 'd2 80 00 00 00'].map((sum, at) =>
      messagePack(`95 03 80 "${at + 1}" 03 ${sum}`),
    ),
  },
]

checkVectors(area, vectors, 'messagepack', binaryTransports)
