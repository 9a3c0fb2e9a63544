import assert from 'node:assert/strict'
import { check } from '../check.js'
import {
  cancelInvocation,
  completed,
  completedWith,
  failedWith,
  invocation,
  invocationWithoutId,
  streamInvocation,
  streamItem,
} from '../drivers/hub-messages.js'
import type { ConnectOptions, ServerUnderTest } from '../server-under-test.js'
import { failedToInvoke, noSuchMethod, unexpectedError } from './error-texts.js'
import { type JournaledCall, startJournaledCall } from './journaled-call.js'
import { checkOnEachTransport } from './on-each-transport.js'

const area = 'streaming'
const whileStreaming = 'An error occurred on the server while streaming results.'
const withoutDetails = { detailedErrors: false }

/** A stream with the id `s`, whose first item has come. */
async function startStream(
  server: ServerUnderTest,
  target: 'StreamUntilCanceled' | 'StreamUntilReleased',
  options?: ConnectOptions,
): Promise<JournaledCall> {
  const started = await startJournaledCall(server, key => streamInvocation('s', target, key), options)
  await started.connection.expect(streamItem('s', 0))
  return started
}

checkOnEachTransport(
  area,
  'items in their order, then a Completion without a result',
  {},
  async (server, transport) => {
    const connection = await server.connect('/bench', { transport })
    await connection.send(streamInvocation('s', 'Counter', 50))
    for (let item = 0; item < 50; item++) await connection.expect(streamItem('s', item))
    await connection.expect(completed('s'))
    await connection.expectAliveAndSilent()
  },
)

check(area, 'a streaming method cannot be called with a plain Invocation', async server => {
  const connection = await server.connect('/testhub')
  const error = "The client attempted to invoke the streaming 'Stream' method with a non-streaming invocation."
  assert.deepEqual(await connection.invoke('stream'), { error })
  await connection.send(invocationWithoutId('Stream'))
  await connection.expectAliveAndSilent()
})

check(area, 'a plain method cannot be called with a StreamInvocation', async server => {
  const connection = await server.connect('/testhub')
  const error = "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation."
  await connection.send(streamInvocation('s', 'Echo', 'x'))
  await connection.expect(failedWith('s', error))
  await connection.expectAliveAndSilent()
})

check(area, 'an unknown streaming method, and arguments that do not fit, fail as calls do', async server => {
  const connection = await server.connect('/bench')
  await connection.send(streamInvocation('s', 'Nope'))
  await connection.expect(failedWith('s', noSuchMethod('Nope')))
  await connection.send(streamInvocation('s', 'Counter'))
  const count = 'InvalidDataException: Invocation provides 0 argument(s) but target expects 1.'
  await connection.expect(failedWith('s', `${failedToInvoke('Counter')} ${count}`))
})

checkOnEachTransport(
  area,
  'a cancel ends a stream that takes a token, without an error',
  {},
  async (server, transport) => {
    const { connection, journal } = await startStream(server, 'StreamUntilCanceled', { transport })
    await connection.send(cancelInvocation('s'))
    await connection.expect(completed('s'))
    assert.deepEqual(await journal.events(), ['canceled'])
  },
)

check(area, 'a cancel ends a channel that takes no token', async server => {
  const connection = await server.connect('/probe')
  await connection.send(streamInvocation('s', 'EndlessChannel'))
  await connection.expect(streamItem('s', 0))
  await connection.send(cancelInvocation('s'))
  await connection.expect(completed('s'))
})

check(area, 'what a stream does when it is canceled reaches its client', async server => {
  const connection = await server.connect('/testhub')
  await connection.send(streamInvocation('s', 'InfiniteStream'))
  await connection.send(cancelInvocation('s'))
  await connection.expect(invocationWithoutId('StreamCanceled'), completed('s'))
})

check(
  area,
  'an iterator without a token is not stopped by a cancel: its items go on',
  {
    deviation: {
      key: 'cancel-returns-the-iterator',
      run: async server => {
        const { connection, journal } = await startStream(server, 'StreamUntilReleased')
        await connection.send(cancelInvocation('s'))
        await journal.release()
        await connection.expect(completed('s'))
        await connection.expectAliveAndSilent()
      },
    },
  },
  async server => {
    const { connection, journal } = await startStream(server, 'StreamUntilReleased')
    await connection.send(cancelInvocation('s'))
    await connection.expectAliveAndSilent()
    await journal.release()
    await connection.expect(streamItem('s', 1), completed('s'))
  },
)

check(area, 'the loss of its client cancels a stream', async server => {
  const { connection, journal } = await startStream(server, 'StreamUntilCanceled')
  connection.transport.dispose()
  await journal.eventsUntil('canceled')
})

check(area, 'an exception inside a stream comes behind the items before it', async server => {
  const connection = await server.connect('/testhub')
  await connection.send(streamInvocation('s', 'StreamThenThrow', 'broken'))
  const error = `${whileStreaming} InvalidOperationException: broken`
  await connection.expect(streamItem('s', 1), failedWith('s', error))
})

check(area, 'an exception inside a stream does not show without detailed errors', withoutDetails, async server => {
  const connection = await server.connect('/testhub')
  await connection.send(streamInvocation('s', 'StreamThenThrow', 'broken'))
  await connection.expect(streamItem('s', 1), failedWith('s', whileStreaming))
})

check(area, 'an exception before there is a stream has the text of a call', async server => {
  const connection = await server.connect('/testhub')
  await connection.send(streamInvocation('s', 'StreamThrowException', 'broken'))
  const error = `${unexpectedError('StreamThrowException')} InvalidOperationException: broken`
  await connection.expect(failedWith('s', error))
  await connection.expectAliveAndSilent()
})

check(
  area,
  'an exception before there is a stream does not show without detailed errors',
  withoutDetails,
  async server => {
    const connection = await server.connect('/testhub')
    await connection.send(streamInvocation('s', 'StreamThrowException', 'broken'))
    await connection.expect(failedWith('s', unexpectedError('StreamThrowException')))
  },
)

check(area, 'a streaming method that returns null fails', async server => {
  const connection = await server.connect('/probe')
  await connection.send(streamInvocation('s', 'NullStream'))
  const error =
    "The value returned by the streaming method 'NullStream' is not a ChannelReader<> or IAsyncEnumerable<>."
  await connection.expect(failedWith('s', error))
})

check(area, 'an id in use is refused, and the stream that has it goes on', async server => {
  const { connection, journal } = await startStream(server, 'StreamUntilReleased')
  await connection.send(streamInvocation('s', 'StreamUntilReleased', journal.key))
  await connection.expect(failedWith('s', "Invocation ID 's' is already in use."))
  await journal.release()
  await connection.expect(streamItem('s', 1), completed('s'))
})

check(area, 'a plain call may have the id of a running stream', async server => {
  const { connection, journal } = await startStream(server, 'StreamUntilReleased')
  await connection.send(invocation('s', 'Echo', 'call'))
  await connection.expect(completedWith('s', 'call'))
  await journal.release()
  await connection.expect(streamItem('s', 1), completed('s'))
})

check(area, 'ids of streams differ by case', async server => {
  const { connection, journal } = await startStream(server, 'StreamUntilReleased')
  await connection.send(streamInvocation('S', 'StreamUntilReleased', journal.key))
  await connection.expect(streamItem('S', 0))
  await journal.release()
})
