import { setImmediate as turn } from 'node:timers/promises'
import { handshakeHeaders, RawConnection, requestOnce, writeRequest } from '@signalbox/conformance'
import { expect } from 'chai'
import { createPrincipal, createServer, type SignalboxServer, silentLogger } from '../index.js'
import { hostFactories } from '../testing/host-factories.js'

const requests = [
  ['a WebSocket', handshakeHeaders],
  ['an event stream', { Accept: 'text/event-stream' }],
  ['a poll', {}],
] as const

for (const { title: host, create: createHost } of hostFactories)
  describe(`a client on ${host} that leaves while authenticate is still pending`, () => {
    let server: SignalboxServer
    let port: number
    let started: number
    let answer: () => void
    let isAsked: Promise<void>

    beforeEach(async () => {
      started = 0
      let onAsked = () => {}
      isAsked = new Promise(resolve => {
        onAsked = resolve
      })
      const answered = new Promise<void>(resolve => {
        answer = resolve
      })
      server = createServer({
        logger: silentLogger,
        host: createHost(),
        authenticate: async request => {
          if (request.header('x-wait') !== undefined) {
            onAsked()
            await answered
          }
          return createPrincipal({ userId: 'ann' })
        },
      })
      server.mapConnection('/raw', async connection => {
        started++
        for await (const _ of connection);
      })
      port = (await server.listen(0)).port
    })

    afterEach(() => server.close({ drainTimeoutMs: 0 }))

    for (const [what, headers] of requests)
      for (const [how, leave] of [
        ['by a reset', (connection: RawConnection) => connection.vanish()],
        ['by saying no more', (connection: RawConnection) => connection.end()],
      ] as const)
        it(`is no connection when it wanted ${what} and left ${how}`, async () => {
          const { body } = await requestOnce(port, { method: 'POST', path: '/raw/negotiate?negotiateVersion=1' })
          const path = `/raw?id=${JSON.parse(body.toString()).connectionToken}`
          const connection = await RawConnection.open(port)
          writeRequest(connection, { path, headers: { ...headers, 'X-Wait': '1' } })
          await isAsked
          leave(connection)
          // Connections are read in turn: the server has seen the end of that one once it has answered this one.
          await requestOnce(port, { path: '/raw' })
          await requestOnce(port, { path: '/raw' })
          answer()
          await requestOnce(port, { path: '/raw' })
          await turn()
          expect(started).to.equal(0)
        })
  })
