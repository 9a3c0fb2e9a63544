import {
  type ByteCursor,
  type HubMessage,
  type HubProtocol,
  HubProtocolError,
  type InvocationBinder,
  pingMessage,
  RawResult,
  type ReceivedMessage,
} from '@signalbox/protocol'
import { expect } from 'chai'
import fc from 'fast-check'

/** Bytes a protocol must read, and write unless they are only one of several spellings. */
export type AcceptedVector = WrittenVector | ReadVector

export interface WrittenVector {
  readonly name: string
  readonly wire: Buffer
  readonly message: HubMessage
  readonly isWritten: true
}

export interface ReadVector {
  readonly name: string
  readonly wire: Buffer
  readonly message: ReceivedMessage
  readonly isWritten: false
}

/** Bytes that end the connection. */
export interface RefusedVector {
  readonly name: string
  readonly wire: Buffer
  readonly error: string
  readonly exceptionType?: string
}

export interface HubProtocolVectors {
  readonly accepted: readonly AcceptedVector[]
  readonly refused: readonly RefusedVector[]
}

/** What every hub protocol must do, whatever its encoding: declares the tests for one. */
export function describeHubProtocol(name: string, create: () => HubProtocol, vectors: HubProtocolVectors): void {
  describe(`${name} as a hub protocol`, () => {
    const protocol = create()
    const ping = protocol.writeMessage(pingMessage)

    for (const vector of vectors.accepted) {
      const { name, wire, message } = vector
      describe(name, () => {
        it('is read whole', () => {
          expect(readAll(protocol, wire)).to.deep.equal([message])
        })

        it('is incomplete when cut anywhere', () => {
          for (let end = 0; end < wire.length; end++) {
            const cursor = { bytes: wire, offset: 0, end }
            expect(protocol.tryParseMessage(cursor), `cut at ${end}`).to.equal(undefined)
          }
        })

        it('is read when it arrives byte by byte', () => {
          expect(readByteByByte(protocol, wire)).to.deep.equal([message])
        })

        it('is read between two pings', () => {
          expect(readAll(protocol, Buffer.concat([ping, wire, ping]))).to.deep.equal([
            pingMessage,
            message,
            pingMessage,
          ])
        })

        if (vector.isWritten) {
          it('is written byte by byte the same', () => {
            expect(protocol.writeMessage(vector.message).toString('latin1')).to.equal(wire.toString('latin1'))
          })

          if (protocol.writeText !== undefined) {
            it('is written the same as text', () => {
              expect(protocol.writeText?.(vector.message)).to.equal(wire.toString())
            })
          }
        }
      })
    }

    for (const { name, wire, error, exceptionType = 'InvalidDataException' } of vectors.refused) {
      it(`refuses ${name}, once it is complete`, () => {
        expect(readAll(protocol, wire.subarray(0, -1))).to.deep.equal([])
        const refusal = refusalOf(protocol, wire)
        expect(`${refusal?.exceptionType}: ${refusal?.message}`).to.equal(`${exceptionType}: ${error}`)
      })
    }

    it('does not move on while a message is incomplete', () => {
      const bytes = Buffer.concat([ping, ping.subarray(0, -1)])
      const cursor = { bytes, offset: 0, end: bytes.length }
      expect(protocol.tryParseMessage(cursor)).to.deep.equal(pingMessage)
      expect(protocol.tryParseMessage(cursor)).to.equal(undefined)
      expect(cursor.offset).to.equal(ping.length)
    })

    it('does not look behind the end of the cursor', () => {
      const cursor = { bytes: Buffer.concat([ping, ping]), offset: 0, end: 2 * ping.length - 1 }
      expect(protocol.tryParseMessage(cursor)).to.deep.equal(pingMessage)
      expect(protocol.tryParseMessage(cursor)).to.equal(undefined)
    })

    it('returns nothing that changes when the memory of the cursor is used again', () => {
      for (const { wire, message } of vectors.accepted) {
        const bytes = Buffer.from(wire)
        const read = readAll(protocol, bytes)
        bytes.fill(0x41)
        expect(read).to.deep.equal([message])
      }
    })

    it('reads back any value it wrote', () => {
      const anyValue = fc.jsonValue({ maxDepth: 3 }).map(comparable)
      fc.assert(
        fc.property(anyValue, anyValue, (one, two) => {
          const messages = [completionWith(one), invocationWith([two, one])]
          const wire = Buffer.concat(messages.map(message => protocol.writeMessage(message)))
          expect(readAll(protocol, wire)).to.deep.equal(messages)
        }),
        { seed: 1 },
      )
    }).timeout(10_000)

    it('keeps the bytes of a result that goes on to another server', () => {
      fc.assert(
        fc.property(fc.jsonValue({ maxDepth: 3 }), value => {
          const wire = protocol.writeMessage(completionWith(value))
          const received = Buffer.from(wire)
          const messages = readAll(protocol, received, allRaw) as HubMessage[]
          received.fill(0x41)
          expect(messages[0]).to.have.property('result').that.is.instanceOf(RawResult)
          expect(Buffer.concat(messages.map(message => protocol.writeMessage(message))).equals(wire)).to.equal(true)
        }),
        { seed: 4 },
      )
    }).timeout(10_000)

    it('reads the result of a call of this server, whatever other calls there are', () => {
      const message = completionWith(['a', 1])
      expect(readAll(protocol, protocol.writeMessage(message), { wantsRawResult: id => id === '2' })).to.deep.equal([
        message,
      ])
    })

    it('throws nothing but HubProtocolError on garbage', () => {
      const garbage = fc.uint8Array({ maxLength: 64 })
      fc.assert(
        fc.property(garbage, bytes => surviveReading(protocol, Buffer.from(bytes))),
        { seed: 2, numRuns: 2_000 },
      )
    }).timeout(10_000)

    it('throws nothing but HubProtocolError on damaged messages', () => {
      const wires = [...vectors.accepted, ...vectors.refused].map(vector => vector.wire)
      const damage = fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.uint8Array({ maxLength: 4 })), {
        minLength: 1,
        maxLength: 3,
      })
      fc.assert(
        fc.property(fc.constantFrom(...wires), damage, (wire, cuts) => {
          let bytes = wire
          for (const [at, removed, inserted] of cuts) {
            const index = at % (bytes.length + 1)
            bytes = Buffer.concat([bytes.subarray(0, index), inserted, bytes.subarray(index + removed)])
          }
          surviveReading(protocol, bytes)
        }),
        { seed: 3, numRuns: 5_000 },
      )
    }).timeout(10_000)
  })
}

