import { MetricSdk } from '@signalbox/conformance/opentelemetry'
import { expect } from 'chai'
import { openTelemetry } from './open-telemetry.js'

const uptime = 'signalbox.server.uptime'

describe('the uptime of a server', () => {
  let sdk: MetricSdk

  beforeEach(() => {
    sdk = new MetricSdk()
  })

  afterEach(() => sdk.shutdown())

  it('is measured in seconds, with the id of its node, as long as it runs', async () => {
    const telemetry = openTelemetry()
    let asked = 0
    const node = {
      id: 'a1',
      get startedAt() {
        asked++
        return Date.now() - 5_000
      },
    }
    telemetry.start({ node })
    expect((await sdk.read(uptime))!.data.descriptor.unit).to.equal('s')
    const [point, ...others] = await sdk.values(uptime)
    expect(others).to.deep.equal([])
    expect(point![0]).to.deep.equal({ 'signalbox.node.id': 'a1' })
    expect(point![1]).to.be.within(5, 10)
    const askedWhileItRan = asked
    telemetry.close()
    await sdk.read(uptime)
    expect(asked).to.equal(askedWhileItRan)
  })
})
