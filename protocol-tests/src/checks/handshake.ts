import assert from 'node:assert/strict'
import { check } from '../check.js'
import { binaryTransports, checkOnEachTransport } from './on-each-transport.js'

const area = 'handshake'
const withoutDetails = { detailedErrors: false }
const unexpected = 'An unexpected error occurred during connection handshake.'

interface Accepted {
  readonly what: string
  readonly request: string
}

/** Hub protocol 9.1 (H1, H4, H5) and 1.3, 1.4: all of these select JSON. */
const accepted: readonly Accepted[] = [
  { what: 'H1, the plain request', request: '{"protocol":"json","version":1}' },
  {
    what: 'H4, repeated members: the last one counts',
    request: '{"protocol":"a","protocol":"json","version":9,"version":1,"x":null}',
  },
  {
    what: 'H5, a second object behind the first',
    request: '{"protocol":"json","version":1}{"protocol":"wrong","version":99}',
  },
  { what: 'any text behind the object', request: '{"protocol":"json","version":1} and so on' },
  {
    what: 'members in another order, and unknown ones',
    request: '{"a":[1,{"b":2}],"version":1,"protocol":"json","c":{"d":[]}}',
  },
  { what: 'escaped names and values', request: '{"\\u0070rotocol":"\\u006ason","version":1}' },
  { what: 'white space around everything', request: ' \t\r\n{ "protocol" : "json" , "version" : 1 } \n' },
  { what: 'the name of the protocol in capitals', request: '{"protocol":"JSON","version":1}' },
  { what: 'version 2', request: '{"protocol":"json","version":2}' },
  { what: 'version 0', request: '{"protocol":"json","version":0}' },
  { what: 'a negative version', request: '{"protocol":"json","version":-7}' },
]

for (const { what, request } of accepted) {
  checkOnEachTransport(area, `accepts ${what}`, {}, async (server, transport) => {
    const connection = await server.open('/testhub', { transport })
    await connection.send(request)
    await connection.expect('{}')
    await connection.expectAliveAndSilent()
  })
}

checkOnEachTransport(
  area,
  'accepts MessagePack, versions 1 and 2',
  { transports: binaryTransports },
  async (server, transport) => {
    for (const version of [1, 2]) {
      const connection = await server.open('/testhub', { transport })
      await connection.handshake('messagepack', version)
      await connection.expectAliveAndSilent()
    }
  },
)

interface Refused {
  readonly what: string
  readonly request: string
  readonly error: string
  /** Shown with detailed errors only. */
  readonly detail?: string
}

/** Hub protocol 9.1 (H7 to H12) and 1.5. */
const refused: readonly Refused[] = [
  {
    what: 'H7, an unknown protocol',
    request: '{"protocol":"XYZ","version":1}',
    error: "The protocol 'XYZ' is not supported.",
  },
  {
    what: 'H8, version 3',
    request: '{"protocol":"json","version":3}',
    error: "The server does not support version 3 of the 'json' protocol.",
  },
  {
    what: 'a far too high version, naming the protocol as the client spelled it',
    request: '{"protocol":"Json","version":9001}',
    error: "The server does not support version 9001 of the 'Json' protocol.",
  },
  {
    what: 'an empty protocol name',
    request: '{"protocol":"","version":1}',
    error: "The protocol '' is not supported.",
  },
  {
    what: 'H9, a request without a protocol',
    request: '{"version":1}',
    error: unexpected,
    detail: `InvalidDataException: Missing required property 'protocol'. Message content: {"version":1}`,
  },
  {
    what: 'a request without a version',
    request: '{"protocol":"json"}',
    error: unexpected,
    detail: `InvalidDataException: Missing required property 'version'. Message content: {"protocol":"json"}`,
  },
  {
    what: 'an empty object',
    request: '{}',
    error: unexpected,
    detail: `InvalidDataException: Missing required property 'protocol'. Message content: {}`,
  },
  {
    what: 'H10, a protocol that is null',
    request: '{"protocol":null,"version":123}',
    error: unexpected,
    detail: "InvalidDataException: Expected 'protocol' to be of type String.",
  },
  {
    what: 'H11, a version that is a string',
    request: '{"version":"123"}',
    error: unexpected,
    detail: "InvalidDataException: Expected 'version' to be of type Number.",
  },
  {
    what: 'H12, an array',
    request: '[]',
    error: unexpected,
    detail: "InvalidDataException: Unexpected JSON Token Type 'Array'. Expected a JSON Object.",
  },
  {
    what: 'a number',
    request: '42',
    error: unexpected,
    detail: "InvalidDataException: Unexpected JSON Token Type 'Number'. Expected a JSON Object.",
  },
  {
    what: 'a string',
    request: '"json"',
    error: unexpected,
    detail: "InvalidDataException: Unexpected JSON Token Type 'String'. Expected a JSON Object.",
  },
  {
    what: 'null',
    request: 'null',
    error: unexpected,
    detail: "InvalidDataException: Unexpected JSON Token Type 'Null'. Expected a JSON Object.",
  },
  {
    what: 'a version with a fraction',
    request: '{"protocol":"json","version":1.0}',
    error: unexpected,
    detail: 'FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int32.',
  },
  {
    what: 'a version beyond 32 bits',
    request: '{"protocol":"json","version":4294967296}',
    error: unexpected,
    detail: 'FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int32.',
  },
  {
    what: 'garbage',
    request: 'garbage',
    error: unexpected,
    detail: "JsonReaderException: 'g' is an invalid start of a value. LineNumber: 0 | BytePositionInLine: 0.",
  },
]

