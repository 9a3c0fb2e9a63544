import { setImmediate as turn } from 'node:timers/promises'
import { TestServer } from '@signalbox/conformance'
import { invocation, invoke } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'

describe('HubConnectionHandler, aborting', () => {
  let calls: string[]
  let signal: AbortSignal

  class AbortingHub extends Hub {
    @hubMethod
    async abort(): Promise<string> {
      calls.push('abort begins')
      await this.clients.caller['Said']!('before')
      this.context.abort()
      await this.clients.caller['Said']!('after')
      calls.push('abort ends')
      return 'aborted'
    }

    @hubMethod
    abortAtOnce(): string {
      this.context.abort()
      calls.push('abort ends')
      return 'aborted'
    }

    @hubMethod
    abortTwice(): void {
      this.context.abort()
      this.context.abort()
    }

    @hubMethod
    abortAndFail(): void {
      this.context.abort()
      throw new Error('BOOM!')
    }

    @hubMethod
    watch(): void {
      signal = this.context.connectionAborted
      signal.addEventListener('abort', () => calls.push('signal'))
    }

    @hubMethod
    note(text: string): void {
      calls.push(text)
    }

    override onDisconnected(error: Error | undefined) {
      calls.push(error === undefined ? 'disconnected' : `disconnected with ${String(error)}`)
    }
  }

  beforeEach(() => {
    calls = []
  })

  const connect = () => new TestServer(AbortingHub).connect()

  it('sends a Close without reconnect and nothing after it, in particular no completion', async () => {
    const client = connect()
    client.receive(invoke('1', 'abort'))
    await client.ended
    expect(client.sent).to.deep.equal([invocation('Said', 'before'), '{"type":7}'])
  })

  for (const method of ['abortAtOnce', 'abortTwice', 'abortAndFail']) {
    it(`sends nothing but a Close when the method is synchronous (${method})`, async () => {
      const client = connect()
      client.receive(invoke('1', method))
      await client.ended
      expect(client.sent).to.deep.equal(['{"type":7}'])
    })
  }

  it('calls onDisconnected once, without an error', async () => {
    const client = connect()
    client.receive(invoke('1', 'abortTwice'))
    await client.ended
    expect(calls).to.deep.equal(['disconnected'])
  })

  it('does not call onDisconnected from within the method that aborts', async () => {
    const client = connect()
    client.receive(invoke('1', 'abortAtOnce'))
    await client.ended
    expect(calls).to.deep.equal(['abort ends', 'disconnected'])
  })

  it('dispatches nothing behind the call that aborts', async () => {
    const client = connect()
    client.receive(invoke('1', 'abortAtOnce') + invoke('2', 'note', 'too late'))
    client.receive(invoke('3', 'note', 'too late'))
    await client.ended
    expect(calls).not.to.include('too late')
  })

  it('never runs a call that waits', async () => {
    const client = connect()
    client.receive(invoke('1', 'abort') + invoke('2', 'note', 'too late'))
    await client.ended
    await turn()
    expect(calls).not.to.include('too late')
  })

  it('ends once although the transport ends as well', async () => {
    const client = connect()
    client.receive(invoke('1', 'abortAtOnce'))
    client.vanish()
    await client.ended
    expect(calls).to.deep.equal(['abort ends', 'disconnected'])
  })

  it('closes the transport without an error', async () => {
    const client = connect()
    client.receive(invoke('1', 'abortAtOnce'))
    await client.ended
    expect(client.closedWith).to.deep.equal({ error: undefined })
  })

  describe('and its signal, connectionAborted,', () => {
    it('has not fired while the connection is healthy', () => {
      const client = connect()
      client.receive(invoke('1', 'watch'))
      expect(signal.aborted).to.equal(false)
    })

    it('fires before onDisconnected when the hub aborts', async () => {
      const client = connect()
      client.receive(invoke('1', 'watch') + invoke('2', 'abortAtOnce'))
      await client.ended
      expect(calls).to.deep.equal(['signal', 'abort ends', 'disconnected'])
    })

    it('fires before onDisconnected when the client is gone', async () => {
      const client = connect()
      client.receive(invoke('1', 'watch'))
      client.vanish()
      await client.ended
      expect(calls).to.deep.equal(['signal', 'disconnected'])
    })

    it('is one per connection', () => {
      const client = connect()
      client.receive(invoke('1', 'watch'))
      const first = signal
      client.receive(invoke('2', 'watch'))
      expect(signal).to.equal(first)
    })

    it('has fired already when it is asked for in onDisconnected', async () => {
      let wasAborted: boolean | undefined
      class LateHub extends Hub {
        override onDisconnected() {
          wasAborted = this.context.connectionAborted.aborted
        }
      }
      const client = new TestServer(LateHub).connect()
      client.vanish()
      await client.ended
      expect(wasAborted).to.equal(true)
    })

    it('has not fired in onConnected', () => {
      let wasAborted: boolean | undefined
      class EarlyHub extends Hub {
        override onConnected() {
          wasAborted = this.context.connectionAborted.aborted
        }
      }
      new TestServer(EarlyHub).connect()
      expect(wasAborted).to.equal(false)
    })

    it('finds the connection closed to a listener that sends', async () => {
      class ListeningHub extends Hub {
        override onConnected() {
          const { caller } = this.clients
          this.context.connectionAborted.addEventListener('abort', () => void caller['Said']!('too late'))
        }
      }
      const client = new TestServer(ListeningHub).connect()
      client.vanish()
      await client.ended
      expect(client.sent).to.deep.equal(['{"type":7,"allowReconnect":true}'])
    })
  })
})
