import { ConfigurationError } from '@signalbox/abstractions'
import { expect } from 'chai'
import { resolveConnectionManagerOptions, resolveConnectionOptions } from './connection-options.js'

function errorOf(resolve: () => unknown): ConfigurationError {
  try {
    resolve()
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigurationError)
    return error as ConfigurationError
  }
  throw new Error('Nothing was thrown.')
}

describe('resolveConnectionOptions', () => {
  it('has the defaults of .NET, and ours where .NET has none', () => {
    expect(resolveConnectionOptions({})).to.deep.equal({
      transports: ['WebSockets', 'ServerSentEvents', 'LongPolling'],
      applicationMaxBufferSizeBytes: 65_536,
      transportMaxBufferSizeBytes: 65_536,
      maximumPendingSendBytes: 1_048_576,
      maximumPendingReceiveBytes: 1_048_576,
      transportSendTimeoutMs: 10_000,
      longPollingPollTimeoutMs: 90_000,
      allowStatefulReconnects: false,
      minimumProtocolVersion: 0,
    })
  })

  it('takes Infinity for a send time-out that never fires', () => {
    expect(resolveConnectionOptions({ transportSendTimeoutMs: Infinity }).transportSendTimeoutMs).to.equal(Infinity)
  })

  const refused = [
    { option: 'applicationMaxBufferSizeBytes', value: -1 },
    { option: 'transportMaxBufferSizeBytes', value: -1 },
    { option: 'maximumPendingSendBytes', value: 0 },
    { option: 'maximumPendingReceiveBytes', value: Number.NaN },
    { option: 'transportSendTimeoutMs', value: 0 },
    { option: 'longPollingPollTimeoutMs', value: '90s' },
    { option: 'transports', value: ['WebSocket'] },
  ]

  for (const { option, value } of refused) {
    it(`refuses ${option}: ${JSON.stringify(value)}, and names it`, () => {
      const error = errorOf(() => resolveConnectionOptions({ [option]: value }))

      expect(error.option).to.equal(option)
      expect(error.message).to.include(option)
    })
  }
})

describe('resolveConnectionManagerOptions', () => {
  it('keeps connections without transport 15 s and 1,000 pending ones, and delays broadcasts up to 10 ms, by default', () => {
    expect(resolveConnectionManagerOptions({})).to.deep.equal({
      disconnectTimeoutMs: 15_000,
      maximumPendingConnections: 1_000,
      maximumBroadcastDelayMs: 10,
    })
  })

  for (const option of ['disconnectTimeoutMs', 'maximumPendingConnections']) {
    it(`refuses ${option}: 0, and names it`, () => {
      const error = errorOf(() => resolveConnectionManagerOptions({ [option]: 0 }))

      expect(error.option).to.equal(option)
      expect(error.message).to.include(option)
    })
  }

  it('takes maximumBroadcastDelayMs: 0', () => {
    expect(resolveConnectionManagerOptions({ maximumBroadcastDelayMs: 0 }).maximumBroadcastDelayMs).to.equal(0)
  })

  for (const delayMs of [-1, Infinity]) {
    it(`refuses maximumBroadcastDelayMs: ${delayMs}, and names it`, () => {
      const error = errorOf(() => resolveConnectionManagerOptions({ maximumBroadcastDelayMs: delayMs }))

      expect(error.option).to.equal('maximumBroadcastDelayMs')
    })
  }
})
