import assert from 'node:assert/strict'
import { check } from '../check.js'
import { staysPending } from '../drivers/deadline.js'
import { closeWithError, type HubConnection } from '../drivers/hub-connection.js'
import { ack, completed, completedWith, invocation, invocationWithoutId, sequence } from '../drivers/hub-messages.js'
import { messagePack } from '../drivers/messagepack-notation.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { startBlockedCall } from './journaled-call.js'
import { connectJournaled } from './journaled-connection.js'
import { echo, echoed, expectBetweenAcks, stateful } from './stateful-client.js'

const area = 'stateful reconnect'

function connect(server: ServerUnderTest): Promise<HubConnection> {
  return server.connect('/probe', stateful)
}

/** A client whose calls with these ids were answered, and which has acknowledged nothing. */
async function connectAndEcho(server: ServerUnderTest, ...ids: readonly string[]): Promise<HubConnection> {
  const connection = await connect(server)
  await connection.send(...ids.map(echo))
  await connection.expect(...ids.map(echoed))
  return connection
}

/** The network loses the socket, without a close frame, and the client comes back. */
async function reconnect(server: ServerUnderTest, connection: HubConnection): Promise<HubConnection> {
  connection.transport.dispose()
  return server.reattach('/probe', connection)
}

check(area, 'the new socket begins with a Sequence and what was not acknowledged, in order', async server => {
  const connection = await connectAndEcho(server, 'a', 'b')
  const again = await reconnect(server, connection)
  await again.expect(sequence(1), echoed('a'), echoed('b'))
})

check(area, 'a Sequence comes also when there is nothing to send again', async server => {
  const again = await reconnect(server, await connect(server))
  await again.expect(sequence(1))
  await again.send(sequence(1), echo('x'))
  await expectBetweenAcks(again, echoed('x'))
})

check(area, 'what was acknowledged is not sent again', async server => {
  const connection = await connectAndEcho(server, 'a', 'b', 'c')
  await connection.send(ack(2), echo('d'))
  await expectBetweenAcks(connection, echoed('d'))
  const again = await reconnect(server, connection)
  await again.expect(sequence(3), echoed('c'), echoed('d'))
})

check(area, 'with everything acknowledged the Sequence names the next number', async server => {
  const connection = await connectAndEcho(server, 'a')
  await connection.send(ack(1), completed('nobody'))
  await connection.next('the Ack of the server', 3000)
  const again = await reconnect(server, connection)
  await again.expect(sequence(2))
})

check(area, 'a call that ends while the client is away is answered on the new socket', async server => {
  const { connection, journal } = await startBlockedCall(server, stateful)
  connection.transport.dispose()
  await journal.release()
  await journal.eventsUntil('released')
  const again = await server.reattach('/probe', connection)
  await again.expect(sequence(1), completedWith('a', null))
})

check(area, 'it is the same connection: items are kept and no hook runs', async server => {
  const { connection, journal } = await connectJournaled(server, stateful)
  await connection.send(invocationWithoutId('SetItem', 'name', 'kept'), echo('x'))
  await connection.expect(echoed('x'))
  const again = await reconnect(server, connection)
  await again.expect(sequence(1), echoed('x'))
  await again.send(sequence(3), invocation('g', 'GetItem', 'name'))
  await expectBetweenAcks(again, completedWith('g', 'kept'))
  assert.deepEqual(await journal.events(), ['connecting', 'connected'])
})

check(area, 'a message that the server has seen is not executed twice', async server => {
  const connection = await connect(server)
  const send = invocation('s', 'SendThenReturn', 1)
  const message = invocationWithoutId('Message', 0)
  const completion = completedWith('s', 1)
  await connection.send(send)
  await connection.expect(message, completion)
  const again = await reconnect(server, connection)
  await again.expect(sequence(1), message, completion)
  await again.send(sequence(1), send, echo('new'))
  await expectBetweenAcks(again, echoed('new'))
})

check(area, 'a Sequence from the future closes the connection', async server => {
  const connection = await connect(server)
  const again = await reconnect(server, connection)
  await again.expect(sequence(1))
  await again.send(sequence(7))
  const detail = "InvalidOperationException: Sequence ID greater than amount of messages we've received."
  await again.expectEnd(closeWithError(detail))
})

check(area, 'a Sequence on a healthy connection is obeyed: known numbers are dropped', async server => {
  const connection = await connectAndEcho(server, 'a')
  await connection.send(sequence(1), echo('a'), echo('b'))
  await expectBetweenAcks(connection, echoed('b'))
})

check(area, 'the server acknowledges within about a second, once, and only what is new', async server => {
  const connection = await connect(server)
  await connection.send(echo('a'), echo('b'), '{"type":6}')
  await connection.expect(echoed('a'), echoed('b'))
  assert.equal(await connection.next('an Ack', 2500), JSON.stringify(ack(2)))
  const next = connection.next()
  await staysPending(next, 'another Ack', 2200)
  await connection.send(echo('c'))
  assert.equal(await next, JSON.stringify(echoed('c')))
  assert.equal(await connection.next('an Ack', 2500), JSON.stringify(ack(3)))
})

check(area, 'pings and Acks have no number', async server => {
  const connection = await connect(server)
  await connection.send('{"type":6}', ack(0), '{"type":6}', echo('a'))
  await connection.expect(echoed('a'))
  assert.equal(await connection.next('an Ack', 2500), JSON.stringify(ack(1)))
})

const tight = { settings: { statefulReconnectBufferSizeBytes: 1000 } }
const longText = 'x'.repeat(600)
const longEcho = (id: string) => invocation(id, 'Echo', longText)
const longEchoed = (id: string) => completedWith(id, longText)
check(
  area,
  'with the buffer full the server waits for an Ack before it writes on',
  {
    ...tight,
    deviation: {
      key: 'a-full-replay-buffer-holds-no-results',
      run: async server => {
        const connection = await connect(server)
        await connection.send(longEcho('a'), longEcho('b'), longEcho('c'))
        await expectBetweenAcks(connection, longEchoed('a'), longEchoed('b'), longEchoed('c'))
        const again = await reconnect(server, connection)
        await again.expect(sequence(1), longEchoed('a'), longEchoed('b'), longEchoed('c'))
      },
    },
  },
  async server => {
    const connection = await connect(server)
    await connection.send(longEcho('a'), longEcho('b'), longEcho('c'))
    await connection.expect(longEchoed('a'), longEchoed('b'))
    const third = expectBetweenAcks(connection, longEchoed('c'))
    await staysPending(third, 'the third Completion', 400)
    await connection.send(ack(2))
    await third
  },
)

check(area, 'MessagePack: Sequence and the bytes of before', async server => {
  const connection = await server.connect('/probe', { ...stateful, protocol: 'messagepack' })
  await connection.sendHex(messagePack('96 01 80 "1" "Echo" 91 "x" 90'))
  await connection.expect(messagePack('95 03 80 "1" 03 "x"'))
  const again = await reconnect(server, connection)
  await again.expect('03 92 09 01', messagePack('95 03 80 "1" 03 "x"'))
})
