import { capturedPayloads } from '@signalbox/conformance'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  readAck,
  readCompletion,
  readGroupCommand,
  readInvocation,
  writeAck,
  writeCompletion,
  writeGroupCommand,
  writeInvocation,
} from './cluster-protocol.js'
import { InvalidPayloadError } from './payload-reader.js'

const run = { seed: 20_260_401, numRuns: 2_000 }
const readers = { readAck, readCompletion, readGroupCommand, readInvocation }

/** Anything but an InvalidPayloadError fails the test. */
function readOrRefuse(read: (payload: Buffer) => unknown, payload: Buffer): void {
  try {
    read(payload)
  } catch (error) {
    expect(error).to.be.an.instanceOf(InvalidPayloadError)
  }
}

/** What the wire carries of a text: half a surrogate pair is U+FFFD there. */
const onTheWire = (text: string): string => Buffer.from(text).toString()
const name = fc.string({ unit: 'binary', maxLength: 300 }).map(onTheWire)
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const blob = fc.uint8Array({ maxLength: 70_000 }).map(bytes => Buffer.from(bytes))

describe('Redis protocol, whatever arrives', () => {
  for (const [reader, read] of Object.entries(readers)) {
    it(`is read or refused by ${reader}: random bytes`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), bytes => readOrRefuse(read, Buffer.from(bytes))),
        run,
      )
    })

    it(`is read or refused by ${reader}: real payloads with some bytes changed, cut off`, () => {
      const payloads = capturedPayloads().map(({ payload }) => payload)
      const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 })
      fc.assert(
        fc.property(fc.constantFrom(...payloads), changes, fc.nat(), (payload, changed, cutAt) => {
          const bytes = Buffer.from(payload)
          for (const [position, value] of changed) bytes[position % bytes.length] = value
          readOrRefuse(read, bytes.subarray(0, cutAt % (bytes.length + 1)))
        }),
        run,
      )
    })
  }
})

describe('Redis protocol, whatever is sent', () => {
  it('comes out as it went in: acks', () => {
    fc.assert(
      fc.property(int32, id => {
        expect(readAck(writeAck(id))).to.equal(id)
      }),
      run,
    )
  })

  it('comes out as it went in: group commands', () => {
    const command = fc.record({
      id: int32,
      serverName: name,
      action: fc.integer({ min: 0, max: 255 }),
      groupName: name,
      connectionId: name,
    })
    fc.assert(
      fc.property(command, sent => {
        expect(readGroupCommand(writeGroupCommand(sent))).to.deep.equal({ ...sent })
      }),
      run,
    )
  })

  it('comes out as it went in: completions', () => {
    fc.assert(
      fc.property(name, blob, (protocolName, completion) => {
        expect(readCompletion(writeCompletion(protocolName, completion))).to.deep.equal({ protocolName, completion })
      }),
      { ...run, numRuns: 200 },
    )
  })

  it('comes out as it went in: invocations', () => {
    const messages = fc.array(fc.tuple(name, blob), { maxLength: 3 }).map(entries => new Map(entries))
    const result = fc.option(fc.record({ invocationId: name, returnChannel: name }), { nil: undefined })
    fc.assert(
      fc.property(messages, fc.array(name, { maxLength: 20 }), result, (sent, excluded, wanted) => {
        expect(readInvocation(writeInvocation(sent, excluded, wanted))).to.deep.equal({
          excludedConnectionIds: excluded,
          messages: sent,
          invocationId: wanted?.invocationId,
          returnChannel: wanted?.returnChannel,
        })
      }),
      { ...run, numRuns: 200 },
    )
  })
})
