import { expect } from 'chai'
import { clientKinds, newestOver } from './client-kinds.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { type TestClient, useClients } from './test-client.js'

let keys = 0

describeOnEachServer('the life of a connection, as the hub sees it', serverKind => {
  const server = useReferenceServer(serverKind)
  const clients = useClients(server)

  /** What the hub has recorded under the key, once that includes its end. */
  async function eventsOf(key: string): Promise<readonly string[]> {
    const observer = await clients.connect('/probe', newestOver('WebSockets'))
    const deadline = Date.now() + 10_000
    for (;;) {
      const events = await observer.invoke<string[]>('GetEvents', key)
      if (events.some(event => event.startsWith('disconnected:'))) return events
      if (Date.now() > deadline) throw new Error(`the hub has recorded only ${events.join(', ')}`)
    }
  }

  for (const kind of clientKinds) {
    describe(`with ${kind.title}`, () => {
      let key: string
      beforeEach(() => {
        key = `life ${++keys}`
      })

      const connect = (query = ''): Promise<TestClient> =>
        clients.connect(`/probe?key=${encodeURIComponent(key)}${query}`, kind)

      it('ends without an error when the client stops', async () => {
        const client = await connect()
        await client.invoke('Echo', 'hello')
        await client.connection.stop()
        expect(await client.closed).to.equal(undefined)
        expect(await eventsOf(key)).to.deep.equal(['connecting', 'connected', 'aborted', 'disconnected:null'])
      })

      it('ends without an error when the hub aborts it', async () => {
        const client = await connect()
        await client.connection.send('AbortTwice')
        expect(await client.closed).to.equal(undefined)
        expect(await eventsOf(key)).to.deep.equal(['connecting', 'connected', 'aborted', 'disconnected:null'])
      })

      it('fails the call that aborts', async () => {
        const client = await clients.connect('/testhub', kind)
        expect(await client.errorOf('Abort')).to.equal(
          'Invocation canceled due to the underlying connection being closed.',
        )
      })

      it('ends with an error for a client that sends too much', async () => {
        const client = await connect()
        await client.errorOf('Echo', 'x'.repeat(40_000))
        const [end] = (await eventsOf(key)).slice(-1)
        expect(end).to.match(/^disconnected:InvalidDataException:The maximum message size of 32768B was exceeded\./)
      })

      it('does not come to an onDisconnected when onConnected failed', async () => {
        await clients.build(`/probe?key=${encodeURIComponent(key)}&connect=throw`, kind).endOfStart()
        const observer = await clients.connect('/probe', kind)
        const events = await observer.invoke<string[]>('GetEvents', key)
        expect(events.filter(event => event !== 'aborted')).to.deep.equal(['connecting'])
      })

      it('gets a message from onConnected', async () => {
        const client = await connect('&connect=send')
        expect(await client.received('Message', 1)).to.deep.equal([['from OnConnectedAsync']])
      })

      it('has its calls wait until onConnected is done', async () => {
        const client = await connect('&connect=block')
        const echo = client.invoke('Echo', 'early')
        const observer = await clients.connect('/probe', kind)
        expect(await observer.invoke('GetEvents', key)).to.deep.equal(['connecting'])
        await observer.invoke('ReleaseConnect', key)
        expect(await echo).to.equal('early')
      })

      it('keeps items, but not the fields of a hub, from call to call', async () => {
        const client = await connect()
        await client.invoke('SetItem', 'color', 'blue')
        await client.invoke('SetField', 'blue')
        expect(await client.invoke('GetItem', 'color')).to.equal('blue')
        expect(await client.invoke('GetItem', 'shape')).to.equal(null)
        expect(await client.invoke('GetField')).to.equal(null)
      })

      it('survives an onDisconnected that throws', async () => {
        const client = await connect('&disconnect=throw')
        await client.connection.stop()
        expect(await eventsOf(key)).to.deep.equal(['connecting', 'connected', 'aborted', 'disconnected:null'])
      })
    })
  }
})

describeOnEachServer('a connection whose end runs code that fails', serverKind => {
  const server = useReferenceServer(serverKind)
  const clients = useClients(server)

  it('harms nobody else: a listener of connectionAborted throws', async () => {
    const other = await clients.connect('/probe', newestOver('LongPolling'))
    const client = await clients.connect('/probe?aborted=throw', newestOver('WebSockets'))
    await client.connection.stop()
    expect(await other.invoke('Echo', 'still here')).to.equal('still here')
  })
})
