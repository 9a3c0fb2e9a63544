import { ConfigurationError, silentLogger } from '@signalbox/abstractions'
import { expect } from 'chai'
import { createServer, Hub } from '../index.js'

class ChatHub extends Hub {}

const server = () => createServer({ logger: silentLogger })

/** Expects that the mistake is refused, and that the error names the option. */
const expectMistake = (option: string, message: string, mistake: () => void) =>
  expect(mistake).to.throw(ConfigurationError, message).with.property('option', option)

describe('an option that does not exist', () => {
  it('is refused by createServer', () => {
    expectMistake('prefix', "createServer has no option 'prefix'.", () => createServer({ prefix: '/hubs' } as object))
  })

  it('is refused by mapHub', () => {
    const options: object = { prefix: '/hubs' }
    expectMistake('prefix', "mapHub has no option 'prefix'.", () => server().mapHub('/chat', ChatHub, options))
  })

  it('is refused by mapConnection', () => {
    const options: object = { keepAliveIntervalMs: 1 }
    expectMistake('keepAliveIntervalMs', "mapConnection has no option 'keepAliveIntervalMs'", () =>
      server().mapConnection('/raw', () => {}, options),
    )
  })

  const meant = [
    ['keepAliveIntervalMS', 'keepAliveIntervalMs'],
    ['keepAliveInterval', 'keepAliveIntervalMs'],
    ['MaximumReceiveMessageSize', 'maximumReceiveMessageSizeBytes'],
    ['StreamBufferCapacity', 'streamBufferCapacityItems'],
    ['EnableDetailedErrors', 'enableDetailedErrors'],
  ] as const

  for (const [written, exact] of meant) {
    it(`brings to mind the one that is meant: ${exact} for ${written}`, () => {
      expectMistake(written, `has no option '${written}': did you mean '${exact}'.`, () =>
        createServer({ [written]: 1 }),
      )
    })
  }

  it('of mapHub is pointed to where it exists', () => {
    const options: object = { allowedOrigins: '*' }
    expectMistake('allowedOrigins', "mapHub has no option 'allowedOrigins': it is one of createServer.", () =>
      server().mapHub('/chat', ChatHub, options),
    )
  })

  it('of createServer is pointed to where it exists', () => {
    expectMistake('authorize', "createServer has no option 'authorize': it is one of mapHub and mapConnection.", () =>
      createServer({ authorize: true } as object),
    )
  })
})

describe('an option of the wrong kind', () => {
  const mistakes = [
    ['host', () => {}, 'host must be a host such as uwsHost() or nodeHost(), but is a function.'],
    ['host', 'uws', 'host must be a host such as uwsHost() or nodeHost(), but is a text.'],
    [
      'backplane',
      'redis://:secret@localhost',
      "backplane must be a backplane such as redisBackplane({ url: 'redis://…' }), but is a text.",
    ],
    ['logger', null, 'logger must be an object with debug, info, warn and error, such as console, but is null.'],
    ['logger', { warn() {} }, 'logger must be an object with debug, info, warn and error, such as console'],
    ['authenticate', 'x', 'authenticate must be a function such as jwtBearer({ … }), but is a text.'],
    [
      'userIdProvider',
      'sub',
      'userIdProvider must be a function that returns a text, ({ user }) => user.findFirst(…), but is a text.',
    ],
    ['filters', {}, 'filters must be a list of objects with invokeMethod, but is an object.'],
    ['protocols', 'messagepack', 'protocols must be a list such as [new MessagePackHubProtocol()], but is a text.'],
    ['transports', 1, "transports must be a list such as ['WebSockets', 'LongPolling'], but is 1."],
    ['supportedProtocols', 'json', "supportedProtocols must be a list such as ['json'], but is a text."],
    ['enableDetailedErrors', 'no', "enableDetailedErrors must be true or false, but is the text 'no'."],
    ['allowStatefulReconnects', 1, 'allowStatefulReconnects must be true or false, but is 1.'],
  ] as const

  for (const [value, message] of [
    [['messagepack'], 'protocols[0] must be a protocol such as new MessagePackHubProtocol(), but is a text.'],
    [[class A {}], 'protocols[0] must be a protocol such as new MessagePackHubProtocol(), but is the class A.'],
  ] as const)
    it(`is refused within a list: ${message}`, () => {
      expectMistake('protocols', message, () => createServer({ protocols: value as never }))
    })

  for (const [option, value, message] of mistakes) {
    it(`is refused: ${message}`, () => {
      expectMistake(option, message, () => createServer({ [option]: value }))
    })
  }

  it('may be undefined, which is the default', () => {
    expect(() => createServer({ logger: silentLogger, authenticate: undefined } as object)).not.to.throw()
  })
})
