import { expect } from 'chai'
import { createServer, Hub, type SignalboxServer, silentLogger } from '../index.js'

interface ChatClient {
  said(user: string, text: string): void
}

class ChatHub extends Hub<ChatClient> {}

class OtherHub extends Hub<ChatClient> {}

/** A client by long polling, the transport that needs no more than fetch. */
class PollingClient {
  readonly connectionId: string
  readonly #address: string

  private constructor(url: string, negotiated: { connectionId: string; connectionToken: string }) {
    this.connectionId = negotiated.connectionId
    this.#address = `${url}?id=${negotiated.connectionToken}`
  }

  static async connect(url: string): Promise<PollingClient> {
    const response = await fetch(`${url}/negotiate?negotiateVersion=1`, { method: 'POST' })
    const client = new PollingClient(url, (await response.json()) as { connectionId: string; connectionToken: string })
    await client.poll() // the first one only opens the transport
    await fetch(client.#address, { method: 'POST', body: '{"protocol":"json","version":1}\x1e' })
    expect(await client.poll()).to.equal('{}\x1e')
    return client
  }

  async poll(): Promise<string> {
    return (await fetch(this.#address)).text()
  }
}

describe('a hub from outside its calls', () => {
  let server: SignalboxServer
  let url: string

  beforeEach(async () => {
    server = createServer({ logger: silentLogger, userIdProvider: () => 'ann' })
    server.mapHub('/chat', ChatHub)
    server.mapHub('/chat-too', ChatHub)
    server.mapHub('/other', OtherHub)
    url = (await server.listen(0)).url
  })

  afterEach(() => server.close())

  const said = (text: string) => `{"type":1,"target":"said","arguments":["server","${text}"]}\x1e`

  it('sends to all of its clients, whatever path they came by', async () => {
    const clients = [await PollingClient.connect(`${url}/chat`), await PollingClient.connect(`${url}/chat-too`)]
    await server.hub(ChatHub).clients.all.said('server', 'hello')
    expect(await Promise.all(clients.map(client => client.poll()))).to.deep.equal([said('hello'), said('hello')])
  })

  it('does not send to clients of other hubs', async () => {
    const other = await PollingClient.connect(`${url}/other`)
    await server.hub(ChatHub).clients.all.said('server', 'to chat')
    await server.hub(OtherHub).clients.all.said('server', 'to other')
    expect(await other.poll()).to.equal(said('to other'))
  })

  it('sends to one connection', async () => {
    const [first, second] = [await PollingClient.connect(`${url}/chat`), await PollingClient.connect(`${url}/chat`)]
    const { clients } = server.hub(ChatHub)
    await clients.client(second.connectionId).said('server', 'to the second')
    await clients.client(first.connectionId).said('server', 'to the first')
    expect(await first.poll()).to.equal(said('to the first'))
  })

  it('sends to a user', async () => {
    const client = await PollingClient.connect(`${url}/chat`)
    await server.hub(ChatHub).clients.user('ann').said('server', 'hello')
    expect(await client.poll()).to.equal(said('hello'))
  })

  it('adds to groups, sends to them and removes from them', async () => {
    const client = await PollingClient.connect(`${url}/chat`)
    const { clients, groups } = server.hub(ChatHub)
    await groups.addToGroup(client.connectionId, 'ops')
    await clients.group('ops').said('server', 'to a member')
    await groups.removeFromGroup(client.connectionId, 'ops')
    await clients.group('ops').said('server', 'to nobody')
    await clients.all.said('server', 'to all')
    expect(await client.poll()).to.equal(said('to a member') + said('to all'))
  })

  it('succeeds in sending to nobody', async () => {
    await server.hub(ChatHub).clients.client('nobody').said('server', 'hello')
    await server.hub(ChatHub).groups.addToGroup('nobody', 'ops')
  })

  it('rejects what cannot be serialized, and its clients live on', async () => {
    const client = await PollingClient.connect(`${url}/chat`)
    const { all } = server.hub(ChatHub).clients
    const cyclic: unknown[] = []
    cyclic.push(cyclic)
    const error = await all.said('server', cyclic as unknown as string).catch((error: unknown) => error)
    expect(error).to.be.an.instanceOf(TypeError)
    await all.said('server', 'hello')
    expect(await client.poll()).to.equal(said('hello'))
  })
})
