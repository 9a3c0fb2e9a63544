import { turn } from '@signalbox/conformance'
import { Hub } from '@signalbox/hubs'
import { expect } from 'chai'
import { RecordedServer } from '../testing/recorded-server.js'

class EmptyHub extends Hub {}

describe('clients that stop reading', () => {
  const stalled = 200
  const messages = 50
  const text = 'x'.repeat(16_000)
  let server: RecordedServer

  beforeEach(async () => {
    server = new RecordedServer(EmptyHub)
    for (let index = 0; index < stalled; index++) server.connect()
    await turn()
    for (const socket of server.sockets) socket.isSlow = true
  })

  async function broadcast(): Promise<void> {
    void server.runtime.allClients['notify']!(text)
    await turn()
  }

  it('cost references, not copies of what they are owed', async () => {
    await broadcast()
    const before = process.memoryUsage()

    for (let message = 0; message < messages; message++) await broadcast()

    const after = process.memoryUsage()
    const copiesBytes = stalled * messages * text.length
    expect(after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed).to.be.below(copiesBytes / 10)
    for (const index of server.sockets.keys()) server.drain(index)
    expect(server.sockets.every(({ frames }) => frames.at(-1) === server.sockets[0]!.frames.at(-1))).to.equal(true)
  })
})
