import { check } from '../check.js'
import { closeWithError } from '../drivers/hub-connection.js'
import { failedWith, invocation } from '../drivers/hub-messages.js'
import { argumentsDoNotFit, failedToInvoke, messageTooLong, noSuchMethod } from './error-texts.js'
import { checkOnEachTransport } from './on-each-transport.js'

const area = 'malformed JSON'

const invalid = (text: string) => `InvalidDataException: ${text}`
const notOfType = (name: string, type: string) => invalid(`Expected '${name}' to be of type ${type}.`)
const missing = (name: string) => invalid(`Missing required property '${name}'.`)
const outOfBounds = (type: string) =>
  `FormatException: Either the JSON value is not in a supported format, or is out of bounds for an ${type}.`

/** Hub protocol 9.3 and 3.2: a record, and the exception for which the server closes the connection. */
const closing: readonly (readonly [what: string, record: string, detail: string])[] = [
  ['X1, an empty record', '', invalid('Error reading JSON.')],
  ['X2, an object without a type', '{}', missing('type')],
  ['X3, a type that is a string', '{"type":"foo"}', notOfType('type', 'Number')],
  ['a type that is null', '{"type":null}', notOfType('type', 'Number')],
  ['a type with a fraction', '{"type":1.5}', outOfBounds('Int32')],
  ['X4, an array', '[42]', invalid("Unexpected JSON Token Type 'Array'. Expected a JSON Object.")],
  ['a number', '42', invalid("Unexpected JSON Token Type 'Number'. Expected a JSON Object.")],
  ['text that is no JSON', 'hello', invalid('Error reading JSON.')],
  ['an object that does not end', '{"type":6', invalid('Error reading JSON.')],
  ['a comment', '{"type":6/* ping */}', invalid('Error reading JSON.')],
  ['a trailing comma', '{"type":6,}', invalid('Error reading JSON.')],
  ['X5, an invocation id that is a number', '{"type":1,"invocationId":42}', notOfType('invocationId', 'String')],
  ['X6, an Invocation without a target', '{"type":1,"invocationId":"42"}', missing('target')],
  ['X7, an Invocation without arguments', '{"type":1,"invocationId":"42","target":"foo"}', missing('arguments')],
  [
    'X8, arguments that are an object',
    '{"type":1,"invocationId":"42","target":"foo","arguments":{}}',
    notOfType('arguments', 'Array'),
  ],
  ['arguments that are null', '{"type":1,"target":"foo","arguments":null}', notOfType('arguments', 'Array')],
  ['a target that is null', '{"type":1,"target":null,"arguments":[]}', notOfType('target', 'String')],
  ['a target that is null in a Ping', '{"type":6,"target":null}', notOfType('target', 'String')],
  ['X9, a StreamItem without an item', '{"type":2,"invocationId":"42"}', missing('item')],
  ['a StreamItem without an id', '{"type":2,"item":1}', missing('invocationId')],
  [
    'a StreamItem with an empty id',
    '{"type":2,"invocationId":"","item":1}',
    "KeyNotFoundException: No stream with id '' could be found.",
  ],
  [
    'X10, a Completion with an error and a result',
    '{"type":3,"invocationId":"42","error":"foo","result":true}',
    invalid("The 'error' and 'result' properties are mutually exclusive."),
  ],
  [
    'a Completion with an error and a null result',
    '{"type":3,"invocationId":"42","error":"foo","result":null}',
    invalid("The 'error' and 'result' properties are mutually exclusive."),
  ],
  ['X11, an error that is an array', '{"type":3,"invocationId":"42","error":[]}', notOfType('error', 'String')],
  ['an error that is null', '{"type":7,"error":null}', notOfType('error', 'String')],
  ['a Completion without an id', '{"type":3,"result":1}', missing('invocationId')],
  ['a Completion with an empty id', '{"type":3,"invocationId":"","result":1}', missing('invocationId')],
  ['a CancelInvocation without an id', '{"type":5}', missing('invocationId')],
  ['a StreamInvocation without an id', '{"type":4,"target":"Stream","arguments":[]}', missing('invocationId')],
  [
    'a StreamInvocation with an empty id',
    '{"type":4,"invocationId":"","target":"Stream","arguments":[]}',
    missing('invocationId'),
  ],
  ['X12, a sequence id that is a boolean', '{"type":8,"sequenceId":true}', notOfType('sequenceId', 'Number')],
  ['a sequence id that is null', '{"type":9,"sequenceId":null}', missing('sequenceId')],
  ['an Ack without a sequence id', '{"type":8}', missing('sequenceId')],
  ['a sequence id with a fraction', '{"type":8,"sequenceId":1.5}', outOfBounds('Int64')],
  [
    'allowReconnect that is a number',
    '{"type":7,"allowReconnect":1}',
    invalid("Expected 'allowReconnect' to be true or false."),
  ],
  [
    'allowReconnect that is null',
    '{"type":7,"allowReconnect":null}',
    invalid("Expected 'allowReconnect' to be true or false."),
  ],
  [
    'headers that are null',
    '{"type":1,"headers":null,"target":"Echo","arguments":["x"]}',
    notOfType('headers', 'StartObject'),
  ],
  [
    'a header that is a number',
    '{"type":1,"headers":{"Foo":1},"target":"Echo","arguments":["x"]}',
    invalid("Expected header 'Foo' to be of type String."),
  ],
  [
    'stream ids that are null',
    '{"type":1,"target":"Echo","arguments":["x"],"streamIds":null}',
    notOfType('streamIds', 'Array'),
  ],
  [
    'a stream id that is null',
    '{"type":1,"target":"Echo","arguments":["x"],"streamIds":[null]}',
    invalid("Null value for 'streamIds' is not valid."),
  ],
  [
    'a stream id that is a number',
    '{"type":1,"target":"Echo","arguments":["x"],"streamIds":[1]}',
    "InvalidOperationException: Cannot get the value of a token type 'Number' as a string.",
  ],
  [
    'X15, arguments that are broken JSON',
    '{"type":1,"invocationId":"42","target":"foo","arguments":[[}]}',
    invalid('Error reading JSON.'),
  ],
  [
    'X16, an invocation id that is null',
    '{"type":1,"invocationId":null,"target":"t","arguments":[]}',
    notOfType('invocationId', 'String'),
  ],
]

