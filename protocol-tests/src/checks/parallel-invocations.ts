import assert from 'node:assert/strict'
import { check } from '../check.js'
import { staysPending } from '../drivers/deadline.js'
import { ProbeJournal } from '../drivers/probe-journal.js'

const area = 'parallel invocations'

check(area, 'one after the other: with one slot a call starts when the one before has completed', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe')
  await connection.send({ type: 1, invocationId: 'a', target: 'BlockUntilReleased', arguments: [journal.key] })
  await connection.send({ type: 1, invocationId: 'b', target: 'Echo', arguments: ['x'] })
  await journal.eventsUntil('blocked')
  const first = connection.next()
  await staysPending(first, 'a Completion', 300)
  await journal.release()
  assert.equal(await first, '{"type":3,"invocationId":"a","result":null}')
  await connection.expect('{"type":3,"invocationId":"b","result":"x"}')
})

check(
  area,
  'with two slots a second call overtakes the first',
  { settings: { maximumParallelInvocationsPerClient: 2 } },
  async server => {
    const journal = await ProbeJournal.open(server)
    const connection = await server.connect('/probe')
    await connection.send({ type: 1, invocationId: 'a', target: 'BlockUntilReleased', arguments: [journal.key] })
    await connection.send({ type: 1, invocationId: 'b', target: 'Echo', arguments: ['x'] })
    await connection.expect('{"type":3,"invocationId":"b","result":"x"}')
    await journal.release()
    await connection.expect('{"type":3,"invocationId":"a","result":null}')
  },
)

check(area, 'while a call runs, pings, cancels and stream invocations are handled', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe')
  await connection.send({ type: 1, invocationId: 'a', target: 'BlockUntilReleased', arguments: [journal.key] })
  await journal.eventsUntil('blocked')
  await connection.send('{"type":6}', { type: 4, invocationId: 's', target: 'EndlessChannel', arguments: [] })
  await connection.expect('{"type":2,"invocationId":"s","item":0}')
  await connection.send({ type: 5, invocationId: 's' })
  await connection.expect('{"type":3,"invocationId":"s"}')
  await journal.release()
  await connection.expect('{"type":3,"invocationId":"a","result":null}')
})

check(area, 'a cancel of a running plain call is ignored', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe')
  await connection.send({ type: 1, invocationId: 'a', target: 'BlockUntilReleased', arguments: [journal.key] })
  await journal.eventsUntil('blocked')
  await connection.send({ type: 5, invocationId: 'a' })
  const completion = connection.next()
  await staysPending(completion, 'the Completion', 200)
  await journal.release()
  assert.equal(await completion, '{"type":3,"invocationId":"a","result":null}')
})

check(
  area,
  'while the loop waits for a slot it sees neither a Close nor the loss of the socket',
  {
    deviation: {
      key: 'a-blocked-loop-notices-the-end',
      run: async server => {
        const journal = await ProbeJournal.open(server)
        const held = await ProbeJournal.open(server)
        const connection = await server.connect('/probe', { query: journal.query })
        await connection.send({ type: 1, invocationId: 'a', target: 'BlockUntilReleased', arguments: [held.key] })
        await connection.send({ type: 1, invocationId: 'b', target: 'Echo', arguments: ['x'] })
        await held.eventsUntil('blocked')
        connection.transport.dispose()
        await journal.eventsUntil('disconnected:null')
        await held.release()
      },
    },
  },
  async server => {
    const journal = await ProbeJournal.open(server)
    const held = await ProbeJournal.open(server)
    const connection = await server.connect('/probe', { query: journal.query })
    await connection.send({ type: 1, invocationId: 'a', target: 'BlockUntilReleased', arguments: [held.key] })
    await connection.send({ type: 1, invocationId: 'b', target: 'Echo', arguments: ['x'] })
    await held.eventsUntil('blocked')
    connection.transport.dispose()
    const disconnected = journal.eventsUntil('disconnected:null')
    await staysPending(disconnected, 'OnDisconnectedAsync', 500)
    await held.release()
    await disconnected
  },
)
