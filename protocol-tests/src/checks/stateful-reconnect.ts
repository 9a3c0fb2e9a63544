import assert from 'node:assert/strict'
import { check } from '../check.js'
import { staysPending } from '../drivers/deadline.js'
import { closeWithError, type HubConnection } from '../drivers/hub-connection.js'
import { messagePack } from '../drivers/messagepack-notation.js'
import { ProbeJournal } from '../drivers/probe-journal.js'
import type { ServerUnderTest } from '../server-under-test.js'

const area = 'stateful reconnect'
const sequence = (sequenceId: number) => ({ type: 9, sequenceId })
const ack = (sequenceId: number) => ({ type: 8, sequenceId })
const echo = (id: string) => ({ type: 1, invocationId: id, target: 'Echo', arguments: [id] })
const echoed = (id: string) => ({ type: 3, invocationId: id, result: id })

function connect(server: ServerUnderTest, query = ''): Promise<HubConnection> {
  return server.connect('/probe', { query, useStatefulReconnect: true, version: 2 })
}

/** The network loses the socket, without a close frame, and the client comes back. */
async function reconnect(server: ServerUnderTest, connection: HubConnection): Promise<HubConnection> {
  connection.transport.dispose()
  return server.reattach('/probe', connection)
}

/** The next message that is no Ack: those come by the clock. */
async function expectBetweenAcks(connection: HubConnection, ...expected: readonly object[]): Promise<void> {
  for (const message of expected) {
    let next = await connection.next()
    while (next.startsWith('{"type":8,')) next = await connection.next()
    assert.equal(next, JSON.stringify(message))
  }
}

check(area, 'the new socket begins with a Sequence and what was not acknowledged, in order', async server => {
  const connection = await connect(server)
  await connection.send(echo('a'), echo('b'))
  await connection.expect(echoed('a'), echoed('b'))
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
  const connection = await connect(server)
  await connection.send(echo('a'), echo('b'), echo('c'))
  await connection.expect(echoed('a'), echoed('b'), echoed('c'))
  await connection.send(ack(2), echo('d'))
  await expectBetweenAcks(connection, echoed('d'))
  const again = await reconnect(server, connection)
  await again.expect(sequence(3), echoed('c'), echoed('d'))
})

check(area, 'with everything acknowledged the Sequence names the next number', async server => {
  const connection = await connect(server)
  await connection.send(echo('a'))
  await connection.expect(echoed('a'))
  await connection.send(ack(1), '{"type":3,"invocationId":"nobody"}')
  await connection.next('the Ack of the server', 3000)
  const again = await reconnect(server, connection)
  await again.expect(sequence(2))
})

check(area, 'a call that ends while the client is away is answered on the new socket', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await connect(server)
  await connection.send({ type: 1, invocationId: 'b', target: 'BlockUntilReleased', arguments: [journal.key] })
  await journal.eventsUntil('blocked')
  connection.transport.dispose()
  await journal.release()
  await journal.eventsUntil('released')
  const again = await server.reattach('/probe', connection)
  await again.expect(sequence(1), '{"type":3,"invocationId":"b","result":null}')
})

check(area, 'it is the same connection: items are kept and no hook runs', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await connect(server, journal.query)
  await connection.send({ type: 1, target: 'SetItem', arguments: ['name', 'kept'] }, echo('x'))
  await connection.expect(echoed('x'))
  const again = await reconnect(server, connection)
  await again.expect(sequence(1), echoed('x'))
  await again.send(sequence(3), { type: 1, invocationId: 'g', target: 'GetItem', arguments: ['name'] })
  await expectBetweenAcks(again, { type: 3, invocationId: 'g', result: 'kept' })
  assert.deepEqual(await journal.events(), ['connecting', 'connected'])
})

check(area, 'a message that the server has seen is not executed twice', async server => {
  const connection = await connect(server)
  const send = { type: 1, invocationId: 's', target: 'SendThenReturn', arguments: [1] }
  const message = { type: 1, target: 'Message', arguments: [0] }
  const completion = { type: 3, invocationId: 's', result: 1 }
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
  const connection = await connect(server)
  await connection.send(echo('a'))
  await connection.expect(echoed('a'))
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
const longEcho = (id: string) => ({ type: 1, invocationId: id, target: 'Echo', arguments: [longText] })
const longEchoed = (id: string) => ({ type: 3, invocationId: id, result: longText })
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
  const options = { useStatefulReconnect: true, version: 2, protocol: 'messagepack' } as const
  const connection = await server.connect('/probe', options)
  await connection.sendHex(messagePack('96 01 80 "1" "Echo" 91 "x" 90'))
  await connection.expect(messagePack('95 03 80 "1" 03 "x"'))
  const again = await reconnect(server, connection)
  await again.expect('03 92 09 01', messagePack('95 03 80 "1" 03 "x"'))
})