for (const [what, record, detail] of closing) {
  checkOnEachTransport(area, `closes for ${what}`, {}, async (server, transport) => {
    const connection = await server.connect('/testhub', { transport })
    await connection.send(record)
    await connection.expectEnd(closeWithError(detail))
  })
}

/** The connection lives; the caller is told. */
const failing: readonly (readonly [what: string, record: string, error: string])[] = [
  [
    'X13, too few arguments',
    '{"type":1,"invocationId":"42","target":"TwoArguments","arguments":[]}',
    invalid('Invocation provides 0 argument(s) but target expects 2.'),
  ],
  [
    'too many arguments',
    '{"type":1,"invocationId":"42","target":"TwoArguments","arguments":[1,"a",{"b":[]}]}',
    invalid('Invocation provides 3 argument(s) but target expects 2.'),
  ],
  [
    'X14, an argument of the wrong type, named before its target',
    '{"type":1,"invocationId":"42","arguments":["abc","xyz"],"target":"TwoArguments"}',
    argumentsDoNotFit,
  ],
  [
    'a number in quotes',
    '{"type":1,"invocationId":"42","target":"TwoArguments","arguments":["42","xyz"]}',
    argumentsDoNotFit,
  ],
  [
    'a number with a fraction for an integer',
    '{"type":1,"invocationId":"42","target":"TwoArguments","arguments":[1.5,"xyz"]}',
    argumentsDoNotFit,
  ],
  [
    'an integer beyond 32 bits',
    '{"type":1,"invocationId":"42","target":"TwoArguments","arguments":[4294967296,"xyz"]}',
    argumentsDoNotFit,
  ],
  [
    'null for an integer',
    '{"type":1,"invocationId":"42","target":"TwoArguments","arguments":[null,"xyz"]}',
    argumentsDoNotFit,
  ],
  [
    'a number for a string',
    '{"type":1,"invocationId":"42","target":"TwoArguments","arguments":[1,2]}',
    argumentsDoNotFit,
  ],
]

for (const [what, record, detail] of failing) {
  checkOnEachTransport(area, `fails the call for ${what}`, {}, async (server, transport) => {
    const connection = await server.connect('/probe', { transport })
    await connection.send(record)
    await connection.expect(failedWith('42', `${failedToInvoke('TwoArguments')} ${detail}`))
    await connection.send(record.replace('"invocationId":"42",', ''))
    await connection.expectAliveAndSilent()
  })
}

const withoutDetails = { detailedErrors: false }
check(area, 'says no more than that it failed without detailed errors', withoutDetails, async server => {
  const connection = await server.connect('/probe')
  await connection.send(invocation('42', 'TwoArguments'))
  await connection.expect(failedWith('42', failedToInvoke('TwoArguments')))
  await connection.send('{"type":1}')
  await connection.expectEnd(closeWithError())
})

check(area, 'accepts 62 arrays inside each other in the arguments, and closes for 64', async server => {
  const nested = (depth: number) =>
    `{"type":1,"invocationId":"1","target":"Nope","arguments":[${'['.repeat(depth)}${']'.repeat(depth)}]}`
  const connection = await server.connect('/probe')
  await connection.send(nested(62))
  await connection.expect(failedWith('1', noSuchMethod('Nope')))
  await connection.send(nested(64))
  await connection.expectEnd(closeWithError(invalid('Error reading JSON.')))
})

check(
  area,
  'J23, an unknown message type stays at the head of the input and blocks what follows',
  {
    deviation: {
      key: 'unknown-message-types-are-skipped',
      run: async server => {
        const connection = await server.connect('/probe')
        await connection.send('{"type":99,"x":1}', '{"type":6}')
        await connection.expectAliveAndSilent()
      },
    },
  },
  async server => {
    const connection = await server.connect('/probe')
    await connection.send('{"type":99,"x":1}', '{"type":6}')
    const filler = invocation('1', 'Echo', 'x'.repeat(30_000))
    await connection.send(filler)
    await connection.send(filler)
    await connection.expectEnd(closeWithError(messageTooLong(32_768)))
  },
)
