import { readAll, refusalOf } from '@signalbox/conformance'
import { HubProtocolError, type ReceivedMessage } from '@signalbox/protocol'
import { expect } from 'chai'
import { MessagePackHubProtocol } from './messagepack-hub-protocol.js'
import { frame } from './testing/frame.js'

const protocol = new MessagePackHubProtocol()

/**
 * Bodies .NET refuses, and its words.
 * @source Observed: Microsoft.AspNetCore.SignalR.Protocols.MessagePack 10.0.14 on ASP.NET Core 10.0.12
 */
const refusals: readonly (readonly [body: string, error: string])[] = [
  ['2a', 'MessagePackSerializationException: Unexpected msgpack code 42 (positive fixint) encountered.'],
  ['ff', 'MessagePackSerializationException: Unexpected msgpack code 255 (negative fixint) encountered.'],
  ['c0', 'MessagePackSerializationException: Unexpected msgpack code 192 (nil) encountered.'],
  ['c1', 'MessagePackSerializationException: Unexpected msgpack code 193 ((never used)) encountered.'],
  ['a0', 'MessagePackSerializationException: Unexpected msgpack code 160 (fixstr) encountered.'],
  ['d90106', 'MessagePackSerializationException: Unexpected msgpack code 217 (str 8) encountered.'],
  ['de000106', 'MessagePackSerializationException: Unexpected msgpack code 222 (map 16) encountered.'],
  ['d601000000000000', 'MessagePackSerializationException: Unexpected msgpack code 214 (fixext 4) encountered.'],
  ['9201', 'EndOfStreamException: Attempted to read past the end of the stream.'],
  ['9207', 'EndOfStreamException: Attempted to read past the end of the stream.'],
  ['dcffff00', 'EndOfStreamException: Attempted to read past the end of the stream.'],
  ['dd7fffffff', 'EndOfStreamException: Attempted to read past the end of the stream.'],
  ['90', "InvalidDataException: Reading 'messageType' as Int32 failed."],
  ['91c0', "InvalidDataException: Reading 'messageType' as Int32 failed."],
  ['91ca3f800000', "InvalidDataException: Reading 'messageType' as Int32 failed."],
  ['91ceffffffff', "InvalidDataException: Reading 'messageType' as Int32 failed."],
  ['91cfffffffffffffffff', "InvalidDataException: Reading 'messageType' as Int32 failed."],
  ['9201df', "InvalidDataException: Reading map length for 'headers' failed."],
  ['9201c0', "InvalidDataException: Reading map length for 'headers' failed."],
  ['9201dfffffffff', "InvalidDataException: Reading map length for 'headers' failed."],
  ['9201de0001', "InvalidDataException: Reading map length for 'headers' failed."],
  ['92018161', "InvalidDataException: Reading map length for 'headers' failed."],
  ['92018161c0', "InvalidDataException: Reading 'headers[0].Key' as String failed."],
  ['920181a161', "InvalidDataException: Reading 'headers[0].Value' as String failed."],
  ['920182a161a1622aa1', "InvalidDataException: Reading 'headers[1].Key' as String failed."],
  ['920181c0a161', 'InvalidDataException: Null or empty key in header.'],
  ['920181a161c0', 'InvalidDataException: Null or empty value in header.'],
  ['920181a161a0c0', 'InvalidDataException: Null or empty value in header.'],
  ['920182a161a162a161a163', 'ArgumentException: An item with the same key has already been added. Key: a'],
  ['9205802a80', "InvalidDataException: Reading 'invocationId' as String failed."],
  ['920580c40161', "InvalidDataException: Reading 'invocationId' as String failed."],
  ['92058061', "InvalidDataException: Reading 'invocationId' as String failed."],
  ['920580a2', "InvalidDataException: Reading 'invocationId' as String failed."],
  ['920580c0', 'InvalidDataException: Null or empty invocation ID for CancelInvocation message.'],
  ['930280c0', 'InvalidDataException: Null or empty invocation ID for StreamItem message.'],
  ['930380a0', 'InvalidDataException: Null or empty invocation ID for Completion message.'],
  ['930480a0', 'InvalidDataException: Null or empty invocation ID for StreamInvocation message.'],
  ['930480a3616263c0', 'InvalidDataException: Null or empty target for StreamInvocation message.'],
  ['930480a36162632a', "InvalidDataException: Reading 'target' as String failed."],
  ['930180a3616263c0', 'InvalidDataException: Null or empty target for Invocation message.'],
  ['960180a3616263a15490c0', "InvalidDataException: Reading array length for 'streamIds' failed."],
  ['960180a3616263a154902a', "InvalidDataException: Reading array length for 'streamIds' failed."],
  ['960180a3616263a15490', "InvalidDataException: Reading array length for 'streamIds' failed."],
  ['960180a3616263a1549091', "InvalidDataException: Reading array length for 'streamIds' failed."],
  ['960180a3616263a15490dd7fffffff', "InvalidDataException: Reading array length for 'streamIds' failed."],
  ['960180a3616263a1549091c0', 'InvalidDataException: Null or empty value in streamIds received.'],
  [
    '960180a3616263a15490912a',
    'MessagePackSerializationException: Unexpected msgpack code 42 (positive fixint) encountered.',
  ],
  ['940380a131', "InvalidDataException: Reading 'resultKind' as Int32 failed."],
  ['940380a131c0', "InvalidDataException: Reading 'resultKind' as Int32 failed."],
  ['940380a131012a', "InvalidDataException: Reading 'error' as String failed."],
  ['940380a13100', 'InvalidDataException: Invalid invocation result kind.'],
  ['9107', "InvalidDataException: Reading 'error' as String failed."],
  ['92072a', "InvalidDataException: Reading 'error' as String failed."],
  ['9307c0c0', "InvalidDataException: Reading 'allowReconnect' as Boolean failed."],
  ['9208ca40000000', "InvalidDataException: Reading 'sequenceId' as Int64 failed."],
  ['9208cfffffffffffffffff', "InvalidDataException: Reading 'sequenceId' as Int64 failed."],
  ['9208d90130', "InvalidDataException: Reading 'sequenceId' as Int64 failed."],
]