/** As on a server where each result goes on to another one. */
export const allRaw: InvocationBinder = { wantsRawResult: () => true }

/** Every message in the bytes. */
export function readAll(protocol: HubProtocol, bytes: Buffer, binder?: InvocationBinder): ReceivedMessage[] {
  const cursor: ByteCursor = { bytes, offset: 0, end: bytes.length }
  const messages: ReceivedMessage[] = []
  for (;;) {
    const message = protocol.tryParseMessage(cursor, binder)
    if (message === undefined) return messages
    messages.push(message)
  }
}

export function refusalOf(
  protocol: HubProtocol,
  bytes: Buffer,
  binder?: InvocationBinder,
): HubProtocolError | undefined {
  try {
    readAll(protocol, bytes, binder)
    return undefined
  } catch (error) {
    if (error instanceof HubProtocolError) return error
    throw error
  }
}

function readByteByByte(protocol: HubProtocol, bytes: Buffer): ReceivedMessage[] {
  const cursor: ByteCursor = { bytes, offset: 0, end: 0 }
  const messages: ReceivedMessage[] = []
  while (cursor.end < bytes.length) {
    cursor.end++
    const message = protocol.tryParseMessage(cursor)
    if (message !== undefined) messages.push(message)
  }
  return messages
}

/** Reads on behind what was refused, as a connection would not, so that one run tries more. */
function surviveReading(protocol: HubProtocol, bytes: Buffer): void {
  for (const binder of [undefined, allRaw]) surviveReadingWith(binder, protocol, bytes)
}

function surviveReadingWith(binder: InvocationBinder | undefined, protocol: HubProtocol, bytes: Buffer): void {
  const cursor: ByteCursor = { bytes, offset: 0, end: bytes.length }
  for (let before = -1; cursor.offset > before; ) {
    before = cursor.offset
    try {
      protocol.tryParseMessage(cursor, binder)
    } catch (error) {
      if (!(error instanceof HubProtocolError)) throw error
    }
  }
}

function completionWith(result: unknown): HubMessage {
  return { type: 3, headers: undefined, invocationId: '1', error: undefined, result, hasResult: true }
}

function invocationWith(values: unknown[]): HubMessage {
  return { type: 1, headers: undefined, invocationId: undefined, target: 'M', arguments: values, streamIds: undefined }
}

/**
 * No encoding promises to keep the sign of zero, nor whether a whole number that has left what a double is sure of was
 * a bigint.
 */
function comparable(value: unknown): unknown {
  const text = JSON.stringify(value)
  return JSON.parse(text, (_key, member) => (isUnsafeInteger(member) ? 0.5 : member))
}

const isUnsafeInteger = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)
