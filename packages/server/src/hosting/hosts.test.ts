import { ConfigurationError, silentLogger } from '@signalbox/abstractions'
import type { Host } from '@signalbox/connections'
import { expect } from 'chai'
import { chooseHost } from './hosts.js'

describe('the host of a server that names none', () => {
  const lines: string[] = []
  const logger = {
    ...silentLogger,
    info: (message: string) => void lines.push(`info: ${message}`),
    warn: (message: string) => void lines.push(`warn: ${message}`),
  }

  beforeEach(() => {
    lines.length = 0
  })

  it('is uWebSockets.js where that can be loaded, and a line of the log says so', () => {
    const fastHost: Host = { name: 'uWebSockets.js', listen: async () => 0, stopListening() {}, terminate() {} }

    expect(chooseHost(logger, () => fastHost)).to.equal(fastHost)
    expect(lines).to.deep.equal(['info: Serving on uWebSockets.js.'])
  })

  it('is node:http elsewhere, and a warning, which the default logger prints, says why', () => {
    const createFastHost = () => {
      throw new ConfigurationError('host', 'uWebSockets.js cannot be loaded.')
    }

    expect(chooseHost(logger, createFastHost).name).to.equal('node:http')
    expect(lines).to.deep.equal(['warn: Serving on node:http: uWebSockets.js cannot be loaded.'])
  })

  it('is not chosen over a fault that has another cause', () => {
    const createFastHost = () => {
      throw new TypeError('a bug')
    }

    expect(() => chooseHost(logger, createFastHost)).to.throw(TypeError, 'a bug')
  })
})
