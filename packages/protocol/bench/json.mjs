// Nanoseconds per message of the JSON hub protocol beside plain JSON.parse and JSON.stringify.
// Build first, then: node packages/protocol/bench/json.mjs
import { JsonHubProtocol } from '../dist/index.js'
import { report } from './report.mjs'

const protocol = new JsonHubProtocol()
const text32 = 'abcdefgh'.repeat(4)
const text16K = 'abcdefgh'.repeat(2048)
const order = { id: 17, customer: 'Ada', lines: [{ sku: 'A-1', count: 2, price: 9.5 }], note: null }

const payloads = { '32 B': text32, '16 KB': text16K, object: order, Cyrillic: 'привет, мир '.repeat(8) }
for (const [name, payload] of Object.entries(payloads)) {
  const value = JSON.stringify(payload)
  read(name, `{"type":1,"invocationId":"0","target":"Echo","arguments":[${value}]}\x1e`)
  read(`${name}, JS order`, `{"arguments":[${value}],"invocationId":"0","target":"Echo","type":1}\x1e`)
  write(name, { type: 3, headers: undefined, invocationId: '0', error: undefined, result: payload, hasResult: true })
  const call = { headers: undefined, invocationId: undefined, streamIds: undefined }
  write(`${name} broadcast`, { type: 1, ...call, target: 'Receive', arguments: [payload] })
}
read('ping', '{"type":6}\x1e')

function read(name, record) {
  const bytes = Buffer.from(record)
  const cursor = { bytes, offset: 0, end: bytes.length }
  report(`read ${name}`, bytes.length, {
    ours: () => {
      cursor.offset = 0
      return protocol.tryParseMessage(cursor)
    },
    'JSON.parse': () => JSON.parse(bytes.toString('utf8', 0, bytes.length - 1)),
  })
}

function write(name, message) {
  report(`write ${name}`, protocol.writeMessage(message).length, {
    ours: () => protocol.writeMessage(message),
    'JSON.stringify': () => Buffer.from(`${JSON.stringify(message)}\x1e`),
  })
}
