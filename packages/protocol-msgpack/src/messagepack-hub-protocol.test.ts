import { describeHubProtocol, readAll } from '@signalbox/conformance'
import type { CompletionMessage, HubMessage } from '@signalbox/protocol'
import { expect } from 'chai'
import { MessagePackHubProtocol } from './messagepack-hub-protocol.js'
import { bytesOf } from './testing/frame.js'
import { messagePackVectors } from './testing/messagepack-vectors.js'

describeHubProtocol('MessagePackHubProtocol', () => new MessagePackHubProtocol(), messagePackVectors)

describe('MessagePackHubProtocol', () => {
  const protocol = new MessagePackHubProtocol()

  it('has the name, version and format of the handshake', () => {
    expect(protocol).to.include({ name: 'messagepack', version: 2, transferFormat: 'Binary' })
  })

  it('reads two messages from one chunk', () => {
    expect(readAll(protocol, bytesOf('02 91 06 02 91 06'))).to.deep.equal([{ type: 6 }, { type: 6 }])
  })

  it('skips a message of a type it does not know and reads the one behind it', () => {
    for (const unknown of ['03 92 63 80', '03 92 00 80', '02 91 ff', '06 91 d2 7f ff ff ff']) {
      expect(readAll(protocol, bytesOf(`${unknown} 02 91 06`)), unknown).to.deep.equal([{ type: 6 }])
    }
  })

  it('moves past a message of unknown type though nothing follows', () => {
    const cursor = { bytes: bytesOf('03 92 63 80 02 91'), offset: 0, end: 6 }
    expect(protocol.tryParseMessage(cursor)).to.equal(undefined)
    expect(cursor.offset).to.equal(4)
  })

  it('writes a message whose value writes another message meanwhile', () => {
    const inner = completionWith('inner')
    let innerBytes: Buffer | undefined
    const value = {
      before: 'a',
      get nested() {
        innerBytes = protocol.writeMessage(inner)
        return 'b'
      },
      after: 'c',
    }
    const outerBytes = protocol.writeMessage(completionWith(value))
    expect(readAll(protocol, outerBytes)).to.deep.equal([completionWith({ before: 'a', nested: 'b', after: 'c' })])
    expect(readAll(protocol, innerBytes!)).to.deep.equal([inner])
  })

  it('writes on as before after a value that cannot be written', () => {
    const broken = completionWith(['x'.repeat(100_000), 2n ** 64n])
    expect(() => protocol.writeMessage(broken)).to.throw(RangeError)
    expect(protocol.writeMessage({ type: 6 })).to.deep.equal(bytesOf('02 91 06'))
  })

  it('writes every message into memory of its own', () => {
    const first = protocol.writeMessage(completionWith('one'))
    const copy = Buffer.from(first)
    protocol.writeMessage(completionWith('two'))
    expect(first).to.deep.equal(copy)
  })

  it('writes messages of any size', () => {
    for (const length of [100, 127, 128, 4_000, 4_096, 16_383, 16_384, 65_536, 2_097_152]) {
      const message = completionWith('x'.repeat(length))
      expect(readAll(protocol, protocol.writeMessage(message)), `${length}`).to.deep.equal([message])
    }
  })

  it('writes an empty id as nil, an empty error of a close as nil, but an empty error of a completion as it is', () => {
    const call = { type: 1, headers: {}, invocationId: '', target: 'T', arguments: [], streamIds: [] } as const
    expect(hexOf(call)).to.equal('08960180c0a1549090')
    expect(hexOf({ type: 7, error: '', allowReconnect: false })).to.equal('049307c0c2')
    expect(hexOf({ ...completionWith(undefined), hasResult: false, error: '' })).to.equal('07950380a13101a0')
  })

  it('keeps falsy results apart from none', () => {
    for (const result of [false, 0, '', null]) {
      expect(readAll(protocol, protocol.writeMessage(completionWith(result)))).to.deep.equal([completionWith(result)])
    }
    expect(hexOf(completionWith(undefined))).to.equal('07950380a13103c0')
  })

  function hexOf(message: HubMessage): string {
    return protocol.writeMessage(message).toString('hex')
  }
})

function completionWith(result: unknown): CompletionMessage {
  return { type: 3, headers: undefined, invocationId: '1', error: undefined, result, hasResult: true }
}
