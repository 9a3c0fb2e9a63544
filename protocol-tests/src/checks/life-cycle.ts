import assert from 'node:assert/strict'
import { check } from '../check.js'
import { pause, staysPending, within } from '../drivers/deadline.js'
import { closeWithError } from '../drivers/hub-connection.js'
import { invocation, invocationWithoutId } from '../drivers/hub-messages.js'
import { connectJournaled } from './journaled-connection.js'
import { checkOnEachTransport } from './on-each-transport.js'
import { untilUnknown } from './until-unknown.js'

const area = 'life cycle'
const connectFailed = 'Connection closed with an error.'

check(area, 'no message is read before OnConnectedAsync has completed', async server => {
  const { connection, journal } = await connectJournaled(server, { query: 'connect=block' })
  await connection.send(invocation('1', 'Echo', 'x'))
  await journal.eventsUntil('connecting')
  const answer = connection.next()
  await staysPending(answer, 'the Completion', 300)
  await journal.releaseConnect()
  assert.equal(await answer, '{"type":3,"invocationId":"1","result":"x"}')
})

checkOnEachTransport(area, 'what OnConnectedAsync sends comes behind the handshake', {}, async (server, transport) => {
  const connection = await server.connect('/probe', { transport, query: 'connect=send' })
  await connection.expect(invocationWithoutId('Message', 'from OnConnectedAsync'))
  await connection.expectAliveAndSilent()
})

for (const [how, detail] of [
  ['throw', 'InvalidOperationException: Hub OnConnected failed.'],
  ['hubexception', 'HubException: no'],
  ['ask', 'InvalidOperationException: Client results inside OnConnectedAsync Hub methods are not allowed.'],
] as const) {
  checkOnEachTransport(
    area,
    `an OnConnectedAsync that fails (${how}) closes without allowReconnect, and OnDisconnectedAsync does not run`,
    {},
    async (server, transport) => {
      const { connection, journal } = await connectJournaled(server, { transport, query: `connect=${how}` })
      await connection.expectEnd({ type: 7, error: `${connectFailed} ${detail}` })
      await untilUnknown(() => server.get(`/probe?id=${connection.connectionToken}`))
      const events = await journal.events()
      assert.deepEqual(
        events.filter(event => event !== 'aborted'),
        ['connecting'],
      )
    },
  )
}

check(
  area,
  'without detailed errors a HubException of OnConnectedAsync shows, another exception does not',
  { detailedErrors: false },
  async server => {
    const failing = await server.connect('/probe', { query: 'connect=throw' })
    await failing.expectEnd({ type: 7, error: connectFailed })
    const polite = await server.connect('/probe', { query: 'connect=hubexception' })
    await polite.expectEnd({ type: 7, error: `${connectFailed} HubException: no` })
  },
)

check(area, 'a hub that cannot be made closes the connection behind the handshake', async server => {
  const connection = await server.connect('/uncreatable')
  const detail =
    "InvalidOperationException: Unable to resolve service for type 'System.Object' while attempting to activate 'FunctionalTests.UncreatableHub'."
  await connection.expectEnd({ type: 7, error: `${connectFailed} ${detail}` })
})

checkOnEachTransport(area, 'an OnConnectedAsync that aborts ends with a plain Close', {}, async (server, transport) => {
  const connection = await server.connect('/probe', { transport, query: 'connect=abort' })
  await connection.expectEnd('{"type":7}')
})

for (const method of ['Abort', 'AbortTwice']) {
  checkOnEachTransport(
    area,
    `a method that aborts (${method}) ends with a plain Close and has no Completion`,
    {},
    async (server, transport) => {
      const connection = await server.connect(method === 'Abort' ? '/testhub' : '/probe', { transport })
      await connection.send(invocation('1', method))
      await connection.expectEnd('{"type":7}')
    },
  )
}

checkOnEachTransport(
  area,
  'a whole life: connecting, connected, aborted, disconnected',
  {},
  async (server, transport) => {
    const { connection, journal } = await connectJournaled(server, { transport })
    await connection.expectAliveAndSilent()
    assert.deepEqual(await journal.events(), ['connecting', 'connected'])
    await connection.transport.close()
    const events = await journal.eventsUntil(/^disconnected/)
    assert.deepEqual(events, ['connecting', 'connected', 'aborted', 'disconnected:null'])
  },
)

