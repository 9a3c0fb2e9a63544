// Nanoseconds per message of the MessagePack hub protocol beside plain @msgpack/msgpack on the same arrays.
// Build first, then: node packages/protocol-msgpack/bench/messagepack.mjs
import { Decoder, Encoder } from '@msgpack/msgpack'
import { report } from '../../protocol/bench/report.mjs'
import { MessagePackHubProtocol } from '../dist/index.js'

const protocol = new MessagePackHubProtocol()
const encoder = new Encoder()
const decoder = new Decoder()
const order = { id: 17, customer: 'Ada', lines: [{ sku: 'A-1', count: 2, price: 9.5 }], note: null }

const payloads = {
  '32 B': 'abcdefgh'.repeat(4),
  '16 KB': 'abcdefgh'.repeat(2048),
  '16 KB binary': new Uint8Array(16_384).fill(7),
  object: order,
  Cyrillic: 'привет, мир '.repeat(8),
  integer: 123_456,
}
for (const [name, payload] of Object.entries(payloads)) {
  read(name, [1, {}, '0', 'Echo', [payload]])
  const result = { headers: undefined, invocationId: '0', error: undefined, result: payload, hasResult: true }
  write(name, { type: 3, ...result }, [3, {}, '0', 3, payload])
  const call = { headers: undefined, invocationId: undefined, streamIds: undefined }
  write(`${name} broadcast`, { type: 1, ...call, target: 'Receive', arguments: [payload] }, [
    1,
    {},
    null,
    'Receive',
    [payload],
    [],
  ])
}
read('ping', [6])

function read(name, array) {
  const body = encoder.encode(array)
  const bytes = frame(body)
  const cursor = { bytes, offset: 0, end: bytes.length }
  report(`read ${name}`, bytes.length, {
    ours: () => {
      cursor.offset = 0
      return protocol.tryParseMessage(cursor)
    },
    library: () => decoder.decode(body),
  })
}

function write(name, message, array) {
  report(`write ${name}`, protocol.writeMessage(message).length, {
    ours: () => protocol.writeMessage(message),
    library: () => encoder.encode(array),
  })
}

/** Puts the length in front: seven bits per byte. */
function frame(body) {
  const prefix = []
  let rest = body.length
  for (; rest > 0x7f; rest >>>= 7) prefix.push((rest & 0x7f) | 0x80)
  return Buffer.concat([Buffer.from([...prefix, rest]), body])
}