for (const { what, request, error, detail } of refused) {
  const shown = detail === undefined ? error : `${error} ${detail}`
  checkOnEachTransport(area, `refuses ${what}`, {}, async (server, transport) => {
    const connection = await server.open('/testhub', { transport })
    await connection.send(request)
    await connection.expectEnd({ error: shown })
  })
  check(area, `refuses ${what}, and says no more than it may without detailed errors`, withoutDetails, async server => {
    const connection = await server.open('/testhub')
    await connection.send(request)
    await connection.expectEnd({ error })
  })
}

check(area, 'refuses a byte order mark', async server => {
  const connection = await server.open('/testhub')
  await connection.send('\ufeff{"protocol":"json","version":1}')
  const { error } = await connection.nextJson()
  assert.match(String(error), /^An unexpected error occurred during connection handshake\. JsonReaderException: /)
  await connection.expectEnd()
})

check(area, 'refuses MessagePack over server-sent events', async server => {
  const connection = await server.open('/testhub', { transport: 'ServerSentEvents' })
  await connection.send({ protocol: 'messagepack', version: 1 })
  await connection.expectEnd({
    error:
      "Cannot use the 'messagepack' protocol on the current transport. The transport does not support 'Binary' transfer format.",
  })
})

checkOnEachTransport(
  area,
  'H6, a message behind the request in the same payload is handled after it',
  {},
  async (server, transport) => {
    const connection = await server.open('/testhub', { transport })
    await connection.send(
      '{"protocol":"json","version":1}',
      '{"type":6}',
      '{"type":1,"invocationId":"1","target":"Echo","arguments":["x"]}',
    )
    await connection.expect('{}', '{"type":3,"invocationId":"1","result":"x"}')
  },
)

checkOnEachTransport(area, 'is answered only when the request is whole', {}, async (server, transport) => {
  const connection = await server.open('/testhub', { transport })
  for (const piece of ['{"protocol":"js', 'on","version":1}', '\x1e']) await connection.sendRaw(piece)
  await connection.expect('{}')
  await connection.expectAliveAndSilent()
})

const soon = { settings: { handshakeTimeoutMs: 500 } }
checkOnEachTransport(area, 'is canceled when the request does not come in time', soon, async (server, transport) => {
  const connection = await server.open('/testhub', { transport })
  await connection.sendRaw('{"protocol":')
  await connection.expectEnd({ error: 'Handshake was canceled.' })
})

const tiny = { settings: { maximumReceiveMessageSizeBytes: 20 } }
checkOnEachTransport(
  area,
  'is canceled when the request is longer than a message may be',
  tiny,
  async (server, transport) => {
    const connection = await server.open('/testhub', { transport })
    await connection.send('{"protocol":"json","version":1}')
    await connection.expectEnd({ error: 'Handshake was canceled.' })
  },
)

check(area, 'has no answer when the client leaves before the request is whole', async server => {
  const socket = await server.rawWebSocket('/testhub')
  socket.sendText('{"protocol":')
  socket.sendClose(1000)
  assert.equal(await socket.next(), 'close 1000')
})
