import { RecurringLog, silentLogger } from '@signalbox/abstractions'
import { EventQueue, requestOnce } from '@signalbox/conformance'
import { expect } from 'chai'
import { nodeHost } from './node-host.js'

describe('a request whose head is too large for node:http', () => {
  it('is refused with 431, and a warning says so without anything of it', async () => {
    const warnings = new EventQueue<string>()
    const log = new RecurringLog({ ...silentLogger, warn: (message: string) => warnings.push(message) })
    const host = nodeHost()
    const local = { port: 0, hostname: '127.0.0.1' }
    const port = await host.listen(local, exchange => exchange.respond({ status: 200 }), log)
    const headers = { Authorization: `Bearer ${'x'.repeat(40_000)}` }
    expect((await requestOnce(port, { path: '/' })).status).to.equal(200)
    expect((await requestOnce(port, { path: '/', headers })).status).to.equal(431)
    expect(await warnings.next()).to.equal(
      'A request was refused with 431: its head has more than 32768 bytes. Make its cookies or its token smaller, or attach to a server with another maxHeaderSize.',
    )
    host.terminate()
  })
})