/** Wrong from the fourth element of a call on: the call fails, the connection lives. Observed as above. */
const bindingFailures: readonly (readonly [body: string, error: string])[] = [
  ['950180a3616263a154', "Reading array length for 'arguments' failed."],
  ['950180a3616263a154c0', "Reading array length for 'arguments' failed."],
  ['950180a3616263a15480', "Reading array length for 'arguments' failed."],
  ['950180a3616263a15491', "Reading array length for 'arguments' failed."],
  ['950180a3616263a154ddffffffff', "Reading array length for 'arguments' failed."],
  ['950480a3616263a154c0', "Reading array length for 'arguments' failed."],
  ['950180a3616263a15491c1', 'Error binding arguments.'],
  ['950180a3616263a15491d1', 'Error binding arguments.'],
  ['950180a3616263a15491a561', 'Error binding arguments.'],
  ['950180a3616263a15491c4', 'Error binding arguments.'],
  ['950180a3616263a15491d60100000000', 'Error binding arguments.'],
  ['950180a3616263a15491c703ff000000', 'Error binding arguments.'],
  ['950180a3616263a15491c70cff000000007fffffffffffffff', 'Error binding arguments.'],
  ['950180a3616263a1549181c002', 'Error binding arguments.'],
  ['950180a3616263a15491819002', 'Error binding arguments.'],
  ['950480a3616263a15491dd7fffffff', 'Error binding arguments.'],
  // The stream ids are not even looked at.
  ['960180a3616263a15491c1c0', 'Error binding arguments.'],
]

const unboundArguments =
  'Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.'

