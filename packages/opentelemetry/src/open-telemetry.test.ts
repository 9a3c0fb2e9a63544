import { ConfigurationError } from '@signalbox/abstractions'
import { expect } from 'chai'
import { openTelemetry } from './open-telemetry.js'

describe('openTelemetry', () => {
  it('says that it takes no options, where a provider given to it would never be used', () => {
    const withProvider = openTelemetry as unknown as (options: object) => void

    expect(() => withProvider({ meterProvider: {} }))
      .to.throw(ConfigurationError, 'openTelemetry takes no options, but got an object')
      .with.property('option', 'openTelemetry')
  })
})
