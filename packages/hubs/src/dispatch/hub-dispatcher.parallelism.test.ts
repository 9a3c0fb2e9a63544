import { Deferred, TestServer } from '@signalbox/conformance'
import { failure, invoke, ping, record, result, send } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'

describe('HubDispatcher, running calls side by side', () => {
  /** A hub whose method `hold` ends when the test says so. */
  function holdingHub(limit: number) {
    const started: string[] = []
    const ends = new Map<string, Deferred<string>>()
    class HoldingHub extends Hub {
      @hubMethod
      hold(name: string): Promise<string> {
        started.push(name)
        const end = new Deferred<string>()
        ends.set(name, end)
        return end.promise
      }

      @hubMethod
      ping(): string {
        started.push('ping')
        return 'pong'
      }
    }
    const server = new TestServer(HoldingHub, { maximumParallelInvocationsPerClient: limit })
    const end = (name: string) => ends.get(name)!.resolve(name)
    const fail = (name: string) => ends.get(name)!.reject(new Error('BOOM!'))
    return { server, started, end, fail }
  }

  const hold = (name: string) => invoke(name, 'hold', name)

  it('starts a call only after the one before it is answered when the limit is 1', async () => {
    const { server, started, end } = holdingHub(1)
    const client = server.connect()
    client.receive(hold('A') + hold('B'))
    expect(started).to.deep.equal(['A'])
    end('A')
    expect(await client.nextSent()).to.equal(result('A', 'A'))
    expect(started).to.deep.equal(['A', 'B'])
  })

  it('has a limit of 1 unless told otherwise', () => {
    const started: string[] = []
    class DefaultHub extends Hub {
      @hubMethod
      hold(name: string): Promise<void> {
        started.push(name)
        return new Promise(() => {})
      }
    }
    new TestServer(DefaultHub).connect().receive(hold('A') + hold('B'))
    expect(started).to.deep.equal(['A'])
  })

  it('starts as many as the limit allows', () => {
    const { server, started } = holdingHub(3)
    server.connect().receive(hold('A') + hold('B') + hold('C') + hold('D'))
    expect(started).to.deep.equal(['A', 'B', 'C'])
  })

  it('answers in the order of completion', async () => {
    const { server, end } = holdingHub(2)
    const client = server.connect()
    client.receive(hold('A') + hold('B'))
    end('B')
    expect(await client.nextSent()).to.equal(result('B', 'B'))
    end('A')
    expect(await client.nextSent()).to.equal(result('A', 'A'))
  })

  it('starts waiting calls in the order they came', async () => {
    const { server, started, end } = holdingHub(2)
    const client = server.connect()
    client.receive(hold('A') + hold('B') + hold('C') + hold('D'))
    end('B')
    await client.nextSent()
    end('A')
    await client.nextSent()
    expect(started).to.deep.equal(['A', 'B', 'C', 'D'])
  })

  it('starts what came in later pieces behind what waits', async () => {
    const { server, started, end } = holdingHub(1)
    const client = server.connect()
    client.receive(hold('A') + hold('B'))
    client.receive(hold('C'))
    for (const name of ['A', 'B', 'C']) {
      end(name)
      expect(await client.nextSent()).to.equal(result(name, name))
    }
    expect(started).to.deep.equal(['A', 'B', 'C'])
  })

  it('runs all of a long queue that ends synchronously', async () => {
    const { server, end } = holdingHub(1)
    const client = server.connect()
    const ids = Array.from({ length: 5_000 }, (_, index) => `${index}`)
    client.receive(hold('A') + ids.map(id => invoke(id, 'ping')).join(''))
    end('A')
    await client.nextSent()
    expect(client.sent).to.deep.equal(ids.map(id => result(id, 'pong')))
  })

  it('counts calls without an id too', () => {
    const { server, started } = holdingHub(1)
    server.connect().receive(send('hold', 'A') + hold('B'))
    expect(started).to.deep.equal(['A'])
  })

  it('gives the slot of a call without an id back', async () => {
    const { server, end } = holdingHub(1)
    const client = server.connect()
    client.receive(send('hold', 'A') + invoke('1', 'ping'))
    end('A')
    expect(await client.nextSent()).to.equal(result('1', 'pong'))
  })

  it('gives the slot of a call that fails back', async () => {
    const { server, fail } = holdingHub(1)
    const client = server.connect()
    client.receive(hold('A') + invoke('1', 'ping'))
    fail('A')
    expect([await client.nextSent(), await client.nextSent()][1]).to.equal(result('1', 'pong'))
  })

  it('counts each connection by itself', () => {
    const { server, started } = holdingHub(1)
    server.connect().receive(hold('A'))
    server.connect().receive(hold('B'))
    expect(started).to.deep.equal(['A', 'B'])
  })

  it('answers a call that cannot be bound while another runs', () => {
    const { server } = holdingHub(1)
    const client = server.connect()
    client.receive(hold('A') + invoke('1', 'hold'))
    expect(client.sent).to.deep.equal([failure('1', "Failed to invoke 'hold' due to an error on the server.")])
  })

  it('refuses a stream invocation while a call runs', () => {
    const { server } = holdingHub(1)
    const client = server.connect()
    client.receive(hold('A') + record('{"type":4,"invocationId":"1","target":"ping","arguments":[]}'))
    expect(client.sent).to.deep.equal([
      failure('1', "The client attempted to invoke the non-streaming 'ping' method with a streaming invocation."),
    ])
  })

  it('runs and answers two calls of the same id', async () => {
    const { server, end } = holdingHub(2)
    const client = server.connect()
    client.receive(invoke('1', 'hold', 'A') + invoke('1', 'hold', 'B'))
    end('A')
    end('B')
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([result('1', 'A'), result('1', 'B')])
  })

  describe('while one runs and none waits', () => {
    const harmless: Readonly<Record<string, string>> = {
      'a ping': ping,
      'a cancel': record('{"type":5,"invocationId":"A"}'),
      'an item of no stream': record('{"type":2,"invocationId":"x","item":1}'),
      'a completion of nothing': record('{"type":3,"invocationId":"x","result":1}'),
      'an ack': record('{"type":8,"sequenceId":1}'),
    }
    for (const [what, message] of Object.entries(harmless)) {
      it(`reads ${what}`, async () => {
        const { server, end } = holdingHub(1)
        const client = server.connect()
        client.receive(hold('A') + message + invoke('2', 'nope'))
        expect(client.sent).to.have.lengthOf(1)
        end('A')
        await client.nextSent()
        expect(await client.nextSent()).to.equal(result('A', 'A'))
      })
    }
  })

  describe('while one waits', () => {
    it('holds the client back', () => {
      const { server } = holdingHub(1)
      const client = server.connect()
      client.receive(hold('A'))
      expect(client.isPaused).to.equal(false)
      client.receive(hold('B'))
      expect(client.isPaused).to.equal(true)
    })

    it('reads on once none waits any more', async () => {
      const { server, end } = holdingHub(1)
      const client = server.connect()
      client.receive(hold('A') + hold('B'))
      end('A')
      await client.nextSent()
      expect(client.isPaused).to.equal(false)
    })

    it('goes on holding the client back when the next one waits too', async () => {
      const { server, end } = holdingHub(1)
      const client = server.connect()
      client.receive(hold('A') + hold('B') + hold('C'))
      end('A')
      await client.nextSent()
      expect(client.isPaused).to.equal(true)
    })

    it('reads nothing behind it', async () => {
      const { server, end } = holdingHub(1)
      const client = server.connect()
      client.receive(hold('A') + hold('B') + invoke('3', 'nope'))
      expect(client.sent).to.deep.equal([])
      end('A')
      await client.nextSent()
      expect(client.sent).to.deep.equal([
        failure('3', "Failed to invoke 'nope' due to an error on the server. HubException: Method does not exist."),
      ])
    })

    it('keeps half a message until the rest comes', async () => {
      const { server, end } = holdingHub(1)
      const client = server.connect()
      const last = invoke('3', 'ping')
      client.receive(hold('A') + invoke('2', 'ping') + last.slice(0, 10))
      client.receive(last.slice(10))
      end('A')
      await client.nextSent()
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([
        result('2', 'pong'),
        result('3', 'pong'),
      ])
    })
  })
})
