import { ConfigurationError } from '@signalbox/abstractions'
import { describeClusterBus } from '@signalbox/conformance'
import { expect } from 'chai'
import { MemoryNetwork, memoryBackplane } from './memory-bus.js'

describeClusterBus('MemoryBus', async () => {
  const network = new MemoryNetwork()
  const buses = [network.connect(), network.connect(), network.connect()] as const
  return {
    buses,
    way: { cut: () => buses[0].disconnect(), mend: () => buses[0].reconnect() },
    dispose: async () => {
      await Promise.all(buses.map(bus => bus.close()))
    },
  }
})

describe('memoryBackplane', () => {
  it('takes the network that its servers share', () => {
    const make = memoryBackplane as (network?: unknown) => unknown
    for (const given of [undefined, {}, 'lan']) expect(() => make(given)).to.throw(ConfigurationError, 'MemoryNetwork')
  })
})
