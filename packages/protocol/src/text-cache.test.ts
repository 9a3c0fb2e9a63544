import { expect } from 'chai'
import type { NativeBuffer } from './native-buffer.js'
import { TextCache } from './text-cache.js'

describe('TextCache', () => {
  it('gives back the text of the bytes, however many there are', () => {
    const cache = new TextCache()
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 2_000; index++) {
        const text = `method${index}`.repeat(1 + (index % 7))
        const bytes = Buffer.from(`<${text}>`) as NativeBuffer
        expect(cache.get(bytes, 1, bytes.length - 1)).to.equal(text)
        bytes.fill(0)
      }
    }
  })
})
