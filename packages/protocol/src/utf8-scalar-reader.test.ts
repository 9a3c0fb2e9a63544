import { readAll, refusalOf } from '@signalbox/conformance'
import { expect } from 'chai'
import { JsonHubProtocol } from './json-hub-protocol.js'
import { record } from './testing/json-vectors.js'

const protocol = new JsonHubProtocol()

/** Around the length at which the reader changes from bytes to native calls, and what follows in steps of words. */
const lengths = [
  1,
  2,
  3,
  4,
  63,
  64,
  65,
  ...Array.from({ length: 40 }, (_, index) => 180 + index),
  383,
  384,
  385,
  16_384,
]

function argument(json: string): Buffer {
  return record(`{"type":1,"target":"M","arguments":[${json}]}`)
}

function readArgument(json: string): unknown {
  const [message] = readAll(protocol, argument(json))
  return message?.type === 1 ? message.arguments[0] : undefined
}

describe('Utf8ScalarReader on long strings', () => {
  it('reads plain text of any length', () => {
    for (const length of lengths) {
      const text = 'x'.repeat(length)
      expect(readArgument(`"${text}"`) === text, `${length}`).to.equal(true)
      expect(readArgument(`{"a":["${text}"]}`), `${length}`).to.deep.equal({ a: [text] })
    }
  })

  for (const special of ['"', '\\', '\n', '\u0001', 'é', '日', '😀', '\u007f']) {
    it(`reads ${JSON.stringify(special)} wherever it stands`, () => {
      for (const length of [66, 200, 230, 420]) {
        for (let at = 0; at <= length; at++) {
          const text = `${'x'.repeat(at)}${special}${'y'.repeat(length - at)}`
          expect(readArgument(JSON.stringify(text)) === text, `${length}, ${at}`).to.equal(true)
        }
      }
    })
  }

  it('reads text full of escapes', () => {
    for (const text of ['\n'.repeat(2_000), '"'.repeat(2_000), 'a\\'.repeat(5_000), '😀\t'.repeat(2_000)]) {
      expect(readArgument(JSON.stringify(text)) === text).to.equal(true)
    }
  })

  it('refuses a control character wherever it stands', () => {
    for (let at = 0; at < 420; at++) {
      const text = `${'x'.repeat(at)}\u0001${'y'.repeat(420 - at)}`
      expect(refusalOf(protocol, argument(`"${text}"`))?.message, `${at}`).to.equal('Error reading JSON.')
    }
  })

  it('refuses a string that does not end', () => {
    for (const length of lengths) {
      const open = record(`{"type":6,"x":"${'x'.repeat(length)}`)
      expect(refusalOf(protocol, open)?.message, `${length}`).to.equal('Error reading JSON.')
      // The next quote belongs to the next record.
      expect(refusalOf(protocol, Buffer.concat([open, record('{"type":6}')]))?.message).to.equal('Error reading JSON.')
    }
  })
})
