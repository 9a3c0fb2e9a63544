import { check } from '../check.js'
import type { HubConnection } from '../drivers/hub-connection.js'
import { messagePack } from '../drivers/messagepack-notation.js'
import type { TransportName } from '../drivers/transport.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { argumentsDoNotFit, failedToInvoke } from './error-texts.js'
import { binaryTransports, checkOnEachTransport } from './on-each-transport.js'

const area = 'malformed MessagePack'
const onBinary = { transports: binaryTransports }

function close(detail: string): string {
  return messagePack(`93 07 "Connection closed with an error. ${detail}" c3`)
}

/** The Completion of the call `abc`. */
function failedEcho(detail: string): string {
  return messagePack(`95 03 80 "abc" 01 "${failedToInvoke('Echo')} ${detail}"`)
}

/** The check of a client that has shaken hands for MessagePack. */
function connected(run: (connection: HubConnection) => Promise<void>) {
  return async (server: ServerUnderTest, transport?: TransportName) =>
    run(await server.connect('/testhub', { ...(transport && { transport }), protocol: 'messagepack' }))
}

const unreadable = (field: string, type: string) => `InvalidDataException: Reading '${field}' as ${type} failed.`

/** Hub protocol 9.5 and 4.2: a framed message, and the exception for which the server closes the connection. */
const closing: readonly (readonly [what: string, hex: string, detail: string])[] = [
  ['Y1, a type that is a string', '05 91 a3 66 6f 6f', unreadable('messageType', 'Int32')],
  [
    'Y2, headers that are a string',
    '06 92 01 a3 66 6f 6f',
    "InvalidDataException: Reading map length for 'headers' failed.",
  ],
  [
    'headers that are nil',
    messagePack('95 01 c0 c0 "Echo" 91 "x"'),
    "InvalidDataException: Reading map length for 'headers' failed.",
  ],
  ['Y3, an empty name of a header', '08 92 01 82 a0 a3 66 6f 6f', 'InvalidDataException: Null or empty key in header.'],
  [
    'an empty value of a header',
    messagePack('95 01 81 "a" "" c0 "Echo" 91 "x"'),
    'InvalidDataException: Null or empty value in header.',
  ],
  [
    'a header that is a number',
    messagePack('95 01 81 "a" 01 c0 "Echo" 91 "x"'),
    unreadable('headers[0].Value', 'String'),
  ],
  [
    'a header twice',
    messagePack('95 01 82 "a" "b" "a" "c" c0 "Echo" 91 "x"'),
    'ArgumentException: An item with the same key has already been added. Key: a',
  ],
  ['Y4, an Invocation that ends before its id', '03 92 01 80', unreadable('invocationId', 'String')],
  ['Y5, an Invocation that ends before its target', '07 93 01 80 a3 61 62 63', unreadable('target', 'String')],
  [
    'Y6, an empty target',
    '08 94 01 80 a3 61 62 63 a0',
    'InvalidDataException: Null or empty target for Invocation message.',
  ],
  [
    'a target that is nil',
    messagePack('95 04 80 "a" c0 90'),
    'InvalidDataException: Null or empty target for StreamInvocation message.',
  ],
  [
    'Y7, an empty stream id',
    messagePack('96 01 80 "a" "Echo" 91 "x" 91 ""'),
    'InvalidDataException: Null or empty value in streamIds received.',
  ],
  [
    'stream ids that are nil',
    messagePack('96 01 80 "a" "Echo" 91 "x" c0'),
    "InvalidDataException: Reading array length for 'streamIds' failed.",
  ],
  [
    'a StreamInvocation without an id',
    messagePack('95 04 80 c0 "Stream" 90'),
    'InvalidDataException: Null or empty invocation ID for StreamInvocation message.',
  ],
  [
    'a StreamItem with an empty id',
    messagePack('94 02 80 "" 01'),
    'InvalidDataException: Null or empty invocation ID for StreamItem message.',
  ],
  [
    'a Completion with an empty id',
    messagePack('94 03 80 "" 02'),
    'InvalidDataException: Null or empty invocation ID for Completion message.',
  ],
  [
    'Y8, a CancelInvocation with an empty id',
    '04 93 05 80 a0',
    'InvalidDataException: Null or empty invocation ID for CancelInvocation message.',
  ],
  [
    'Y9, an unknown kind of result',
    '08 94 03 80 a3 78 79 7a 2a',
    'InvalidDataException: Invalid invocation result kind.',
  ],
  ['Y10, an error that is missing', '08 94 03 80 a3 78 79 7a 01', unreadable('error', 'String')],
  ['Y11, an Ack without a sequence id', '02 91 08', unreadable('sequenceId', 'Int64')],
  ['a sequence id that is a string', messagePack('92 09 "1"'), unreadable('sequenceId', 'Int64')],
  ['a Close without an error', '02 91 07', unreadable('error', 'String')],
  ['allowReconnect that is nil', '04 93 07 c0 c0', unreadable('allowReconnect', 'Boolean')],
  ['Y15, a map', '01 80', 'MessagePackSerializationException: Unexpected msgpack code 128 (fixmap) encountered.'],
  ['Y16, an empty body', '00', 'EndOfStreamException: Attempted to read past the end of the stream.'],
  ['Y19, a length beyond 2 GB', 'ff ff ff ff 08', 'FormatException: Messages over 2GB in size are not supported.'],
]

