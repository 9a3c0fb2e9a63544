import { Hub, hubMethod } from '@signalbox/hubs'
import { expect } from 'chai'
import { createServer, type SignalboxServer } from '../signalbox-server.js'
import { hostFactories } from '../testing/host-factories.js'
import { handshake } from '../testing/json-handshake.js'
import { openRawClient, type RawClient } from '../testing/raw-client.js'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

class StackHub extends Hub {
  @hubMethod
  stack(): string {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 100
    const { stack = '' } = new Error('here')
    Error.stackTraceLimit = stackTraceLimit
    return stack
  }
}

/** Files of ours between the socket and the hub method, the method left out, the innermost first. */
const filesOf = (stack: string): string[] =>
  stack
    .split('\n')
    .filter(line => line.includes('/packages/') && !line.includes('way-in.test'))
    .map(line => line.replace(/.*\/packages\/(.*?)\/dist\/(.*?)\.js:.*/, '$1/$2'))

for (const { title, create } of hostFactories) {
  describe(`The way in from a WebSocket to a hub method on ${title}`, () => {
    let server: SignalboxServer
    let client: RawClient
    let files: string[]

    before(async () => {
      server = createServer({ host: create(), logger: quiet })
      server.mapHub('/hub', StackHub)
      const { port } = await server.listen(0)
      client = await openRawClient('WebSockets', port, '/hub')
      await client.send(handshake)
      await client.read()
      await client.send('{"type":1,"invocationId":"1","target":"stack","arguments":[]}\x1e')
      const answer = JSON.parse((await client.read()).slice(0, -1)) as { result: string }
      files = filesOf(answer.result)
    })

    after(async () => {
      client.vanish()
      await server.close()
    })

    it('is at most twelve functions of ours', () => {
      expect(files).to.have.lengthOf.within(1, 12)
    })

    it('is read in six files behind that of the host', () => {
      expect([...new Set(files.filter(file => !file.startsWith('host-')))].reverse()).to.deep.equal([
        'connections/transports/web-socket-transport',
        'connections/life/connection-application',
        'hubs/connection/hub-connection-handler',
        'hubs/connection/hub-input',
        'hubs/dispatch/hub-dispatcher',
        'hubs/dispatch/hub-invoker',
      ])
    })
  })
}
