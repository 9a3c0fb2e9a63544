import { MemoryNetwork, memoryBackplane } from '@signalbox/cluster'
import { expect } from 'chai'
import { createServer, Hub, hubMethod, type SignalboxServer, silentLogger } from '../index.js'
import { hostFactories } from '../testing/host-factories.js'
import { openRawClient, type RawClient, transports } from '../testing/raw-client.js'

interface ChatClient {
  said(text: string): void
}

class ChatHub extends Hub<ChatClient> {
  @hubMethod()
  async join(): Promise<void> {
    await this.groups.addToGroup(this.context.connectionId, 'room')
  }

  @hubMethod()
  async say(): Promise<void> {
    await this.clients.group('room').said('hello')
  }
}

/** An application that serves its hubs on two ports, by one host each. */
describe('Two servers of one process that share a network', () => {
  let servers: SignalboxServer[]
  let clients: RawClient[]

  beforeEach(() => {
    servers = []
    clients = []
  })

  afterEach(async () => {
    for (const client of clients) client.vanish()
    await Promise.all(servers.map(server => server.close()))
  })

  for (const [index, { title, create }] of hostFactories.entries()) {
    const other = hostFactories[(index + 1) % hostFactories.length]!
    for (const transport of transports)
      it(`reach each other's clients: ${transport}, from ${title} to ${other.title}`, async () => {
        const network = new MemoryNetwork()
        for (const host of [create(), other.create()]) {
          const server = createServer({ host, backplane: memoryBackplane(network), logger: silentLogger })
          server.mapHub('/chat', ChatHub)
          servers.push(server)
          const { port } = await server.listen(0)
          const client = await openRawClient(transport, port, '/chat')
          clients.push(client)
          await client.send('{"protocol":"json","version":1}\x1e')
          expect(await client.read()).to.equal('{}\x1e')
        }
        const [sender, receiver] = clients
        await receiver!.send('{"type":1,"invocationId":"1","target":"join","arguments":[]}\x1e')
        expect(await receiver!.read()).to.contain('"invocationId":"1"')
        await sender!.send('{"type":1,"target":"say","arguments":[]}\x1e')
        expect(await receiver!.read()).to.equal('{"type":1,"target":"said","arguments":["hello"]}\x1e')
      })
  }
})
