import { MessagePackHubProtocol } from '@signalbox/protocol-msgpack'
import { expect } from 'chai'
import { createServer, Hub, type HubMethodTable, type SignalboxServer, silentLogger } from 'signalbox'
import { describeOnEachHost } from '../hosts/host-kinds.js'
import { newestClientKinds, newestOver } from './client-kinds.js'
import { within } from './deadline.js'
import { TestClient, useClients } from './test-client.js'

/**
 * Every way in which a method of JavaScript can fail; what a language like C# cannot do is not in the reference server.
 */
class FailingHub extends Hub {
  static readonly hubMethods = {
    echo: 1,
    throwLater: 0,
    throwText: 0,
    throwNothing: 0,
    rejectWithObject: 0,
    badThenable: 0,
    neverSettle: 0,
    cycle: 0,
    forgetRejection: 0,
    sendUnserializable: 0,
  } satisfies HubMethodTable<FailingHub>

  echo(text: unknown): unknown {
    return text
  }

  async throwLater(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve))
    throw new RangeError('later')
  }

  throwText(): void {
    throw 'just text'
  }

  throwNothing(): void {
    throw undefined
  }

  rejectWithObject(): Promise<void> {
    return Promise.reject({ code: 42 })
  }

  badThenable() {
    return {
      // biome-ignore lint/suspicious/noThenProperty: this is what must do no harm
      then(resolve: (value: string) => void) {
        resolve('first')
        resolve('second')
        throw new Error('after that')
      },
    }
  }

  neverSettle(): Promise<void> {
    return new Promise(() => {})
  }

  cycle(): object {
    return createCycle()
  }

  forgetRejection(): string {
    void this.clients.all['Message']?.(createCycle())
    return 'the caller did not wait'
  }

  async sendUnserializable(): Promise<void> {
    await this.clients.all['Message']?.(createCycle())
  }
}

function createCycle(): object {
  const loop: { self?: object } = {}
  loop.self = loop
  return loop
}

describeOnEachHost('hub methods that fail', host => {
  let server: SignalboxServer
  const address = { url: '' }
  const clients = useClients(address)
  before(async () => {
    const protocols = [new MessagePackHubProtocol()]
    server = createServer({ host: host.create(), protocols, enableDetailedErrors: true, logger: silentLogger })
    server.mapHub('/failing', FailingHub)
    address.url = (await server.listen(0)).url
  })
  after(() => server.close())

  for (const kind of newestClientKinds) {
    describe(`called with ${kind.title}`, () => {
      for (const [what, method, details] of [
        ['that throw after a while', 'throwLater', 'RangeError: later'],
        ['that throw a text', 'throwText', 'Error: just text'],
        ['that throw undefined', 'throwNothing', 'Error: undefined'],
        ['that reject with an object', 'rejectWithObject', 'Error: [object Object]'],
      ] as const) {
        it(`fail their call and nothing else: methods ${what}`, async () => {
          const client = await clients.connect('/failing', kind)
          expect(await client.errorOf(method)).to.equal(
            `An unexpected error occurred invoking '${method}' on the server. ${details}`,
          )
          expect(await client.invoke('echo', 'still here')).to.equal('still here')
        })
      }

      it('complete once, however often a thenable calls back', async () => {
        const client = await clients.connect('/failing', kind)
        expect(await client.invoke('badThenable')).to.equal('first')
        expect(await client.invoke('echo', 'still here')).to.equal('still here')
      })

      it('fail alone when their result cannot be serialized', async () => {
        const client = await clients.connect('/failing', kind)
        expect(await client.errorOf('cycle')).to.contain(
          "An unexpected error occurred invoking 'cycle' on the server. TypeError: ",
        )
        expect(await client.invoke('echo', 'still here')).to.equal('still here')
      })

      it('fail alone when what they send cannot be serialized, whether or not they wait for it', async () => {
        const other = await clients.connect('/failing', kind)
        const client = await clients.connect('/failing', kind)
        expect(await client.errorOf('sendUnserializable')).to.contain('TypeError: ')
        expect(await client.invoke('forgetRejection')).to.equal('the caller did not wait')
        for (const each of [client, other]) expect(await each.invoke('echo', 'still here')).to.equal('still here')
      })

      it('hold up their own connection only when they never settle, and let it go', async () => {
        const stuck = await clients.connect('/failing', kind)
        const other = await clients.connect('/failing', kind)
        const pending = [stuck.errorOf('neverSettle'), stuck.errorOf('echo', 'behind')]
        await stuck.connection.send('echo', 'the server has read the calls before this')
        expect(await other.invoke('echo', 'goes on')).to.equal('goes on')
        await stuck.connection.stop()
        for (const text of await Promise.all(pending)) expect(text).to.contain('connection being closed')
        expect(await other.invoke('echo', 'goes on still')).to.equal('goes on still')
      })
    })
  }
})

describeOnEachHost('a server that closes while a hub method never settles', host => {
  for (const [whose, leaves] of [
    ['a client that is there', false],
    ['a client that has left', true],
  ] as const) {
    it(`does not wait for the calls of ${whose}`, async () => {
      const server = createServer({ host: host.create(), logger: silentLogger })
      server.mapHub('/failing', FailingHub)
      const { url } = await server.listen(0)
      const client = await new TestClient(`${url}/failing`, newestOver('WebSockets')).start()
      const calls = [client.errorOf('neverSettle'), client.errorOf('echo', 'behind')]
      if (leaves) await client.connection.stop()
      await within(server.close({ drainTimeoutMs: 60_000 }), 'the server to close', 5_000)
      await Promise.all(calls)
    }).timeout(15_000)
  }
})
