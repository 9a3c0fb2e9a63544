import { needsRedis } from '@signalbox/conformance/redis'
import { expect } from 'chai'
import { runChaos } from './chaos-run.js'
import { faultKinds } from './fault-plan.js'

/** With it, Redis is away for longer than a send waits in most faults. */
const seed = 774

describe('two servers and a Redis with faults', () => {
  needsRedis()

  it('keep every promise of the backplane under load, whatever happens to Redis and the network', async function () {
    this.timeout(90_000)
    const { results, wrong } = await runChaos(faultKinds.length, seed)
    expect(wrong).to.deep.equal([])
    expect(results).to.have.lengthOf(faultKinds.length)
  })
})
