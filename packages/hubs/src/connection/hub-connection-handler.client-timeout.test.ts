import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, TestServer } from '@signalbox/conformance'
import { invoke, ping } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { HubOptions } from '../authoring/hub-options.js'

describe('HubConnectionHandler, timing clients out', () => {
  let held: Deferred
  let errors: (Error | undefined)[]

  class WaitingHub extends Hub {
    static hubMethods = { hold: 0 }

    hold(): Promise<void> {
      return held.promise
    }

    override onDisconnected(error: Error | undefined) {
      errors.push(error)
    }
  }

  beforeEach(() => {
    held = new Deferred()
    errors = []
  })

  /** No pings of the server in between. */
  const quiet = { keepAliveIntervalMs: 1e9, clientTimeoutIntervalMs: 3_000 }
  const serve = (options?: HubOptions) => new TestServer(WaitingHub, { ...quiet, ...options })

  /** A connection that has pinged, and a heartbeat has noticed. */
  function connectAndPing(server: TestServer) {
    const client = server.connect()
    client.receive(ping)
    server.heartbeatAfter(0)
    return client
  }

  it('closes the connection of a client who has pinged and then is silent, and allows to reconnect', async () => {
    const server = serve()
    const client = connectAndPing(server)
    server.heartbeatAfter(3_000)
    await client.ended
    expect(client.sent).to.deep.equal(['{"type":7,"error":"Connection closed with an error.","allowReconnect":true}'])
  })

  it('tells why when details are on', async () => {
    const server = serve({ enableDetailedErrors: true })
    const client = connectAndPing(server)
    server.heartbeatAfter(3_000)
    await client.ended
    expect(JSON.parse(client.sent[0]!).error).to.equal(
      "Connection closed with an error. OperationCanceledException: Client hasn't sent a message/ping within the configured ClientTimeoutInterval.",
    )
  })

  it('gives the reason to onDisconnected', async () => {
    const server = serve()
    const client = connectAndPing(server)
    server.heartbeatAfter(3_000)
    await client.ended
    expect(errors[0]).to.have.property(
      'message',
      "Client hasn't sent a message/ping within the configured ClientTimeoutInterval.",
    )
  })

  it('leaves a client alone who is silent for less than the interval', () => {
    const server = serve()
    const client = connectAndPing(server)
    server.heartbeatAfter(2_999)
    expect(client.sent).to.deep.equal([])
  })

  it('leaves a client alone who has never pinged', () => {
    const server = serve()
    const client = server.connect()
    for (let second = 0; second < 100; second++) server.heartbeatAfter(1_000)
    expect(client.sent).to.deep.equal([])
  })

  it('is not armed by other messages', () => {
    const server = serve()
    const client = server.connect()
    client.receive('{"type":5,"invocationId":"1"}\x1e')
    for (let second = 0; second < 100; second++) server.heartbeatAfter(1_000)
    expect(client.sent).to.deep.equal([])
  })

  for (const [what, message] of [
    ['a ping', ping],
    ['any other message', '{"type":5,"invocationId":"1"}\x1e'],
  ] as const) {
    it(`counts anew from ${what}`, () => {
      const server = serve()
      const client = connectAndPing(server)
      for (let second = 0; second < 10; second++) {
        server.heartbeatAfter(2_000)
        client.receive(message)
        server.heartbeatAfter(1_000)
      }
      expect(client.sent).to.deep.equal([])
    })
  }

  it('does not take part of a message for a sign of life', async () => {
    const server = serve()
    const client = connectAndPing(server)
    server.heartbeatAfter(2_000)
    client.receive('{')
    server.heartbeatAfter(1_000)
    await client.ended
    expect(errors).to.have.lengthOf(1)
  })

  it('goes on while a single call runs', async () => {
    const server = serve()
    const client = connectAndPing(server)
    client.receive(invoke('1', 'hold'))
    server.heartbeatAfter(0)
    server.heartbeatAfter(3_000)
    await client.ended
    expect(errors).to.have.lengthOf(1)
  })

  it('is suspended while a second call waits behind the first', async () => {
    const server = serve()
    const client = connectAndPing(server)
    client.receive(invoke('1', 'hold') + invoke('2', 'hold'))
    for (let second = 0; second < 100; second++) server.heartbeatAfter(1_000)
    await turn()
    expect(client.sent).to.deep.equal([])
  })

  it('begins anew when nothing waits any more', async () => {
    const server = serve()
    const client = connectAndPing(server)
    client.receive(invoke('1', 'hold') + invoke('2', 'hold'))
    server.heartbeatAfter(100_000)
    held.resolve()
    await client.nextSent()
    await client.nextSent()
    server.heartbeatAfter(2_999)
    expect(client.sent).to.deep.equal([])
    server.heartbeatAfter(3_000)
    await client.ended
    expect(errors).to.have.lengthOf(1)
  })

  it('has an interval of 30 s unless told otherwise', async () => {
    const server = new TestServer(WaitingHub, { keepAliveIntervalMs: 1e9 })
    const client = connectAndPing(server)
    server.heartbeatAfter(29_999)
    expect(client.sent).to.deep.equal([])
    server.heartbeatAfter(1)
    await client.ended
    expect(errors).to.have.lengthOf(1)
  })
})
