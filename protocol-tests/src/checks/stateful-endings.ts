import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts, plainText } from '../drivers/answer-facts.js'
import { pause, staysPending, within } from '../drivers/deadline.js'
import type { HubConnection } from '../drivers/hub-connection.js'
import { invocationWithoutId, sequence } from '../drivers/hub-messages.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { connectedSocket } from './connected-socket.js'
import { connectJournaled } from './journaled-connection.js'
import { echo, echoed, expectBetweenAcks, stateful } from './stateful-client.js'

const area = 'stateful connections that end'

for (const [name, options] of [
  [
    'version 1 of the protocol turns it off: no Ack, and a second socket gets 409',
    { useStatefulReconnect: true, version: 1 },
  ],
  ['version 2 without having negotiated it has no effect', { version: 2 }],
] as const) {
  check(area, name, async server => {
    const connection = await server.connect('/probe', options)
    await connection.expectAliveAndSilent()
    const next = connection.next()
    await staysPending(next, 'an Ack', 2200)
    next.catch(() => {})
    assert.deepEqual(facts(await server.upgrade(`/probe?id=${connection.connectionToken}`)), plainText(409))
  })
}

check(area, 'version 1 of the protocol turns it off: a lost connection is gone', async server => {
  const { connection, journal } = await connectJournaled(server, { ...stateful, version: 1 })
  connection.transport.dispose()
  await journal.eventsUntil('disconnected:null')
})

check(area, 'a clean close is final', async server => {
  const { connection, journal } = await connectJournaled(server, stateful)
  await connection.transport.close()
  await journal.eventsUntil('disconnected:null')
  assert.equal(await statusOnceEnded(server, connection), 404)
})

const forgetful = { settings: { disconnectTimeoutMs: 1000 } }
check(area, 'a client that does not come back in time is disconnected', forgetful, async server => {
  const { connection, journal } = await connectJournaled(server, stateful)
  await connection.send(echo('x'))
  await connection.expect(echoed('x'))
  connection.transport.dispose()
  await pause(300)
  assert.deepEqual(await journal.events(), ['connecting', 'connected'])
  assert.equal(await journal.disconnection(), 'disconnected:null')
  assert.equal(await statusOnceEnded(server, connection), 404)
})

check(area, 'an aborted connection does not come back', async server => {
  const connection = await server.connect('/probe', stateful)
  await connection.send(invocationWithoutId('AbortTwice'))
  await connection.expectEnd('{"type":7}')
  assert.equal(await statusOnceEnded(server, connection), 404)
})

check(
  area,
  'a new socket while the old one lives: the old one gets close 1000, and the new one waits for its end',
  {
    deviation: {
      key: 'take-over-at-once',
      run: async server => {
        const connection = await server.connect('/probe', stateful)
        await connection.send(echo('a'))
        await connection.expect(echoed('a'))
        const again = await server.reattach('/probe', connection)
        await again.expect(sequence(1), echoed('a'))
        await again.send(sequence(2), echo('b'))
        await expectBetweenAcks(again, echoed('b'))
        await within(connection.transport.ended, 'the end of the old socket')
      },
    },
  },
  async server => {
    const { connectionToken } = await server.negotiate('/probe', 'negotiateVersion=1&useStatefulReconnect=true')
    const path = `/probe?id=${connectionToken}`
    const old = await connectedSocket(server, path, '{"protocol":"json","version":2}\x1e')
    const opening = server.openTransport(path)
    assert.equal(await old.next(), 'close 1000')
    await staysPending(opening, 'the new socket', 300)
    old.reset()
    const transport = await within(opening, 'the new socket')
    assert.equal(String(await transport.received.next('a Sequence')), `${JSON.stringify(sequence(1))}\x1e`)
  },
)

/** What a new socket is answered. OnDisconnectedAsync runs before the id is let go, and meanwhile that is 409. */
async function statusOnceEnded(server: ServerUnderTest, connection: HubConnection): Promise<number> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const { status } = await server.upgrade(`/probe?id=${connection.connectionToken}`)
    if (status !== 409) return status
    await pause(20)
  }
  return 409
}
