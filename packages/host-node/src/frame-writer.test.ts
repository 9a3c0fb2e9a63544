import { expect } from 'chai'
import { opcodes, writeCloseFrame, writeFrame, writeMessageFrame } from './frame-writer.js'

describe('frames that go out', () => {
  for (const [length, head] of [
    [0, '8100'],
    [125, '817d'],
    [126, '817e007e'],
    [65_535, '817effff'],
    [65_536, '817f0000000000010000'],
  ] as const)
    it(`of ${length} bytes have the head ${head}`, () => {
      const payload = Buffer.alloc(length, 'x')
      const frame = writeFrame(opcodes.text, payload)

      expect(frame.subarray(0, frame.length - length).toString('hex')).to.equal(head)
      expect(frame.subarray(frame.length - length).equals(payload)).to.equal(true)
    })

  it('say their kind', () => {
    expect(writeFrame(opcodes.binary, Buffer.of(1)).toString('hex')).to.equal('820101')
    expect(writeCloseFrame(1001).toString('hex')).to.equal('880203e9')
  })

  it('are shared by the receivers of the same bytes', () => {
    const payload = Buffer.from('hello')

    expect(writeMessageFrame(opcodes.text, payload)).to.equal(writeMessageFrame(opcodes.text, payload))
  })

  it('are not shared by text and binary', () => {
    const payload = Buffer.from('hello')
    const text = writeMessageFrame(opcodes.text, payload)

    expect(writeMessageFrame(opcodes.binary, payload)).not.to.equal(text)
  })

  it('are written anew in the next task, since the bytes may be others by then', async () => {
    const payload = Buffer.from('hello')
    writeMessageFrame(opcodes.text, payload)
    await Promise.resolve()
    payload.fill('x')

    expect(writeMessageFrame(opcodes.text, payload).toString('latin1')).to.equal('\x81\x05xxxxx')
  })
})
