import { check } from '../check.js'
import { staysPending } from '../drivers/deadline.js'
import {
  cancelInvocation,
  completed,
  completedWith,
  invocation,
  streamInvocation,
  streamItem,
} from '../drivers/hub-messages.js'
import { ProbeJournal } from '../drivers/probe-journal.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { startBlockedCall } from './journaled-call.js'

const area = 'parallel invocations'

check(area, 'one after the other: with one slot a call starts when the one before has completed', async server => {
  const { connection, journal } = await startBlockedCall(server)
  await connection.send(invocation('b', 'Echo', 'x'))
  const completions = connection.expect(completedWith('a', null), completedWith('b', 'x'))
  await staysPending(completions, 'a Completion', 300)
  await journal.release()
  await completions
})

check(
  area,
  'with two slots a second call overtakes the first',
  { settings: { maximumParallelInvocationsPerClient: 2 } },
  async server => {
    const { connection, journal } = await startBlockedCall(server)
    await connection.send(invocation('b', 'Echo', 'x'))
    await connection.expect(completedWith('b', 'x'))
    await journal.release()
    await connection.expect(completedWith('a', null))
  },
)

check(area, 'while a call runs, pings, cancels and stream invocations are handled', async server => {
  const { connection, journal } = await startBlockedCall(server)
  await connection.send('{"type":6}', streamInvocation('s', 'EndlessChannel'))
  await connection.expect(streamItem('s', 0))
  await connection.send(cancelInvocation('s'))
  await connection.expect(completed('s'))
  await journal.release()
  await connection.expect(completedWith('a', null))
})

check(area, 'a cancel of a running plain call is ignored', async server => {
  const { connection, journal } = await startBlockedCall(server)
  await connection.send(cancelInvocation('a'))
  const completion = connection.expect(completedWith('a', null))
  await staysPending(completion, 'the Completion', 200)
  await journal.release()
  await completion
})

/**
 * The only slot is taken and a second call waits for it when the socket is lost; `life` is the journal of the
 * connection.
 */
async function loseBlockedConnection(server: ServerUnderTest) {
  const life = await ProbeJournal.open(server)
  const { connection, journal: call } = await startBlockedCall(server, { query: life.query })
  await connection.send(invocation('b', 'Echo', 'x'))
  await call.events() // a round trip, in which the second call arrives too
  connection.transport.dispose()
  return { life, call }
}

check(
  area,
  'while the loop waits for a slot it sees neither a Close nor the loss of the socket',
  {
    deviation: {
      key: 'a-blocked-loop-notices-the-end',
      run: async server => {
        const { life, call } = await loseBlockedConnection(server)
        await life.eventsUntil('disconnected:null')
        await call.release()
      },
    },
  },
  async server => {
    const { life, call } = await loseBlockedConnection(server)
    const disconnected = life.eventsUntil('disconnected:null')
    await staysPending(disconnected, 'OnDisconnectedAsync', 500)
    await call.release()
    await disconnected
  },
)