for (const [what, hex, detail] of closing) {
  checkOnEachTransport(
    area,
    `closes for ${what}`,
    onBinary,
    connected(async connection => {
      await connection.sendHex(hex)
      await connection.expectEnd(close(detail))
    }),
  )
}

/** The connection lives; the caller is told. */
const failing: readonly (readonly [what: string, hex: string, detail: string])[] = [
  [
    'Y12, arguments that are no array',
    '95 01 80 "abc" "Echo" 2a',
    "InvalidDataException: Reading array length for 'arguments' failed.",
  ],
  [
    'Y13, too few arguments',
    '95 01 80 "abc" "Echo" 90',
    'InvalidDataException: Invocation provides 0 argument(s) but target expects 1.',
  ],
  [
    'too many arguments',
    '95 01 80 "abc" "Echo" 92 "x" 93 01 02 03',
    'InvalidDataException: Invocation provides 2 argument(s) but target expects 1.',
  ],
  ['Y14, an argument of the wrong type', '95 01 80 "abc" "Echo" 91 2a', argumentsDoNotFit],
  ['bytes for a string', '95 01 80 "abc" "Echo" 91 c4 01 41', argumentsDoNotFit],
]

for (const [what, notation, detail] of failing) {
  checkOnEachTransport(
    area,
    `fails the call for ${what}`,
    onBinary,
    connected(async connection => {
      await connection.sendHex(messagePack(notation))
      await connection.expect(failedEcho(detail))
      await connection.sendHex(messagePack(notation.replace('"abc"', 'c0')))
      await connection.expectAliveAndSilent()
    }),
  )
}

const misfitBeforeEmptyStreamId = '96 01 80 "abc" "Echo" 91 2a 91 ""'

checkOnEachTransport(
  area,
  'fails the call for Y7, arguments that do not fit before an empty stream id',
  {
    ...onBinary,
    deviation: {
      key: 'a-broken-envelope-comes-first',
      run: connected(async connection => {
        await connection.sendHex(messagePack(misfitBeforeEmptyStreamId))
        await connection.expectEnd(close('InvalidDataException: Null or empty value in streamIds received.'))
      }),
    },
  },
  connected(async connection => {
    await connection.sendHex(messagePack(misfitBeforeEmptyStreamId))
    await connection.expect(failedEcho(argumentsDoNotFit))
    await connection.expectAliveAndSilent()
  }),
)

for (const [what, pieces] of [
  ['Y17, a body that is still to come', ['02', '91 06']],
  ['Y18, a length prefix that is still to come', ['82', '00 91 06']],
  ['a message byte by byte', ['0d', '95', '01', '80', 'c0', 'a6', '6d', '65', '74', '68', '6f', '64', '91', '2a']],
] as const) {
  checkOnEachTransport(
    area,
    `waits for ${what}`,
    onBinary,
    connected(async connection => {
      for (const piece of pieces) await connection.sendHex(piece)
      await connection.expectAliveAndSilent()
    }),
  )
}

check(
  area,
  'says no more than that it failed without detailed errors',
  { detailedErrors: false },
  connected(async connection => {
    await connection.sendHex(messagePack('95 01 80 "abc" "Echo" 90'))
    await connection.expect(messagePack(`95 03 80 "abc" 01 "${failedToInvoke('Echo')}"`))
    await connection.sendHex('05 91 a3 66 6f 6f')
    await connection.expectEnd(messagePack('93 07 "Connection closed with an error." c3'))
  }),
)
