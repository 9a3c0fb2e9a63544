// docs/values.md says what each value becomes; both protocols are held to its tables. npm test runs this.
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { JsonHubProtocol, PreciseDate } from '../packages/protocol/dist/index.js'
import { MessagePackHubProtocol } from '../packages/protocol-msgpack/dist/index.js'

const json = new JsonHubProtocol()
const messagePack = new MessagePackHubProtocol()
const tables = readTables(readFileSync('docs/values.md', 'utf8'))

describe('docs/values.md', () => {
  describe('out', () => {
    for (const [code, jsonText, hex] of rowsUnder('JavaScript', 'JSON', 'MessagePack', '.NET reads')) {
      it(`writes ${code}`, () => {
        expect(writeJson(evaluate(code))).to.equal(jsonText)
        expect(writeMessagePack(evaluate(code))).to.equal(hex)
      })
    }

    for (const [code, error] of rowsUnder('JavaScript', 'error')) {
      it(`refuses ${code}`, () => {
        for (const write of [writeJson, writeMessagePack])
          expect(() => write(evaluate(code)))
            .to.throw()
            .with.property('name', error)
      })
    }
  })

  describe('in', () => {
    for (const [jsonText, code] of rowsUnder('JSON', 'arrives as')) {
      it(`reads ${jsonText}`, () => {
        expectSame(readJson(jsonText), evaluate(code))
      })
    }

    for (const [hex, code] of rowsUnder('MessagePack', 'arrives as')) {
      it(`reads ${hex}`, () => {
        expectSame(readMessagePack(hex), evaluate(code))
      })
    }
  })
})

/** By type and by content; a PreciseDate by its ticks too, which deep equality does not see. */
function expectSame(actual, expected) {
  expect(actual).to.deep.equal(expected)
  expect(actual?.constructor).to.equal(expected?.constructor)
  expect(actual?.ticks).to.equal(expected?.ticks)
}

function completion(result) {
  return { type: 3, headers: undefined, invocationId: '1', error: undefined, result, hasResult: true }
}

const jsonStart = '{"type":3,"invocationId":"1","result":'

function writeJson(value) {
  return json.writeMessage(completion(value)).toString().slice(jsonStart.length, -'}\x1e'.length)
}

function readJson(text) {
  return read(json, Buffer.from(`${jsonStart}${text}}\x1e`))
}

/** Array of five, the type, no headers, the id, and that a result follows. */
const messagePackStart = Buffer.from('950380a13103', 'hex')

function writeMessagePack(value) {
  const message = messagePack.writeMessage(completion(value))
  const start = message.indexOf(messagePackStart) + messagePackStart.length
  return message
    .subarray(start)
    .toString('hex')
    .replaceAll(/..(?!$)/g, '$& ')
}

function readMessagePack(hex) {
  const body = Buffer.concat([messagePackStart, Buffer.from(hex.replaceAll(' ', ''), 'hex')])
  return read(messagePack, Buffer.concat([Buffer.of(body.length), body]))
}

function read(protocol, bytes) {
  const message = protocol.tryParseMessage({ bytes, offset: 0, end: bytes.length })
  expect(message.error).to.equal(undefined)
  return message.result
}

/** The value of a piece of code, new each time. */
function evaluate(code) {
  return new Function('PreciseDate', `return (${code})`)(PreciseDate)
}

/** The rows of the table with these columns, of each cell the code it begins with. */
function rowsUnder(...columns) {
  const table = tables.find(([head]) => head.join() === columns.join())
  if (table === undefined) throw new Error(`docs/values.md has no table of ${columns.join(', ')}`)
  return table.slice(2).map(cells => cells.map(cell => /^`(.+?)`/.exec(cell)?.[1] ?? cell))
}

/** Every table of the page, as rows of cells. */
function readTables(page) {
  const paragraphs = page.split(/\n{2,}/).filter(paragraph => paragraph.startsWith('|'))
  return paragraphs.map(paragraph => paragraph.trim().split('\n').map(cellsOf))
}

function cellsOf(row) {
  return row
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim())
}
