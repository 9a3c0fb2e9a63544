import { ConfigurationError } from '@signalbox/abstractions'
import { expect } from 'chai'
import { type HubOptions, resolveHubOptions } from './hub-options.js'

describe('the options of a hub', () => {
  it('have the defaults of ASP.NET Core', () => {
    expect(resolveHubOptions({})).to.deep.include({
      handshakeTimeoutMs: 15_000,
      keepAliveIntervalMs: 15_000,
      clientTimeoutIntervalMs: 30_000,
      maximumReceiveMessageSizeBytes: 32_768,
      enableDetailedErrors: false,
      maximumParallelInvocationsPerClient: 1,
      streamBufferCapacityItems: 10,
      supportedProtocols: undefined,
    })
  })

  it('take null for no maximum message size', () => {
    const options = resolveHubOptions({ maximumReceiveMessageSizeBytes: null })
    expect(options.maximumReceiveMessageSizeBytes).to.equal(Infinity)
  })

  const numbers: readonly (keyof HubOptions)[] = [
    'handshakeTimeoutMs',
    'keepAliveIntervalMs',
    'clientTimeoutIntervalMs',
    'maximumParallelInvocationsPerClient',
    'maximumPendingInvocationsPerClient',
    'maximumPendingInvocationBytesPerClient',
  ]

  for (const value of [0, '5'])
    it(`refuse ${JSON.stringify(value)} for maximumReceiveMessageSizeBytes, by name`, () => {
      expect(() => resolveHubOptions({ maximumReceiveMessageSizeBytes: value as number }))
        .to.throw(ConfigurationError, 'maximumReceiveMessageSizeBytes must be a number not below 1 or null, but is')
        .with.property('option', 'maximumReceiveMessageSizeBytes')
    })

  it('refuse a filter without any of the hooks there are, and a policy that is no function', () => {
    expect(() => resolveHubOptions({ filters: [{ invokemethod() {} } as object] })).to.throw(
      ConfigurationError,
      'filters[0] must be an object with invokeMethod, onBindingFailure, onConnected or onDisconnected, but is an object.',
    )
    expect(() => resolveHubOptions({ policies: { admin: 1 } as never })).to.throw(
      ConfigurationError,
      'policies.admin must be a function that returns true or false, (user, call) => …, but is 1.',
    )
  })

  for (const option of numbers) {
    for (const value of [0, -1, Number.NaN, '5']) {
      it(`refuse ${JSON.stringify(value) ?? value} for ${option}, by name`, () => {
        expect(() => resolveHubOptions({ [option]: value }))
          .to.throw(
            ConfigurationError,
            `${option} must be a number not below 1, but is ${typeof value === 'string' ? `the text '${value}'` : value}.`,
          )
          .with.property('option', option)
      })
    }

    it(`take 1 for ${option}`, () => {
      expect(resolveHubOptions({ [option]: 1 })).to.have.property(option, 1)
    })
  }
})
