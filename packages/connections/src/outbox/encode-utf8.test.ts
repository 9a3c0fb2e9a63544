import { expect } from 'chai'
import fc from 'fast-check'
import { encodeUtf8 } from './encode-utf8.js'

describe('encodeUtf8', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4000 }),
    fc.string({ unit: 'binary-ascii', maxLength: 4000 }),
    fc.constantFrom('', 'é', '\u{1f600}', '\u20ac'.repeat(1365), '\u20ac'.repeat(1366)),
  )

  it('gives the bytes of Buffer.from, which no later text changes', () => {
    const run = fc.property(fc.array(texts, { maxLength: 20 }), many => {
      const encoded = many.map(text => encodeUtf8(text))
      expect(encoded.map(bytes => bytes.toString('hex'))).to.deep.equal(
        many.map(text => Buffer.from(text).toString('hex')),
      )
    })
    fc.assert(run, { seed: 1, numRuns: 200 })
  })
})
