import { TestServer } from '@signalbox/conformance'
import { invoke, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { HubOptions } from '../authoring/hub-options.js'

const serverPing = '{"type":6}'

describe('HubConnectionHandler, keeping alive', () => {
  class QuietHub extends Hub {
    static hubMethods = { echo: 1 }

    echo(text: string): string {
      return text
    }
  }

  const serve = (options: HubOptions = { keepAliveIntervalMs: 1_000 }) => new TestServer(QuietHub, options)

  it('pings at the first heartbeat after the interval', () => {
    const server = serve()
    const client = server.connect()
    server.heartbeatAfter(1_001)
    expect(client.sent).to.deep.equal([serverPing])
  })

  it('does not ping when exactly the interval has passed', () => {
    const server = serve()
    const client = server.connect()
    server.heartbeatAfter(1_000)
    expect(client.sent).to.deep.equal([])
  })

  it('pings again one interval later', () => {
    const server = serve()
    const client = server.connect()
    for (let tick = 0; tick < 4; tick++) server.heartbeatAfter(600)
    expect(client.sent).to.deep.equal([serverPing, serverPing])
  })

  it('pings a busy connection too, since messages do not restart the interval', () => {
    const server = serve()
    const client = server.connect()
    server.clock.advance(900)
    client.receive(invoke('1', 'echo', 'a'))
    server.heartbeatAfter(101)
    expect(client.sent).to.deep.equal([result('1', 'a'), serverPing])
  })

  it('measures from the start of the connection, not from the handshake', () => {
    const server = serve()
    const client = server.accept()
    server.clock.advance(900)
    client.receive('{"protocol":"json","version":1}\x1e')
    server.heartbeatAfter(101)
    expect(client.sent).to.deep.equal(['{}', serverPing])
  })

  it('does not ping before the handshake', () => {
    const server = serve()
    const client = server.accept()
    server.heartbeatAfter(1_001)
    expect(client.sent).to.deep.equal([])
  })

  it('does not ping on long polling', () => {
    const server = serve()
    const client = server.connect({ transport: 'LongPolling' })
    server.heartbeatAfter(10_000)
    expect(client.sent).to.deep.equal([])
  })

  it('skips the ping of a client who takes nothing, and restarts the interval', () => {
    const server = serve()
    const client = server.connect()
    const catchUp = client.stall()
    server.heartbeatAfter(1_001)
    catchUp()
    server.heartbeatAfter(1_000)
    expect(client.sent).to.deep.equal([])
    server.heartbeatAfter(1)
    expect(client.sent).to.deep.equal([serverPing])
  })

  it('does not ping after the end', async () => {
    const server = serve()
    const client = server.connect()
    client.vanish()
    server.heartbeatAfter(1_001)
    await client.ended
    expect(client.sent).not.to.include(serverPing)
  })

  it('has an interval of 15 s unless told otherwise', () => {
    const server = serve({})
    const client = server.connect()
    server.heartbeatAfter(15_000)
    expect(client.sent).to.deep.equal([])
    server.heartbeatAfter(1)
    expect(client.sent).to.deep.equal([serverPing])
  })
})
