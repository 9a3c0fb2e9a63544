import { silentLogger } from '@signalbox/abstractions'
import { Hub } from '@signalbox/hubs'
import { expect } from 'chai'
import { createServer, type SignalboxServer } from '../signalbox-server.js'
import { NotifyReader } from '../testing/notify-reader.js'

/** Connections that the hub has seen go. */
let left: string[]

class NotifyHub extends Hub<{ notify(number: number, text: string): void }> {
  override onDisconnected(): void {
    left.push(this.context.connectionId)
  }
}

describe('clients that stop reading, among others on a real network', () => {
  const text = 'x'.repeat(16_000)
  const messagesPerBurst = 16
  /** 32 MB: far more than the limit and the socket buffers of a local connection. */
  const mostMessages = 2_048

  let server: SignalboxServer
  let readers: NotifyReader[]
  let stalled: NotifyReader

  beforeEach(async function () {
    this.timeout(20_000)
    left = []
    server = createServer({ logger: silentLogger })
    server.mapHub('/hub', NotifyHub)
    const { port } = await server.listen(0)
    readers = []
    for (let reader = 0; reader < 49; reader++) readers.push(await NotifyReader.connect(port, '/hub', text))
    stalled = await NotifyReader.connect(port, '/hub', text)
    stalled.stall()
  })

  afterEach(() => server.close({ drainTimeoutMs: 100 }))

  /** Every burst must have reached all readers before the next one is sent. */
  async function broadcastUntilOneIsCut(): Promise<void> {
    const { clients } = server.hub(NotifyHub)
    for (let sent = 0; left.length === 0 && sent < mostMessages; ) {
      for (let message = 0; message < messagesPerBurst; message++) void clients.all.notify(sent++, text)
      await Promise.all(readers.map(reader => reader.readUpTo(sent)))
    }
  }

  it('are cut, while every burst reaches the others whole, in order and before the next', async function () {
    this.timeout(20_000)
    await broadcastUntilOneIsCut()

    expect(left.length).to.equal(1)
    expect(server.connectionCount).to.equal(readers.length)
  })

  it('have got no message behind one that they missed', async function () {
    this.timeout(20_000)
    await broadcastUntilOneIsCut()
    stalled.resume()

    const end = await stalled.readUpTo(mostMessages).catch((reason: Error) => reason)
    expect(String(end)).to.include('The connection ended')
  })
})
