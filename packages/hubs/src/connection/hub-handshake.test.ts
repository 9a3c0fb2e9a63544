import { type TestConnection, type TestConnectionOptions, TestServer } from '@signalbox/conformance'
import { handshakeRequest, invoke, record, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'
import type { HubOptions } from '../authoring/hub-options.js'

class EchoHub extends Hub {
  @hubMethod
  echo(text: string): string {
    return text
  }
}

function accept(options?: HubOptions, connection?: TestConnectionOptions): TestConnection {
  return new TestServer(EchoHub, options).accept(connection)
}

/** What a connection that is refused has sent. */
async function refusal(request: string, options?: HubOptions, connection?: TestConnectionOptions): Promise<string[]> {
  const client = accept(options, connection)
  client.receive(request)
  await client.ended
  return client.sent
}

describe('the hub handshake', () => {
  it('is answered with an empty object', () => {
    const client = accept()
    client.receive(handshakeRequest)
    expect(client.sent).to.deep.equal(['{}'])
  })

  it('is answered once, after its last piece', () => {
    const client = accept()
    client.receive(handshakeRequest.slice(0, 5))
    client.receive(handshakeRequest.slice(5, -1))
    expect(client.sent).to.deep.equal([])
    client.receive(handshakeRequest.slice(-1))
    expect(client.sent).to.deep.equal(['{}'])
  })

  it('may come byte by byte', () => {
    const client = accept()
    for (const byte of handshakeRequest) client.receive(byte)
    client.receive(invoke('1', 'Echo', 'a'))
    expect(client.sent).to.deep.equal(['{}', result('1', 'a')])
  })

  it('may share its piece with messages', () => {
    const client = accept()
    client.receive(handshakeRequest + invoke('1', 'Echo', 'a') + invoke('2', 'Echo', 'b'))
    expect(client.sent).to.deep.equal(['{}', result('1', 'a'), result('2', 'b')])
  })

  it('may end in a piece that holds the first message and part of the second', () => {
    const client = accept()
    const second = invoke('2', 'Echo', 'b')
    client.receive(handshakeRequest.slice(0, 10))
    client.receive(handshakeRequest.slice(10) + invoke('1', 'Echo', 'a') + second.slice(0, 10))
    client.receive(second.slice(10))
    expect(client.sent).to.deep.equal(['{}', result('1', 'a'), result('2', 'b')])
  })

  it('keeps the order of pieces that waited before the hub started', () => {
    const server = new TestServer(EchoHub)
    const client = server.accept()
    client.pause()
    client.receive(handshakeRequest + invoke('1', 'Echo', 'a'))
    client.receive(invoke('2', 'Echo', 'b'))
    client.resume()
    expect(client.sent).to.deep.equal(['{}', result('1', 'a'), result('2', 'b')])
  })

  for (const name of ['json', 'JSON', 'Json']) {
    it(`accepts the protocol ${name}`, () => {
      const client = accept()
      client.receive(record(`{"protocol":"${name}","version":1}`))
      expect(client.sent).to.deep.equal(['{}'])
    })
  }

  for (const version of [-1, 0, 1, 2]) {
    it(`accepts version ${version}`, () => {
      const client = accept()
      client.receive(record(`{"protocol":"json","version":${version}}`))
      expect(client.sent).to.deep.equal(['{}'])
    })
  }

  it('sets the format of the frames', () => {
    const client = accept()
    client.features.activeFormat = 'Binary'
    client.receive(handshakeRequest)
    expect(client.features.activeFormat).to.equal('Text')
  })

  it('refuses a protocol it does not know, in the words of the client', async () => {
    expect(await refusal(record('{"protocol":"CustomProtocol","version":1}'))).to.deep.equal([
      `{"error":"The protocol 'CustomProtocol' is not supported."}`,
    ])
  })

  it('refuses a protocol the hub does not support', async () => {
    expect(await refusal(handshakeRequest, { supportedProtocols: ['messagepack'] })).to.deep.equal([
      `{"error":"The protocol 'json' is not supported."}`,
    ])
  })

  it('compares the names of supported protocols without regard to case', () => {
    const client = accept({ supportedProtocols: ['JSON'] })
    client.receive(handshakeRequest)
    expect(client.sent).to.deep.equal(['{}'])
  })

  it('refuses a version it does not know', async () => {
    expect(await refusal(record('{"protocol":"json","version":9001}'))).to.deep.equal([
      `{"error":"The server does not support version 9001 of the 'json' protocol."}`,
    ])
  })

  it('refuses a protocol whose format the transport cannot carry', async () => {
    expect(await refusal(handshakeRequest, {}, { supportedFormats: ['Binary'] })).to.deep.equal([
      `{"error":"Cannot use the 'json' protocol on the current transport. The transport does not support 'Text' transfer format."}`,
    ])
  })

  it('refuses garbage without details', async () => {
    expect(await refusal(record('garbage'))).to.deep.equal([
      '{"error":"An unexpected error occurred during connection handshake."}',
    ])
  })

  it('refuses garbage with details when they are on', async () => {
    const [answer] = await refusal(record('{}'), { enableDetailedErrors: true })
    expect(JSON.parse(answer!)).to.deep.equal({
      error:
        "An unexpected error occurred during connection handshake. InvalidDataException: Missing required property 'protocol'. Message content: {}",
    })
  })

  it('fails when the user-id provider throws', async () => {
    const userIdProvider = () => {
      throw new Error('no user')
    }
    expect(await refusal(handshakeRequest, { userIdProvider })).to.deep.equal([
      '{"error":"An unexpected error occurred during connection handshake."}',
    ])
  })

  for (const [what, userIdProvider, returned] of [
    ['an async user-id provider that resolves', async () => 'ann', 'a promise'],
    ['an async user-id provider that rejects', () => Promise.reject(new Error('no user')), 'a promise'],
    ['a user-id provider that returns a number', () => 7, '7'],
  ] as const)
    it(`fails with ${what}, and says so to the log`, async () => {
      const options = { userIdProvider: userIdProvider as unknown as () => string, enableDetailedErrors: true }
      const [answer] = await refusal(handshakeRequest, options)
      expect(JSON.parse(answer!).error).to.equal(
        'An unexpected error occurred during connection handshake.' +
          ` TypeError: userIdProvider must return a text or undefined, but returned ${returned}.`,
      )
    })

  it('takes null of a user-id provider for no user', () => {
    const client = accept({ userIdProvider: (() => null) as unknown as () => undefined })
    client.receive(handshakeRequest)
    expect(client.sent).to.deep.equal(['{}'])
  })

  it('closes the transport without an error when it refuses', async () => {
    const client = accept()
    client.receive(record('garbage'))
    await client.ended
    expect(client.closedWith).to.deep.equal({ error: undefined })
  })

  it('ignores what follows a refused request', async () => {
    expect(await refusal(record('garbage') + handshakeRequest)).to.have.lengthOf(1)
  })

  it('takes a request of exactly the maximum message size', () => {
    const client = accept({ maximumReceiveMessageSizeBytes: handshakeRequest.length })
    client.receive(handshakeRequest)
    expect(client.sent).to.deep.equal(['{}'])
  })

  it('waits for the end of a request while no more than the maximum message size has come', () => {
    const client = accept({ maximumReceiveMessageSizeBytes: 10 })
    client.receive(handshakeRequest.slice(0, 10))
    expect(client.sent).to.deep.equal([])
  })

  it('refuses a request above the maximum message size', async () => {
    const options = { maximumReceiveMessageSizeBytes: handshakeRequest.length - 1 }
    expect(await refusal(handshakeRequest, options)).to.deep.equal(['{"error":"Handshake was canceled."}'])
  })

  it('is canceled at the heartbeat after its time-out', async () => {
    const server = new TestServer(EchoHub, { handshakeTimeoutMs: 100 })
    const client = server.accept()
    server.heartbeatAfter(100)
    await client.ended
    expect(client.sent).to.deep.equal(['{"error":"Handshake was canceled."}'])
  })

  it('may take almost as long as its time-out', () => {
    const server = new TestServer(EchoHub, { handshakeTimeoutMs: 100 })
    const client = server.accept()
    server.heartbeatAfter(99)
    client.receive(handshakeRequest)
    expect(client.sent).to.deep.equal(['{}'])
  })

  it('has a time-out of 15 s', () => {
    const server = new TestServer(EchoHub)
    const client = server.accept()
    server.heartbeatAfter(14_999)
    expect(client.sent).to.deep.equal([])
    server.heartbeatAfter(1)
    expect(client.sent).to.deep.equal(['{"error":"Handshake was canceled."}'])
  })

  for (const [how, leave] of [
    ['says goodbye', (client: TestConnection) => client.leave()],
    ['vanishes', (client: TestConnection) => client.vanish()],
    ['breaks', (client: TestConnection) => client.vanish(new Error('broken'))],
  ] as const) {
    it(`is not answered when the transport ${how} before it is complete`, async () => {
      const client = accept()
      client.receive(handshakeRequest.slice(0, 5))
      leave(client)
      await client.ended
      expect(client.sent).to.deep.equal([])
    })
  }

  it('calls neither onConnected nor onDisconnected when it fails', async () => {
    const calls: string[] = []
    class LifeHub extends Hub {
      override onConnected() {
        calls.push('connected')
      }
      override onDisconnected() {
        calls.push('disconnected')
      }
    }
    const client = new TestServer(LifeHub).accept()
    client.receive(record('garbage'))
    await client.ended
    expect(calls).to.deep.equal([])
  })
})
