import inspector from 'node:inspector'
import { RecurringLog, silentLogger } from '@signalbox/abstractions'
import { ManualClock } from '@signalbox/conformance'
import { expect } from 'chai'
import { Heartbeat } from './heartbeat.js'

describe('the heartbeat', () => {
  let clock: ManualClock
  let beats: boolean[]
  let warnings: string[]
  let heartbeat: Heartbeat

  beforeEach(() => {
    clock = new ManualClock()
    beats = []
    warnings = []
    const log = new RecurringLog({ ...silentLogger, warn: message => void warnings.push(message) })
    heartbeat = new Heartbeat(clock, mayTimeOut => beats.push(mayTimeOut), log)
    heartbeat.start()
  })

  afterEach(() => heartbeat.stop())

  /** @param delays - milliseconds between two ticks. */
  const tick = (...delays: number[]) => {
    for (const delay of delays) {
      clock.advance(delay)
      heartbeat.tick()
    }
  }

  it('lets time-outs happen while it comes in time', () => {
    tick(1000, 1200, 1499)
    expect(beats).to.deep.equal([true, true, true])
  })

  it('times nobody out when it is late, and does a second later', () => {
    tick(1000, 4000, 1000)
    expect(beats).to.deep.equal([true, false, true])
  })

  it('times out in a process that is always late, every other time', () => {
    tick(4000, 4000, 4000, 4000)
    expect(beats).to.deep.equal([false, true, false, true])
  })

  describe('with a debugger', () => {
    before(() => inspector.open(0))
    after(() => inspector.close())

    it('times nobody out, and says so once', () => {
      tick(1000, 1000)
      expect(beats).to.deep.equal([false, false])
      expect(warnings).to.deep.equal(['No client is timed out as long as the inspector of this process is open.'])
    })
  })
})
