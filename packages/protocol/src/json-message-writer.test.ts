import { readAll } from '@signalbox/conformance'
import { expect } from 'chai'
import type { HubMessage } from './hub-message.js'
import { JsonHubProtocol } from './json-hub-protocol.js'

const protocol = new JsonHubProtocol()

function write(message: HubMessage): string {
  return protocol.writeMessage(message).toString()
}

function completion(result: unknown): HubMessage {
  return { type: 3, headers: undefined, invocationId: '1', error: undefined, result, hasResult: true }
}

/** The JSON text of a result. */
function written(result: unknown): string {
  return write(completion(result)).slice('{"type":3,"invocationId":"1","result":'.length, -2)
}

/** A value that contains itself. */
function cyclic(): unknown {
  const cycle: unknown[] = [1]
  cycle.push({ cycle })
  return cycle
}

describe('writeText', () => {
  it('leaves a long text to be written as bytes', () => {
    expect(protocol.writeText(completion('x'.repeat(2000)))).to.equal(undefined)
  })

  it('lets errors of the serializer through', () => {
    expect(() => protocol.writeText(completion(cyclic()))).to.throw(TypeError)
  })
})

describe('createStreamItemWriter', () => {
  for (const id of ['1', '"\x1e\u20ac\\']) {
    it(`writes the items of stream ${JSON.stringify(id)} as writeMessage does`, () => {
      const textOf = protocol.createStreamItemWriter(id)
      for (const item of [1, null, undefined, 'caf\u00e9', { a: [true] }, 'x'.repeat(2000)])
        expect(textOf(item)).to.equal(write({ type: 2, headers: undefined, invocationId: id, item }))
    })
  }

  it('lets errors of the serializer through', () => {
    expect(() => protocol.createStreamItemWriter('1')(cyclic())).to.throw(TypeError)
  })
})