describe('reading a MessagePack message', () => {
  for (const [body, error] of refusals) {
    it(`refuses ${body}: ${error}`, () => {
      const refusal = refusalOf(protocol, frame(body))
      expect(`${refusal?.exceptionType}: ${refusal?.message}`).to.equal(error)
    })
  }

  for (const [body, error] of bindingFailures) {
    it(`fails only the call of ${body}: ${error}`, () => {
      const [failure, ping] = readAll(protocol, Buffer.concat([frame(body), frame('9106')]))
      expect(ping).to.deep.equal({ type: 6 })
      expect(failure).to.include({ type: 'invocationBindingFailure', invocationId: 'abc', target: 'T' })
      expect(errorOf(failure)).to.equal(
        `InvalidDataException: ${error === 'Error binding arguments.' ? unboundArguments : error}`,
      )
    })
  }

  it('fails a call without id as one without id', () => {
    expect(readOne('950180c0a154c0')).to.include({ type: 'invocationBindingFailure', invocationId: undefined })
    expect(readOne('950180a0a154c0')).to.include({ type: 'invocationBindingFailure', invocationId: undefined })
  })

  it('keeps the reason of a binding failure for the log', () => {
    const failure = readOne('950180c0a15491c1')
    if (failure?.type !== 'invocationBindingFailure') throw new Error('The call has not failed.')
    expect(failure.error.cause)
      .to.be.instanceOf(HubProtocolError)
      .with.property('message', 'Unexpected msgpack code 193 ((never used)) encountered.')
  })

  it('fails only the stream of an item that is missing or cannot be read', () => {
    for (const body of ['930280a131', '940280a131c1', '940280a131d1', '940280a131ddffffffff']) {
      const failure = readOne(body)
      expect(failure, body).to.include({ type: 'streamBindingFailure', streamId: '1' })
      expect(errorOf(failure)).to.equal(
        "InvalidDataException: Deserializing object of the `Object` type for 'item' failed.",
      )
    }
  })

  it('hands the error to whoever awaits a result that is missing or cannot be read', () => {
    for (const body of ['940380a13103', '950380a13103c1', '950380a13103d1']) {
      expect(readOne(body), body).to.deep.equal({
        type: 3,
        headers: undefined,
        invocationId: '1',
        error:
          "Error trying to deserialize result to Object. Deserializing object of the `Object` type for 'argument' failed.",
        result: undefined,
        hasResult: false,
      })
    }
  })

  it('takes every width of arrays, maps, strings and integers', () => {
    const call = {
      type: 1,
      headers: { a: 'b' },
      invocationId: '1',
      target: 'T',
      arguments: [7],
      streamIds: ['s'],
    }
    for (const body of [
      '960181a161a162a131a154910791a173',
      'dc0006cc01de0001d90161da000162d90131da000154dc0001cc07dc0001da000173',
      'dd00000006cd0001df00000001db0000000161db00000001 62db0000000131db0000000154dd00000001cd0007dd00000001db0000000173',
      '96ce0000000181a161a162a131a15491ce0000000791a173',
      '96cf000000000000000181a161a162a131a15491cf000000000000000791a173',
      '96d00181a161a162a131a15491d00791a173',
      '96d1000181a161a162a131a15491d1000791a173',
      '96d20000000181a161a162a131a15491d20000000791a173',
      '96d3000000000000000181a161a162a131a15491d3000000000000000791a173',
    ]) {
      expect(readOne(body), body).to.deep.equal(call)
    }
  })

  it('takes an error of nil as no error, and no result either', () => {
    expect(readOne('940380a13101c0')).to.include({ type: 3, error: undefined, hasResult: false })
    expect(readOne('940380a13101a0')).to.include({ type: 3, error: '', hasResult: false })
    expect(readOne('9207a0')).to.include({ type: 7, error: '' })
  })

  it('looks for allowReconnect only where three elements are announced', () => {
    expect(readOne('9207c0c3')).to.deep.equal({ type: 7, error: undefined, allowReconnect: false })
  })

  it('reads a sequence id as number, whatever its size', () => {
    expect(readOne('9208ff')).to.deep.equal({ type: 8, sequenceId: -1 })
    expect(readOne('9208d37fffffffffffffff')).to.deep.equal({ type: 8, sequenceId: 2 ** 63 })
    expect(readOne('9209cf0000000100000000')).to.deep.equal({ type: 9, sequenceId: 2 ** 32 })
  })

  it('reads bytes that are not UTF-8 as U+FFFD', () => {
    expect(readOne('930580a2c328')).to.include({ invocationId: '\ufffd(' })
  })

  it('reads a header called __proto__ as one like any other', () => {
    const message = readOne('930581a95f5f70726f746f5f5fa161a131')
    expect(message).to.have.property('headers')
    expect(Object.entries((message as { headers: object }).headers)).to.deep.equal([['__proto__', 'a']])
  })
})

function readOne(body: string): ReceivedMessage | undefined {
  const messages = readAll(protocol, frame(body))
  expect(messages).to.have.length(1)
  return messages[0]
}

function errorOf(failure: ReceivedMessage | undefined): string | undefined {
  if (failure === undefined || !('error' in failure) || !(failure.error instanceof HubProtocolError)) return undefined
  return `${failure.error.exceptionType}: ${failure.error.message}`
}
