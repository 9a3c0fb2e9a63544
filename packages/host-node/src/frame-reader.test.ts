import type { EventEmitter } from 'node:events'
import type { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { clientFrame, closePayload, opcodes } from '@signalbox/conformance'
import { expect } from 'chai'
import fc from 'fast-check'
import * as ws from 'ws'
import { FrameReader } from './frame-reader.js'

const limitBytes = 300

/** What was found in the pieces, in order; messages as texts of hex digits. */
const read = (pieces: readonly Buffer[]): string[] => readInPlace(pieces.map(piece => Buffer.from(piece)))

function readInPlace(pieces: readonly Buffer[]): string[] {
  const found: string[] = []
  const reader = new FrameReader(
    {
      onMessage: payload => found.push(`message ${payload.toString('hex')}`),
      onPing: payload => found.push(`ping ${payload.toString('hex')}`),
      onPeerClose: () => found.push('close'),
      onBadFrame: (_reason, closeCode) => found.push(`bad ${closeCode}`),
    },
    limitBytes,
  )
  for (const piece of pieces) reader.read(piece)
  return found
}

/** ws exports it, its types leave it out. */
const { Receiver } = ws as unknown as {
  readonly Receiver: new (options: {
    readonly isServer: boolean
    readonly maxPayload: number
  }) => Writable & EventEmitter<{ message: [Buffer]; ping: [Buffer]; conclude: []; error: [NodeJS.ErrnoException] }>
}

const closeCodes: Readonly<Record<string, number | undefined>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: undefined,
}

/** The same by ws, which tells of an error in the next turn. */
async function readByWs(bytes: Buffer): Promise<string[]> {
  const found: string[] = []
  const receiver = new Receiver({ isServer: true, maxPayload: limitBytes })
  receiver.on('message', payload => found.push(`message ${payload.toString('hex')}`))
  receiver.on('ping', payload => found.push(`ping ${payload.toString('hex')}`))
  receiver.on('conclude', () => found.push('close'))
  receiver.on('error', ({ code = '' }: NodeJS.ErrnoException) =>
    found.push(`bad ${code in closeCodes ? closeCodes[code] : 1002}`),
  )
  receiver.write(Buffer.from(bytes))
  await turn()
  return found
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map(place => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

describe('FrameReader', () => {
  it('gives a message that came in fragments, with a ping between them, in one piece', () => {
    const frames = [
      clientFrame(opcodes.text, 'he', false),
      clientFrame(opcodes.ping, '!'),
      clientFrame(opcodes.continuation, '', false),
      clientFrame(opcodes.continuation, 'llo'),
    ]
    expect(read([Buffer.concat(frames)])).to.deep.equal(['ping 21', `message ${Buffer.from('hello').toString('hex')}`])
  })

  it('unmasks a long message wherever in memory it lies and wherever it is cut', () => {
    const payload = Buffer.from(Array.from({ length: 290 }, (_, index) => index & 0xff))
    const frame = clientFrame(opcodes.binary, payload)
    const found = new Set<string>()
    for (let place = 0; place < 4; place++)
      for (let end = 136; end < 145; end++) {
        const memory = Buffer.from(new ArrayBuffer(frame.length + place))
        frame.copy(memory, place)
        found.add(readInPlace([memory.subarray(place, place + end), memory.subarray(place + end)]).join())
      }
    expect([...found]).to.deep.equal([`message ${payload.toString('hex')}`])
  })

  it('reads nothing behind a close frame', () => {
    const frames = [clientFrame(opcodes.close, closePayload(1000)), clientFrame(opcodes.text, 'late')]
    expect(read(frames)).to.deep.equal(['close'])
  })

  for (const [name, frames, found] of [
    ['at the limit', [clientFrame(opcodes.binary, Buffer.alloc(limitBytes))], `message ${'00'.repeat(limitBytes)}`],
    ['above it', [clientFrame(opcodes.binary, Buffer.alloc(limitBytes + 1))], 'bad undefined'],
    [
      'above it in fragments',
      [clientFrame(opcodes.binary, Buffer.alloc(limitBytes), false), clientFrame(opcodes.continuation, 'x')],
      'bad undefined',
    ],
  ] as const)
    it(`answers a message ${name} with '${found.slice(0, 13)}'`, () => {
      expect(read(frames)).to.deep.equal([found])
    })

  it('refuses a message before it has come whole', () => {
    expect(read([clientFrame(opcodes.binary, Buffer.alloc(2 * limitBytes)).subarray(0, 4)])).to.deep.equal([
      'bad undefined',
    ])
  })

  it('finds what ws finds, however the bytes are cut', async () => {
    const payloads = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
      fc.string({ unit: 'binary', maxLength: 60 }).map(text => Buffer.from(text)),
      fc.constantFrom(closePayload(1000), closePayload(1005), closePayload(3000), Buffer.alloc(1), Buffer.alloc(130)),
    )
    const frames = fc.oneof(
      { weight: 8, arbitrary: fc.tuple(fc.constantFrom(0, 1, 2, 9, 10), payloads, fc.boolean()) },
      { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 0, max: 15 }), payloads, fc.boolean()) },
    )
    const streams = fc.oneof(
      fc
        .array(frames, { maxLength: 8 })
        .map(all => Buffer.concat(all.map(([opcode, payload, isFinal]) => clientFrame(opcode, payload, isFinal)))),
      // A message in fragments with control frames between them, and whatever behind it.
      fc
        .tuple(fc.constantFrom(1, 2), fc.array(payloads, { maxLength: 6 }), fc.array(fc.uint8Array({ maxLength: 9 })))
        .map(([opcode, parts, noise]) =>
          Buffer.concat([
            clientFrame(opcode, '', false),
            ...parts.flatMap(part => [clientFrame(0, part, false), clientFrame(9, part.subarray(0, 125))]),
            clientFrame(0, ''),
            ...noise,
          ]),
        ),
    )
    const run = fc.asyncProperty(streams, fc.array(fc.nat(), { maxLength: 12 }), async (bytes, places) => {
      expect(read(cut(bytes, places))).to.deep.equal(await readByWs(bytes))
    })
    await fc.assert(run, { seed: 1, numRuns: 500 })
  })
})
