import { expect } from 'chai'
import { ReceiveBuffer } from './receive-buffer.js'

const bufferOf = (...parts: Uint8Array[]) => {
  const buffer = new ReceiveBuffer()
  for (const part of parts) buffer.append(part)
  return buffer
}

describe('ReceiveBuffer', () => {
  it('has what was appended, in order', () => {
    expect(bufferOf(Buffer.from('ab'), Buffer.from('c')).bytes.toString()).to.equal('abc')
  })

  it('has what is left behind the consumed bytes', () => {
    const buffer = bufferOf(Buffer.alloc(300, 'a'), Buffer.from('bc'))
    buffer.consume(301)
    buffer.append(Buffer.from('d'))

    expect(buffer.bytes.toString()).to.equal('cd')
  })

  it('does not keep the memory of a large message that has been read', () => {
    const buffer = bufferOf(Buffer.alloc(900_000))
    buffer.consume(900_000)

    expect(buffer.capacity).to.equal(256)
  })

  it('does not keep it for the first bytes of the next message either', () => {
    const buffer = bufferOf(Buffer.alloc(900_000), Buffer.from('next'))
    buffer.consume(900_000)

    expect(buffer.capacity).to.equal(256)
    expect(buffer.bytes.toString()).to.equal('next')
  })

  it('keeps the memory of a small message for the next one', () => {
    const buffer = bufferOf(Buffer.alloc(1000))
    buffer.consume(1000)

    expect(buffer.capacity).to.equal(1000)
  })

  it('takes no more than twice the memory of what came byte by byte', () => {
    const buffer = new ReceiveBuffer()
    for (let count = 0; count < 10_000; count++) buffer.append(Buffer.of(count))

    expect(buffer.capacity).to.be.at.most(20_000)
  })

  it('gives away what it has, memory included', () => {
    const buffer = bufferOf(Buffer.from('a'), Buffer.from('b'))

    expect([buffer.take().toString(), buffer.length, buffer.capacity]).to.deep.equal(['ab', 0, 0])
  })

  it('moves little of what is consumed bit by bit', () => {
    const buffer = bufferOf(Buffer.alloc(900_000))
    const before = buffer.bytes.buffer
    let moves = 0
    for (let memory = before; buffer.length > 0; buffer.consume(10)) {
      if (buffer.bytes.buffer !== memory) moves++
      memory = buffer.bytes.buffer
    }
    buffer.append(Buffer.from('next'))

    expect(moves).to.be.below(10)
    expect(buffer.bytes.toString()).to.equal('next')
  })

  it('takes no more memory for what is appended while as much is consumed', () => {
    const buffer = bufferOf(Buffer.alloc(300, 'a'))
    for (let round = 0; round < 1_000; round++) {
      buffer.append(Buffer.alloc(50, String(round % 10)))
      buffer.consume(50)
    }

    expect(buffer.length).to.equal(300)
    expect(buffer.bytes.subarray(-50).toString()).to.equal('9'.repeat(50))
    expect(buffer.capacity).to.be.at.most(1_200)
  })
})
