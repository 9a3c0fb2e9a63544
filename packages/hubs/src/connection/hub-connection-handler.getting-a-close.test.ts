import { Deferred, TestServer } from '@signalbox/conformance'
import { close, invoke, record } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { HubException } from '../authoring/hub-exception.js'
import type { HubOptions } from '../authoring/hub-options.js'

describe('HubConnectionHandler, getting a Close', () => {
  let calls: string[]
  let errors: (Error | undefined)[]
  let held: Deferred

  class LifeHub extends Hub {
    static hubMethods = { hold: 0, note: 1 }

    hold(): Promise<void> {
      return held.promise
    }

    note(text: string): void {
      calls.push(text)
    }

    override onDisconnected(error: Error | undefined) {
      calls.push('disconnected')
      errors.push(error)
    }
  }

  beforeEach(() => {
    calls = []
    errors = []
    held = new Deferred()
  })

  const connect = (options?: HubOptions) => new TestServer(LifeHub, options).connect()

  it('answers with a plain Close', async () => {
    const client = connect()
    client.receive(close)
    await client.ended
    expect(client.sent).to.deep.equal(['{"type":7}'])
  })

  it('answers an error with a plain Close too', async () => {
    const client = connect({ enableDetailedErrors: true })
    client.receive(record('{"type":7,"error":"bye","allowReconnect":true}'))
    await client.ended
    expect(client.sent).to.deep.equal(['{"type":7}'])
  })

  it('calls onDisconnected without an error', async () => {
    const client = connect()
    client.receive(close)
    await client.ended
    expect(errors).to.deep.equal([undefined])
  })

  for (const text of ['bye', '']) {
    it(`calls onDisconnected with a HubException when it has the error '${text}'`, async () => {
      const client = connect()
      client.receive(record(JSON.stringify({ type: 7, error: text })))
      await client.ended
      expect(errors[0]).to.be.an.instanceOf(HubException).with.property('message', text)
    })
  }

  it('dispatches nothing behind it', async () => {
    const client = connect()
    client.receive(close + invoke('1', 'note', 'too late'))
    client.receive(invoke('2', 'note', 'too late'))
    await client.ended
    expect(calls).to.deep.equal(['disconnected'])
  })

  it('does not answer calls that still run', async () => {
    const client = connect()
    client.receive(invoke('1', 'hold') + close)
    held.resolve()
    await client.ended
    expect(client.sent).to.deep.equal(['{"type":7}'])
  })

  it('ends once although the transport ends as well', async () => {
    const client = connect()
    client.receive(close)
    client.leave()
    await client.ended
    expect(calls).to.deep.equal(['disconnected'])
  })
})
