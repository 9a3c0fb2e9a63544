import { TestServer } from '@signalbox/conformance'
import { invoke, ping, record, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'
import type { HubOptions } from '../authoring/hub-options.js'

describe('HubConnectionHandler, receiving', () => {
  let disconnectedWith: (Error | undefined)[]

  class EchoHub extends Hub {
    @hubMethod
    echo(text: string): string {
      return text
    }

    override onDisconnected(error: Error | undefined) {
      disconnectedWith.push(error)
    }
  }

  beforeEach(() => {
    disconnectedWith = []
  })

  const connect = (options?: HubOptions) => new TestServer(EchoHub, options).connect()

  it('reads messages that come byte by byte', () => {
    const client = connect()
    for (const byte of invoke('1', 'echo', 'a') + invoke('2', 'echo', 'b')) client.receive(byte)
    expect(client.sent).to.deep.equal([result('1', 'a'), result('2', 'b')])
  })

  it('reads several messages of one piece, and the cut one when its rest comes', () => {
    const client = connect()
    const cut = invoke('3', 'echo', 'c')
    client.receive(invoke('1', 'echo', 'a') + invoke('2', 'echo', 'b') + cut.slice(0, 7))
    expect(client.sent).to.deep.equal([result('1', 'a'), result('2', 'b')])
    client.receive(cut.slice(7))
    expect(client.sent[2]).to.equal(result('3', 'c'))
  })

  it('reads a piece that ends one message and begins the next', () => {
    const client = connect()
    const first = invoke('1', 'echo', 'a')
    const second = invoke('2', 'echo', 'b')
    client.receive(first.slice(0, 7))
    client.receive(first.slice(7) + second.slice(0, 9))
    client.receive(second.slice(9))
    expect(client.sent).to.deep.equal([result('1', 'a'), result('2', 'b')])
  })

  it('does not answer a ping', () => {
    const client = connect()
    client.receive(ping + invoke('1', 'echo', 'a'))
    expect(client.sent).to.deep.equal([result('1', 'a')])
  })

  for (const [what, message] of [
    ['a message of unknown type', '{"type":99}'],
    ['a cancel of nothing', '{"type":5,"invocationId":"1"}'],
    ['an item of no stream', '{"type":2,"invocationId":"1","item":1}'],
    ['a completion of nothing', '{"type":3,"invocationId":"1"}'],
    ['an ack', '{"type":8,"sequenceId":1}'],
    ['a sequence', '{"type":9,"sequenceId":1}'],
  ] as const) {
    it(`ignores ${what}`, () => {
      const client = connect()
      client.receive(record(message) + invoke('1', 'echo', 'a'))
      expect(client.sent).to.deep.equal([result('1', 'a')])
    })
  }

  describe('a malformed message', () => {
    const malformed: readonly (readonly [message: string, detail: string])[] = [
      ['garbage', 'InvalidDataException: Error reading JSON.'],
      ['{}', "InvalidDataException: Missing required property 'type'."],
      ['{"type":1,"target":"echo"}', "InvalidDataException: Missing required property 'arguments'."],
      [
        '{"type":3,"invocationId":"1","error":"a","result":1}',
        "InvalidDataException: The 'error' and 'result' properties are mutually exclusive.",
      ],
    ]
    for (const [message, detail] of malformed) {
      it(`closes the connection and allows to reconnect: ${message}`, async () => {
        const client = connect()
        client.receive(record(message))
        await client.ended
        expect(client.sent).to.deep.equal([
          '{"type":7,"error":"Connection closed with an error.","allowReconnect":true}',
        ])
      })

      it(`tells more when details are on: ${message}`, async () => {
        const client = connect({ enableDetailedErrors: true })
        client.receive(record(message))
        await client.ended
        expect(JSON.parse(client.sent[0]!).error).to.equal(`Connection closed with an error. ${detail}`)
      })
    }

    it('is given to onDisconnected', async () => {
      const client = connect()
      client.receive(record('{}'))
      await client.ended
      expect(disconnectedWith.map(String)).to.deep.equal(["HubProtocolError: Missing required property 'type'."])
    })

    it('is the last that is read, in its piece and in later ones', async () => {
      const client = connect()
      client.receive(record('{}') + invoke('1', 'echo', 'a'))
      client.receive(invoke('2', 'echo', 'b'))
      await client.ended
      expect(client.sent).to.have.lengthOf(1)
    })

    it('comes after the answers to what was before it', async () => {
      const client = connect()
      client.receive(invoke('1', 'echo', 'a') + record('{}'))
      await client.ended
      expect(client.sent[0]).to.equal(result('1', 'a'))
    })

    it('ends the connection once although garbage goes on pouring in', async () => {
      const client = connect()
      for (let piece = 0; piece < 1_000; piece++) client.receive('garbage\x1e'.repeat(10))
      await client.ended
      expect(client.sent).to.have.lengthOf(1)
      expect(disconnectedWith).to.have.lengthOf(1)
    })
  })

  describe('a maximum message size', () => {
    const message = invoke('1', 'echo', 'é')
    const size = Buffer.byteLength(message)
    const tooLarge = `The maximum message size of ${size}B was exceeded. The message size can be configured in AddHubOptions.`

    /** Larger than the handshake, so that only messages meet the limit. */
    const limited = (options?: HubOptions) => connect({ maximumReceiveMessageSizeBytes: size, ...options })

    it('lets a message of exactly that size pass', () => {
      const client = limited()
      client.receive(message)
      expect(client.sent).to.deep.equal([result('1', 'é')])
    })

    it('refuses one byte more, framing included', async () => {
      const client = limited()
      client.receive(invoke('1', 'echo', 'éa'))
      await client.ended
      expect(client.sent).to.deep.equal(['{"type":7,"error":"Connection closed with an error.","allowReconnect":true}'])
    })

    it('tells the size when details are on', async () => {
      const client = limited({ enableDetailedErrors: true })
      client.receive(invoke('1', 'echo', 'éa'))
      await client.ended
      expect(JSON.parse(client.sent[0]!).error).to.equal(
        `Connection closed with an error. InvalidDataException: ${tooLarge}`,
      )
    })

    it('is given to onDisconnected when it is exceeded', async () => {
      const client = limited()
      client.receive(invoke('1', 'echo', 'éa'))
      await client.ended
      expect(disconnectedWith[0]).to.have.property('message', tooLarge)
    })

    it('waits for the end of a message while no more than that has come', () => {
      const client = limited()
      client.receive('x'.repeat(size))
      expect(client.sent).to.deep.equal([])
    })

    it('refuses a message without an end as soon as more has come', async () => {
      const client = limited()
      client.receive('x'.repeat(size))
      client.receive('x')
      await client.ended
      expect(disconnectedWith[0]).to.have.property('message', tooLarge)
    })

    it('counts each message by itself', () => {
      const client = limited()
      client.receive(message.repeat(10))
      expect(client.sent).to.deep.equal(Array(10).fill(result('1', 'é')))
    })

    it('counts each message by itself when they wait behind part of one', () => {
      const client = limited()
      client.receive(message.slice(0, 9))
      client.receive(message.slice(9) + message.repeat(9))
      expect(client.sent).to.deep.equal(Array(10).fill(result('1', 'é')))
    })

    it('dispatches what came before a message that is too large', async () => {
      const client = limited()
      client.receive(message + invoke('2', 'echo', 'too large'))
      await client.ended
      expect(client.sent[0]).to.equal(result('1', 'é'))
    })

    it('reads a message at once although one of unknown type is before it', () => {
      const client = limited()
      client.receive(record('{"type":99}') + message)
      expect(client.sent).to.deep.equal([result('1', 'é')])
    })

    it('counts each message by itself although one of unknown type is before them', () => {
      const client = limited()
      client.receive(record('{"type":99}') + message.repeat(3))
      expect(client.sent).to.deep.equal(Array(3).fill(result('1', 'é')))
    })

    it('is 32,768 bytes unless told otherwise', async () => {
      const client = connect()
      const empty = Buffer.byteLength(invoke('1', 'echo', ''))
      client.receive(invoke('1', 'echo', 'x'.repeat(32_768 - empty)))
      expect(client.sent).to.have.lengthOf(1)
      client.receive(invoke('2', 'echo', 'x'.repeat(32_769 - empty)))
      await client.ended
      expect(disconnectedWith[0]).to.have.property('message').that.contains('32768B')
    })

    it('is none when it is null', () => {
      const client = connect({ maximumReceiveMessageSizeBytes: null })
      const long = 'x'.repeat(1_000_000)
      client.receive(invoke('1', 'echo', long))
      expect(client.sent).to.deep.equal([result('1', long)])
    })
  })
})