for (const [what, message, outcome] of [
  ['a Close', '{"type":7}', 'disconnected:null'],
  ['a Close with an error', '{"type":7,"error":"bye"}', 'disconnected:HubException:bye'],
  ['a Close with an empty error', '{"type":7,"error":""}', 'disconnected:HubException:'],
] as const) {
  checkOnEachTransport(
    area,
    `${what} by the client is answered with a plain Close, and ${outcome}`,
    {},
    async (server, transport) => {
      const { connection, journal } = await connectJournaled(server, { transport })
      await connection.send(message)
      await connection.expectEnd('{"type":7}')
      assert.equal(await journal.disconnection(), outcome)
    },
  )
}

check(area, 'a client that ends in the middle of a message: OnDisconnectedAsync gets the exception', async server => {
  const { connection, journal } = await connectJournaled(server)
  await connection.sendRaw('{')
  await connection.transport.close()
  const last = await journal.disconnection()
  assert.equal(last, 'disconnected:InvalidDataException:Connection terminated while reading a message.')
})

check(area, 'a malformed message: OnDisconnectedAsync gets the exception', async server => {
  const { connection, journal } = await connectJournaled(server)
  await connection.send('{}')
  await connection.expectEnd(closeWithError("InvalidDataException: Missing required property 'type'."))
  const last = await journal.disconnection()
  assert.equal(last, "disconnected:InvalidDataException:Missing required property 'type'.")
})

check(area, 'a client that is cut off without a close frame is a clean disconnect', async server => {
  const { connection, journal } = await connectJournaled(server)
  connection.transport.dispose()
  assert.equal(await journal.disconnection(), 'disconnected:null')
})

check(area, 'a ConnectionAborted callback that throws does not stop OnDisconnectedAsync', async server => {
  const { connection, journal } = await connectJournaled(server, { query: 'aborted=throw' })
  await connection.transport.close()
  assert.equal(await journal.disconnection(), 'disconnected:null')
})

check(area, 'an OnDisconnectedAsync that throws ends the WebSocket with 1011', async server => {
  const connection = await server.connect('/probe', { query: 'disconnect=throw' })
  await connection.send('{"type":7}')
  assert.equal(await within(connection.transport.ended, 'the close'), 'WebSocket close 1011')
})

check(area, 'a client that is lost during OnConnectedAsync is noticed when that returns', async server => {
  const { connection, journal } = await connectJournaled(server, { query: 'connect=block' })
  await journal.eventsUntil('connecting')
  connection.transport.dispose()
  await pause(200)
  assert.deepEqual(
    (await journal.events()).filter(event => event.startsWith('disconnected')),
    [],
  )
  await journal.releaseConnect()
  const events = await journal.eventsUntil(/^disconnected/)
  assert.deepEqual(
    events.filter(event => event !== 'aborted'),
    ['connecting', 'connected', 'disconnected:null'],
  )
})

check(area, 'OnDisconnectedAsync does not wait for a method that still runs', async server => {
  const { connection, journal } = await connectJournaled(server)
  await connection.send(invocation('1', 'BlockUntilReleased', journal.key))
  await journal.eventsUntil('blocked')
  await connection.transport.close()
  const events = await journal.eventsUntil('disconnected:null')
  assert.ok(!events.includes('released'))
  await journal.release()
  await journal.eventsUntil('released')
})

check(area, 'a field of the hub lives for one call, an item of the connection for all', async server => {
  const connection = await server.connect('/probe')
  await connection.call('SetField', 'x')
  assert.equal(await connection.call('GetField'), null)
  await connection.call('SetItem', 'name', 'value')
  assert.equal(await connection.call('GetItem', 'name'), 'value')
  const other = await server.connect('/probe')
  assert.equal(await other.call('GetItem', 'name'), null)
})

checkOnEachTransport(area, 'the connection id of the hub is that of the negotiation', {}, async (server, transport) => {
  const connection = await server.connect('/testhub', { transport })
  assert.equal(await connection.call('GetCallerConnectionId'), connection.connectionId)
  assert.equal(await connection.call('GetActiveTransportName'), transport)
})
