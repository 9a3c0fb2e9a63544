import { TestConnection } from '@signalbox/conformance'
import { expect } from 'chai'
import { guardedTelemetry } from './guarded-telemetry.js'
import type { HubActivity, HubConnectionTelemetry } from './hub-telemetry.js'

const boom = new Error('BOOM!')
const fail = (): never => {
  throw boom
}
const sound: HubActivity = { run: part => part(), succeed() {}, fail() {} }

describe('telemetry of hubs that fails', () => {
  let reported: (readonly [hook: string, error: unknown])[]

  beforeEach(() => {
    reported = []
  })

  const watch = (telemetry: Partial<HubConnectionTelemetry>): HubConnectionTelemetry =>
    guardedTelemetry({ watch: () => telemetry as HubConnectionTelemetry }, (hook, error) =>
      reported.push([hook, error]),
    ).watch('ChatHub', new TestConnection())

  const start = (activity: Partial<HubActivity>): HubActivity =>
    watch({ startInvocation: () => ({ ...sound, ...activity }) }).startInvocation('send', undefined)

  for (const hook of ['startInvocation', 'startConnected', 'startDisconnected'] as const) {
    it(`in ${hook} leaves the call unwatched`, () => {
      const activity = watch({ [hook]: fail })[hook]('send', undefined)

      expect(activity.run(() => 'done')).to.equal('done')
      activity.succeed()
      expect(reported).to.deep.equal([[hook, boom]])
    })

    it(`in ${hook}, later, is reported too`, async () => {
      watch({ [hook]: () => Promise.reject(boom) })[hook]('send', undefined)
      await new Promise(setImmediate)

      expect(reported).to.deep.equal([[hook, boom]])
    })
  }

  it('before it has run the call leaves the call to run', () => {
    expect(start({ run: fail }).run(() => 'done')).to.equal('done')
    expect(reported).to.deep.equal([['run', boom]])
  })

  it('after it has run the call does not run it twice, and keeps its result', () => {
    let runs = 0
    const activity = start({
      run: part => {
        part()
        return fail()
      },
    })

    expect(activity.run(() => ++runs)).to.equal(1)
    expect(runs).to.equal(1)
    expect(reported).to.deep.equal([['run', boom]])
  })

  it('by running the call later, or not at all, does not keep it from running, once', async () => {
    let runs = 0
    const later = start({ run: (async (part: () => unknown) => Promise.resolve().then(part)) as never })

    expect(later.run(() => ++runs)).to.equal(1)
    expect(start({ run: () => undefined as never }).run(() => ++runs)).to.equal(2)
    await new Promise(setImmediate)

    expect(runs).to.equal(2)
    expect(reported.map(([hook, error]) => [hook, String(error)])).to.deep.equal([
      ['run', 'TypeError: run must run the part it is given.'],
    ])
  })

  it('is not what the call itself throws', () => {
    const error = new Error('of the call')

    expect(() =>
      start({}).run(() => {
        throw error
      }),
    ).to.throw(error)
    expect(reported).to.deep.equal([])
  })

  it('cannot swallow what the call throws', () => {
    const activity = start({
      run: part => {
        try {
          return part()
        } catch {
          return undefined as never
        }
      },
    })

    expect(() => activity.run(fail)).to.throw(boom)
  })

  it('at the end of a call changes nothing', () => {
    start({ succeed: fail }).succeed()
    start({ fail }).fail(undefined)

    expect(reported).to.deep.equal([
      ['succeed', boom],
      ['fail', boom],
    ])
  })

  it('by being none is reported for each hook it should have', () => {
    const activity = watch(42 as never).startConnected()

    expect(activity.run(() => 'done')).to.equal('done')
    expect(reported.map(([hook]) => hook)).to.deep.equal(['startConnected'])
  })
})
