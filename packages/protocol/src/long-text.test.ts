import { expect } from 'chai'
import { hasControlCharacter } from './long-text.js'

describe('hasControlCharacter', () => {
  it('finds every control character at every place and alignment', () => {
    for (let offset = 0; offset < 4; offset++) {
      for (const length of [1, 3, 31, 32, 33, 47, 50]) {
        const bytes = Buffer.alloc(60, 'x').subarray(offset, offset + length)
        for (let at = 0; at < length; at++) {
          bytes[at] = (at * 7) % 0x20
          expect(hasControlCharacter(bytes), `${offset}, ${length}, ${at}`).to.equal(true)
          bytes[at] = 0x78
        }
      }
    }
  })

  it('finds none in bytes that are none, whatever their neighbours', () => {
    const bytes = Buffer.from(Array.from({ length: 4 * 224 }, (_, index) => 0x20 + ((index * 37) % 224)))
    for (let start = 0; start < 20; start++) {
      for (let end = start; end < bytes.length; end++) {
        expect(hasControlCharacter(bytes.subarray(start, end)), `${start} to ${end}`).to.equal(false)
      }
    }
  })
})
