import { ConfigurationError } from '@signalbox/abstractions'
import { expect } from 'chai'
import { createServer, Hub, type MapHubOptions, type ServerOptions, silentLogger } from '../index.js'

class ChatHub extends Hub {}

class OtherHub extends Hub {}

class BrokenHub extends Hub {
  static hubMethods = { gone: 0 }
}

const serve = (options?: ServerOptions) => createServer({ logger: silentLogger, ...options })

/** Expects a mistake of the integrator, and that it names the option to change. */
const expectMistake = (option: string, message: string, mistake: () => void) =>
  expect(mistake).to.throw(ConfigurationError, message).with.property('option', option)

describe('mapHub', () => {
  it('refuses a path that is taken', () => {
    const server = serve()
    server.mapHub('/chat', ChatHub)
    expectMistake('path', 'The path /chat is mapped already.', () => server.mapHub('/chat', OtherHub))
  })

  for (const path of ['/CHAT', '/chat/', '/Chat/']) {
    it(`refuses ${path} when /chat is taken`, () => {
      const server = serve()
      server.mapHub('/chat', ChatHub)
      expectMistake('path', 'is mapped already.', () => server.mapHub(path, OtherHub))
    })
  }

  it('refuses the path of a request handler', () => {
    const server = serve()
    server.mapRequest('/chat', () => undefined)
    expectMistake('path', 'The path /chat is mapped already.', () => server.mapHub('/chat', ChatHub))
  })

  it('refuses the path of a raw connection', () => {
    const server = serve()
    server.mapConnection('/chat', () => {})
    expectMistake('path', 'The path /chat is mapped already.', () => server.mapHub('/chat', ChatHub))
  })

  it("refuses the path of another hub's negotiate", () => {
    const server = serve()
    server.mapHub('/chat', ChatHub)
    expectMistake('path', 'The path /chat/negotiate is mapped already.', () =>
      server.mapHub('/chat/negotiate', OtherHub),
    )
  })

  it('refuses a path without a slash at its beginning', () => {
    expectMistake('path', "The path 'chat' must begin with a slash.", () => serve().mapHub('chat', ChatHub))
  })

  it('refuses a path that is none', () => {
    const path = ChatHub as unknown as string
    expectMistake('path', 'A path must be a text', () => serve().mapHub(path, ChatHub))
  })

  const noHubs = [
    ['a class that does not extend Hub', class Other {}, 'Other'],
    ['an instance', new ChatHub(), '[object Object]'],
    ['nothing', undefined, 'undefined'],
  ] as const

  for (const [what, value, name] of noHubs) {
    it(`refuses ${what} as a hub`, () => {
      expectMistake('hubClass', `mapHub needs a class that extends Hub of signalbox, but got ${name}.`, () =>
        serve().mapHub('/chat', value as unknown as typeof ChatHub),
      )
    })
  }

  it('takes a class at several paths', () => {
    const server = serve()
    server.mapHub('/chat', ChatHub)
    expect(() => server.mapHub('/other', ChatHub)).not.to.throw()
  })

  it('refuses a hub that declares a method it does not have', () => {
    expectMistake('hubMethods', "BrokenHub declares the hub method 'gone' but has no such method.", () =>
      serve().mapHub('/broken', BrokenHub),
    )
  })

  const outOfRange: readonly MapHubOptions[] = [
    { keepAliveIntervalMs: 0 },
    { handshakeTimeoutMs: -1 },
    { clientTimeoutIntervalMs: Number.NaN },
    { maximumReceiveMessageSizeBytes: 0 },
    { maximumParallelInvocationsPerClient: 0 },
    { transportSendTimeoutMs: 0 },
    { longPollingPollTimeoutMs: 0 },
    { transports: ['WebSocket' as 'WebSockets'] },
    { supportedProtocols: [] },
    { supportedProtocols: ['xml'] },
  ]
  for (const options of outOfRange) {
    const [[option, value]] = Object.entries(options) as [[string, unknown]]

    it(`refuses ${option} ${JSON.stringify(value)}, by name`, () => {
      expectMistake(option, option, () => serve().mapHub('/chat', ChatHub, options))
    })

    it(`refuses ${option} ${JSON.stringify(value)} among the options of the server`, () => {
      expectMistake(option, option, () => serve(options).mapHub('/chat', ChatHub))
    })
  }

  it('prefers the options of the hub to those of the server', () => {
    const server = serve({ supportedProtocols: ['xml'] })
    expect(() => server.mapHub('/chat', ChatHub, { supportedProtocols: ['json'] })).not.to.throw()
  })
})

describe('mapRequest', () => {
  it('refuses a path that is taken', () => {
    const server = serve()
    server.mapHub('/chat', ChatHub)
    expectMistake('path', 'The path /chat is mapped already.', () => server.mapRequest('/chat', () => undefined))
  })

  it('refuses a prefix that is taken', () => {
    const server = serve()
    server.mapRequest('/files/*', () => undefined)
    expectMistake('path', 'is mapped already.', () => server.mapRequest('/Files/*', () => undefined))
  })

  for (const path of ['health', 'files/*']) {
    it(`refuses '${path}', which has no slash at its beginning`, () => {
      expectMistake('path', `The path '${path}' must begin with a slash.`, () =>
        serve().mapRequest(path, () => undefined),
      )
    })
  }
})

describe('createServer', () => {
  it('refuses options of connections that are out of range, by name', () => {
    expectMistake('disconnectTimeoutMs', 'disconnectTimeoutMs', () => serve({ disconnectTimeoutMs: 0 }))
    expectMistake('maximumPendingConnections', 'maximumPendingConnections', () =>
      serve({ maximumPendingConnections: 0 }),
    )
  })
})

describe('hub', () => {
  it('refuses a class that is not mapped', () => {
    expectMistake('hub', 'ChatHub is not mapped: call mapHub first.', () => serve().hub(ChatHub))
  })

  it('refuses a class whose mapping failed', () => {
    const server = serve()
    server.mapHub('/chat', ChatHub)
    expect(() => server.mapHub('/chat', OtherHub)).to.throw()
    expectMistake('hub', 'OtherHub is not mapped: call mapHub first.', () => server.hub(OtherHub))
  })

  it('is one for all paths of a class', () => {
    const server = serve()
    server.mapHub('/chat', ChatHub)
    server.mapHub('/other', ChatHub)
    expect(server.hub(ChatHub)).to.equal(server.hub(ChatHub))
  })
})