describe('writeMessage', () => {
  const call = {
    type: 1,
    headers: undefined,
    invocationId: undefined,
    target: 'M',
    arguments: [],
    streamIds: undefined,
  } as const

  it('leaves out what is absent or empty', () => {
    expect(write({ ...call, headers: {}, invocationId: '' })).to.equal('{"type":1,"target":"M","arguments":[]}\x1e')
    const noResult = { ...completion(1), hasResult: false } as HubMessage
    expect(write({ ...noResult, error: '' } as HubMessage)).to.equal('{"type":3,"invocationId":"1"}\x1e')
    expect(write({ type: 5, headers: undefined, invocationId: '1' })).to.equal('{"type":5,"invocationId":"1"}\x1e')
  })

  it('writes the error of a completion rather than its result', () => {
    const both = { ...completion(1), error: 'no' } as HubMessage
    expect(write(both)).to.equal('{"type":3,"invocationId":"1","error":"no"}\x1e')
  })

  it('writes an empty error of a close', () => {
    expect(write({ type: 7, error: '', allowReconnect: false })).to.equal('{"type":7,"error":""}\x1e')
  })

  it('writes headers behind the type', () => {
    const headers = { a: '"', '': '' }
    expect(write({ ...call, headers })).to.equal(
      '{"type":1,"headers":{"a":"\\"","":""},"target":"M","arguments":[]}\x1e',
    )
    expect(write({ type: 2, headers, invocationId: '1', item: 1 })).to.match(
      /^\{"type":2,"headers":\{.*\},"invocationId":"1","item":1\}/,
    )
  })

  it('escapes ids, targets and errors', () => {
    const text = '"\x1eé\\'
    const json = '"\\"\\u001eé\\\\"'
    expect(write({ ...call, invocationId: text, target: text, streamIds: [text] })).to.equal(
      `{"type":1,"invocationId":${json},"target":${json},"arguments":[],"streamIds":[${json}]}\x1e`,
    )
    expect(write({ type: 7, error: text, allowReconnect: true })).to.equal(
      `{"type":7,"error":${json},"allowReconnect":true}\x1e`,
    )
  })

  it('writes null for what JSON cannot say', () => {
    const values = [undefined, () => 1, Symbol('s'), Number.NaN, Number.POSITIVE_INFINITY]
    expect(write({ ...call, arguments: values })).to.equal(
      '{"type":1,"target":"M","arguments":[null,null,null,null,null]}\x1e',
    )
    expect(write({ type: 2, headers: undefined, invocationId: '1', item: undefined })).to.equal(
      '{"type":2,"invocationId":"1","item":null}\x1e',
    )
    expect(written(undefined)).to.equal('null')
  })

  it('writes plain values as JSON.stringify does', () => {
    const date = new Date(1)
    for (const value of [
      null,
      true,
      false,
      0,
      -0,
      1.5,
      1e21,
      -1e-7,
      '',
      'a',
      date,
      { date, n: [undefined] },
      [[]],
      { a: {} },
    ]) {
      expect(written(value)).to.equal(JSON.stringify(value))
    }
  })

  it('writes bytes as base64, wherever they stand', () => {
    const bytes = Uint8Array.of(1, 2, 3)
    const inside = Buffer.from([0, 1, 2, 3, 4]).subarray(1, 4)
    for (const value of [bytes, inside, bytes.buffer, new DataView(bytes.buffer), new Uint8ClampedArray([1, 2, 3])]) {
      expect(written(value)).to.equal('"AQID"')
      expect(written({ a: [value], b: 1 })).to.equal('{"a":["AQID"],"b":1}')
      expect(written({ toJSON: () => value })).to.equal('"AQID"')
    }
    expect(written([new Uint8Array(), Buffer.alloc(0), {}])).to.equal('["","",{}]')
  })

  it('writes half a surrogate pair as U+FFFD, which .NET clients can read', () => {
    expect(written('a\ud800b😀')).to.equal('"a\\uFFFDb😀"')
    expect(written({ '\udc00': '\\ud800' })).to.equal('{"\\uFFFD":"\\\\ud800"}')
  })

  it('lets errors of the serializer through', () => {
    expect(() => write(completion(cyclic()))).to.throw(TypeError, 'Does it contain itself?')
    expect(() => write({ ...call, arguments: [cyclic()] })).to.throw(TypeError)
    const error = new Error('not today')
    const failing = {
      get member() {
        throw error
      },
    }
    expect(() => written({ failing })).to.throw(error)
  })

  for (const special of ['', '"', '\\', '\n', '\x1e', '\x7f', 'é', 'Ģ', '日', '😀', '\ud800']) {
    it(`writes long text with ${JSON.stringify(special)} as JSON.stringify does`, () => {
      for (const length of [63, 64, 65, 66, 67, 80]) {
        for (let at = 0; at <= length; at++) {
          const text = `${'x'.repeat(at)}${special}${'y'.repeat(length - at)}`
          expect(written(text), `${length}, ${at}`).to.equal(JSON.stringify(text).replace('\\ud800', '\\uFFFD'))
        }
      }
      for (const length of [16 * 1024, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1]) {
        const text = 'x'.repeat(length) + special
        expect(written(text) === JSON.stringify(text).replace('\\ud800', '\\uFFFD'), `${length}`).to.equal(true)
      }
    })
  }

  it('ends messages that are not ASCII with the separator alone', () => {
    const messages = ['é', 'éé', '日本', '😀', 'x😀', '\u007f'].map(completion)
    expect(readAll(protocol, Buffer.concat(messages.map(message => protocol.writeMessage(message))))).to.deep.equal(
      messages,
    )
  })

  it('gives every message memory of its own', () => {
    const first = protocol.writeMessage(completion('x'.repeat(100)))
    const copy = Buffer.from(first)
    protocol.writeMessage(completion('y'.repeat(100)))
    expect(first.equals(copy)).to.equal(true)
  })
})
