import { setImmediate as turn } from 'node:timers/promises'
import { TestServer } from '@signalbox/conformance'
import { invoke, sequence } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import fc from 'fast-check'
import { Hub } from '../authoring/hub.js'
import { connectResumable } from '../testing/resumable-client.js'
import { ResumingModelClient } from '../testing/resuming-model-client.js'

const seed = 20_261
const runs = 1_500

/** One step of a run; a count says how many messages the wire carries. */
type Step =
  | { readonly kind: 'call' | 'push' | 'acknowledge' | 'heartbeat' | 'loseSocket' | 'openSocket' | 'turn' }
  | { readonly kind: 'deliverToServer' | 'deliverToClient'; readonly count: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('call', 'push', 'turn') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('acknowledge', 'heartbeat') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('loseSocket', 'openSocket') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('deliverToServer', 'deliverToClient'),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
)

/** Numbers that the hub was called with, in order. */
let called: number[]

class EchoHub extends Hub {
  static hubMethods = { echo: 1 }

  /** Every other call keeps its slot for a while, so that calls wait behind it when the socket is lost. */
  echo(number: number): number | Promise<number> {
    called.push(number)
    return number % 2 === 0 ? number : turn(number)
  }
}

class Run {
  readonly server = new TestServer(EchoHub, { keepAliveIntervalMs: 3_000 })
  readonly client = new ResumingModelClient(connectResumable(this.server).client)
  calls = 0
  pushes = 0

  async take(step: Step): Promise<void> {
    const { client, server } = this
    switch (step.kind) {
      case 'call':
        client.send(invoke(`${++this.calls}`, 'echo', this.calls))
        return
      case 'push':
        await server.runtime.clients.all['Said']!(++this.pushes)
        return
      case 'acknowledge':
        client.acknowledge()
        return
      case 'heartbeat':
        server.heartbeatAfter(1_000)
        return
      case 'loseSocket':
        client.loseSocket()
        return
      case 'openSocket':
        client.openSocket()
        return
      case 'turn':
        await turn()
        return
      case 'deliverToServer':
      case 'deliverToClient':
        if (client.hasSocket) client[step.kind](step.count)
        return
    }
  }

  get #isAnswered(): boolean {
    return this.client.results.length === this.calls
  }

  /** Everything is delivered, and acknowledged both ways. */
  async settle(): Promise<void> {
    const { client, server } = this
    if (!client.hasSocket) client.openSocket()
    for (let round = 0; round < 3; round++) {
      // A call that waits for a slot needs a turn or two; whoever needs more than that is stuck.
      for (let turns = 0; turns < 4 * this.calls + 4 && !(client.isQuiet && this.#isAnswered); turns++) {
        client.deliverToServer(Infinity)
        await turn()
        client.deliverToClient(Infinity)
      }
      client.acknowledge()
      server.heartbeatAfter(1_000)
    }
    client.deliverToClient(Infinity)
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('HubConnectionHandler, resuming at any moment', () => {
  beforeEach(() => {
    called = []
  })

  it('loses nothing, repeats nothing and keeps the order, both ways', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async steps => {
        called = []
        const run = new Run()
        for (const step of steps) await run.take(step)
        await run.settle()
        const { client } = run
        expect(called).to.deep.equal(upTo(run.calls))
        expect(client.results).to.deep.equal(upTo(run.calls))
        expect(client.pushes).to.deep.equal(upTo(run.pushes))
        expect(client.unacknowledgedCount).to.equal(0)
        client.openSocket()
        expect(client.connection.sent).to.deep.equal([sequence(run.calls + run.pushes + 1)])
      }),
      { seed, numRuns: runs },
    )
  }).timeout(20_000)
})
