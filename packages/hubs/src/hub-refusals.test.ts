import { type TestConnection, TestServer } from '@signalbox/conformance'
import { handshakeRequest, invoke, invokeStream, ping, record } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from './authoring/hub.js'
import type { HubOptions } from './authoring/hub-options.js'

class BaseHub extends Hub {
  inherited(): void {}
}

class ChatHub extends BaseHub {
  static hubMethods = { join: 1, ban: { authorize: 'admin' }, count: 0 }

  join(_room: string): void {}

  ban(): void {}

  async *count(): AsyncGenerator<number> {
    yield await new Promise<number>(() => {})
  }

  send(): void {}
}

interface Refusal {
  readonly what: string
  readonly cause: string
  readonly options?: HubOptions
  readonly act: (server: TestServer) => unknown
  readonly warning: string
}

const answered = (bytes: string) => (server: TestServer) => {
  const client = server.connect()
  client.receive(bytes)
  return client.nextSent()
}

const shakeHands =
  (bytes: string) =>
  (server: TestServer): void => {
    const client: TestConnection = server.accept()
    client.receive(bytes)
  }

const refusals: readonly Refusal[] = [
  {
    what: 'a call of a method that is not declared',
    cause: 'methodNotDeclared ChatHub.send',
    act: answered(invoke('1', 'Send')),
    warning:
      'A client calls ChatHub.send, which is not declared as a hub method. If clients may call it, put @hubMethod() on it, or name it in' +
      ' static hubMethods.',
  },
  {
    what: 'a call of a method of the base class that is not declared',
    cause: 'methodNotDeclared ChatHub.inherited',
    act: answered(invoke('1', 'inherited')),
    warning:
      'A client calls ChatHub.inherited, which is not declared as a hub method. If clients may call it, put @hubMethod() on it, or name' +
      ' it in static hubMethods.',
  },
  {
    what: 'a call of what every hub has',
    cause: 'noSuchMethod ChatHub',
    act: answered(invoke('1', 'onConnected')),
    warning: "ChatHub: a client calls 'onConnected', and there is no such method.",
  },
  {
    what: 'a call of a method that does not exist',
    cause: 'noSuchMethod ChatHub',
    act: answered(invoke('1', 'a\r\nb')),
    warning: "ChatHub: a client calls 'a\\u000d\\u000ab', and there is no such method.",
  },
  {
    what: 'a call with too few arguments',
    cause: 'argumentsRefused ChatHub.join',
    act: answered(invoke('1', 'join')),
    warning: 'A call of ChatHub.join was refused: Invocation provides 0 argument(s) but target expects 1.',
  },
  {
    what: 'a call of a guarded method',
    cause: 'unauthorizedCall ChatHub.ban',
    act: answered(invoke('1', 'ban')),
    warning: 'A call of ChatHub.ban was refused: its user does not meet what it is guarded with: admin.',
  },
  {
    what: 'one stream too many',
    cause: 'tooManyStreams ChatHub.count',
    options: { maximumStreamsPerClient: 1 },
    act: answered(invokeStream('1', 'count') + invokeStream('2', 'count')),
    warning:
      'A call of ChatHub.count was refused: its client has maximumStreamsPerClient streams under way, which is 1.',
  },
  {
    what: 'a message that is too large',
    cause: 'messageTooLarge ChatHub',
    options: { maximumReceiveMessageSizeBytes: 100 },
    act: answered('x'.repeat(101)),
    warning:
      'ChatHub: a client was disconnected: its message is larger than maximumReceiveMessageSizeBytes, which is 100.',
  },
  {
    what: 'a handshake that is too large',
    cause: 'messageTooLarge ChatHub',
    options: { maximumReceiveMessageSizeBytes: 100 },
    act: shakeHands('x'.repeat(101)),
    warning:
      'ChatHub: a client was disconnected: its message is larger than maximumReceiveMessageSizeBytes, which is 100.',
  },
  {
    what: 'what is no message',
    cause: 'protocolBroken ChatHub',
    act: answered(record('{')),
    warning: 'ChatHub: a client was disconnected: Error reading JSON.',
  },
  {
    what: 'what is no handshake, without repeating it',
    cause: 'handshakeNotRead ChatHub',
    act: shakeHands(record('{"token":"secret"}')),
    warning: 'ChatHub: a client was disconnected: what it sent first is no SignalR handshake.',
  },
  {
    what: 'a protocol that the server does not speak',
    cause: 'protocolRefused ChatHub',
    act: shakeHands(record('{"protocol":"message\\npack","version":1}')),
    warning:
      "ChatHub: a client was disconnected: The protocol 'message\\u000apack' is not supported. The hub speaks json (protocols," +
      ' supportedProtocols), and this is over WebSockets.',
  },
  {
    what: 'a handshake that does not come',
    cause: 'handshakeTimeout ChatHub',
    options: { handshakeTimeoutMs: 5_000 },
    act: server => {
      server.accept()
      server.heartbeatAfter(5_000)
    },
    warning:
      'ChatHub: a client was disconnected: no handshake came within handshakeTimeoutMs, which is 5000. Clients have to speak SignalR.',
  },
]

describe('HubRefusals', () => {
  for (const { what, cause, options, act, warning } of refusals)
    it(`warns of ${what}, once a minute, and counts it`, async () => {
      const server = new TestServer(ChatHub, options)
      for (let times = 0; times < 2; times++) await act(server)
      expect(server.logger.warnings).to.deep.equal([warning])
      expect(server.logger.details).to.deep.equal([warning])
      expect([...server.runtime.recurringLog.counts]).to.deep.equal([[cause, 2]])
    })

  it('has clients that fall silent at debug only', () => {
    const server = new TestServer(ChatHub, { clientTimeoutIntervalMs: 5_000 })
    server.connect().receive(ping)
    for (let seconds = 0; seconds <= 6; seconds++) server.heartbeatAfter(1_000)
    expect(server.logger.warnings).to.deep.equal([])
    expect(server.logger.details).to.deep.equal([
      'ChatHub: a client was disconnected: nothing came within clientTimeoutIntervalMs, which is 5000.',
    ])
  })

  it('says nothing of a client that behaves', async () => {
    const server = new TestServer(ChatHub)
    const client = server.accept()
    client.receive(handshakeRequest + invoke('1', 'join', 'a'))
    await client.nextSent()
    expect([...server.runtime.recurringLog.counts]).to.deep.equal([])
  })
})
