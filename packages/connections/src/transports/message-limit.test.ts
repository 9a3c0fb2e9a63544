import { ConfigurationError } from '@signalbox/abstractions'
import { expect } from 'chai'
import { MessageLimit } from './message-limit.js'

const needs = (wantedBytes: number, requiredBytes = 0) => ({ wantedBytes, requiredBytes, reason: 'The hub is large' })

describe('MessageLimit', () => {
  it('is 1 MiB where nothing is said', () => {
    expect(new MessageLimit(undefined).bytes).to.equal(1_048_576)
  })

  it('grows to the most that is asked for', () => {
    const limit = new MessageLimit(undefined)
    for (const wanted of [2_000_000, 3_000_000, 1000]) limit.admit(needs(wanted))

    expect(limit.bytes).to.equal(3_000_000)
  })

  it('does not grow beyond what a host can take', () => {
    const limit = new MessageLimit(undefined)
    limit.admit(needs(Infinity))

    expect(limit.bytes).to.equal(2_147_483_647)
  })

  it('stays as it was chosen where that is enough', () => {
    const limit = new MessageLimit(5000)
    limit.admit(needs(10_000, 5000))

    expect(limit.bytes).to.equal(5000)
  })

  it('is an error where less was chosen than has to come through', () => {
    expect(() => new MessageLimit(5000).admit(needs(10_000, 5001)))
      .to.throw(ConfigurationError, 'The hub is large, but maximumWebSocketMessageBytes of the host is 5000')
      .with.property('option', 'maximumWebSocketMessageBytes')
  })

  it('is an error where it would have to grow and cannot', () => {
    const limit = new MessageLimit(undefined)
    limit.admit(needs(1_048_576), true)

    expect(() => limit.admit(needs(1_048_577), true)).to.throw(ConfigurationError, 'map this before')
  })
})
