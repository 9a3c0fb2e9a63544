import assert from 'node:assert/strict'
import { check } from '../check.js'
import { staysPending } from '../drivers/deadline.js'
import { closeWithError, type HubConnection } from '../drivers/hub-connection.js'
import { completed, completedWith, invocation, streamItem, uploadInvocation } from '../drivers/hub-messages.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { type JournaledCall, startJournaledCall } from './journaled-call.js'

const area = 'upload buffers and ids'
const one = { settings: { streamBufferCapacityItems: 1 } }

/** The method reads nothing of its stream until its journal is released, and then it ends. */
function startHolding(server: ServerUnderTest): Promise<JournaledCall> {
  return startJournaledCall(server, key => uploadInvocation('u', 'HoldUpload', key))
}

check(area, 'a full buffer stops the loop: what follows waits for the reader', one, async server => {
  const { connection, journal } = await startHolding(server)
  await connection.send(streamItem('s', 1), invocation('1', 'Echo', 'before'))
  await connection.expect(completedWith('1', 'before'))
  await connection.send(streamItem('s', 2), invocation('2', 'Echo', 'behind'))
  const completion = connection.next()
  await staysPending(completion, 'the Completion', 400)
  await journal.release()
  await completion.catch(() => {})
})

/** The buffer holds one item, so the others wait in front of it when the method ends. */
async function endWithItemsWaiting(server: ServerUnderTest): Promise<HubConnection> {
  const { connection, journal } = await startHolding(server)
  await connection.send(streamItem('s', 1), streamItem('s', 2), streamItem('s', 3))
  await journal.eventsUntil('blocked')
  await journal.release()
  return connection
}

check(
  area,
  'a method that ends while an item waits closes the connection',
  {
    ...one,
    deviation: {
      key: 'a-waiting-upload-item-is-dropped',
      run: async server => {
        const connection = await endWithItemsWaiting(server)
        await connection.expect(completedWith('u', null))
        await connection.expectAliveAndSilent()
      },
    },
  },
  async server => {
    const connection = await endWithItemsWaiting(server)
    const messages = [await connection.next()]
    if (messages[0] === JSON.stringify(completedWith('u', null))) messages.push(await connection.next())
    const close = closeWithError('ChannelClosedException: The channel has been closed.')
    assert.equal(messages.at(-1), JSON.stringify(close))
    await connection.expectEnd()
  },
)

/** Two calls read streams of the same id. */
async function startTwoReaders(server: ServerUnderTest): Promise<HubConnection> {
  const connection = await server.connect('/testhub')
  await connection.send(uploadInvocation('first', 'StreamingConcat'))
  await connection.send(uploadInvocation('second', 'StreamingConcat'))
  return connection
}

check(
  area,
  'a stream id used again takes the items, and the first reader waits on',
  {
    deviation: {
      key: 'a-stream-id-in-use-is-refused',
      run: async server => {
        const connection = await startTwoReaders(server)
        const refusal = await connection.nextJson()
        assert.equal(refusal['invocationId'], 'second')
        assert.equal(typeof refusal['error'], 'string')
        await connection.send(streamItem('s', 'x'), completed('s'))
        await connection.expect(completedWith('first', 'x'))
      },
    },
  },
  async server => {
    const connection = await startTwoReaders(server)
    await connection.send(streamItem('s', 'x'), completed('s'))
    await connection.expect(completedWith('second', 'x'))
    await connection.expectAliveAndSilent()
  },
)
