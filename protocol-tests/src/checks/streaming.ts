import assert from 'node:assert/strict'
import { check } from '../check.js'
import { ProbeJournal } from '../drivers/probe-journal.js'
import { checkOnEachTransport } from './on-each-transport.js'

const area = 'streaming'
const unexpected = (method: string) => `An unexpected error occurred invoking '${method}' on the server.`
const whileStreaming = 'An error occurred on the server while streaming results.'
const withoutDetails = { detailedErrors: false }

checkOnEachTransport(
  area,
  'items in their order, then a Completion without a result',
  {},
  async (server, transport) => {
    const connection = await server.connect('/bench', { transport })
    await connection.send({ type: 4, invocationId: 's', target: 'Counter', arguments: [50] })
    for (let item = 0; item < 50; item++) await connection.expect({ type: 2, invocationId: 's', item })
    await connection.expect('{"type":3,"invocationId":"s"}')
    await connection.expectAliveAndSilent()
  },
)

check(area, 'a streaming method cannot be called with a plain Invocation', async server => {
  const connection = await server.connect('/testhub')
  const error = "The client attempted to invoke the streaming 'Stream' method with a non-streaming invocation."
  assert.deepEqual(await connection.invoke('stream'), { error })
  await connection.send({ type: 1, target: 'Stream', arguments: [] })
  await connection.expectAliveAndSilent()
})

check(area, 'a plain method cannot be called with a StreamInvocation', async server => {
  const connection = await server.connect('/testhub')
  const error = "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation."
  await connection.send({ type: 4, invocationId: 's', target: 'Echo', arguments: ['x'] })
  await connection.expect({ type: 3, invocationId: 's', error })
  await connection.expectAliveAndSilent()
})

check(area, 'an unknown streaming method, and arguments that do not fit, fail as calls do', async server => {
  const connection = await server.connect('/bench')
  await connection.send({ type: 4, invocationId: 's', target: 'Nope', arguments: [] })
  const base = (method: string) => `Failed to invoke '${method}' due to an error on the server.`
  await connection.expect({ type: 3, invocationId: 's', error: `${base('Nope')} HubException: Method does not exist.` })
  await connection.send({ type: 4, invocationId: 's', target: 'Counter', arguments: [] })
  const count = 'InvalidDataException: Invocation provides 0 argument(s) but target expects 1.'
  await connection.expect({ type: 3, invocationId: 's', error: `${base('Counter')} ${count}` })
})

checkOnEachTransport(
  area,
  'a cancel ends a stream that takes a token, without an error',
  {},
  async (server, transport) => {
    const journal = await ProbeJournal.open(server)
    const connection = await server.connect('/probe', { transport })
    await connection.send({ type: 4, invocationId: 's', target: 'StreamUntilCanceled', arguments: [journal.key] })
    await connection.expect('{"type":2,"invocationId":"s","item":0}')
    await connection.send({ type: 5, invocationId: 's' })
    await connection.expect('{"type":3,"invocationId":"s"}')
    assert.deepEqual(await journal.events(), ['canceled'])
  },
)

check(area, 'a cancel ends a channel that takes no token', async server => {
  const connection = await server.connect('/probe')
  await connection.send({ type: 4, invocationId: 's', target: 'EndlessChannel', arguments: [] })
  await connection.expect('{"type":2,"invocationId":"s","item":0}')
  await connection.send({ type: 5, invocationId: 's' })
  await connection.expect('{"type":3,"invocationId":"s"}')
})

check(area, 'what a stream does when it is canceled reaches its client', async server => {
  const connection = await server.connect('/testhub')
  await connection.send({ type: 4, invocationId: 's', target: 'InfiniteStream', arguments: [] })
  await connection.send({ type: 5, invocationId: 's' })
  await connection.expect({ type: 1, target: 'StreamCanceled', arguments: [] }, '{"type":3,"invocationId":"s"}')
})

check(
  area,
  'an iterator without a token is not stopped by a cancel: its items go on',
  {
    deviation: {
      key: 'cancel-returns-the-iterator',
      run: async server => {
        const journal = await ProbeJournal.open(server)
        const connection = await server.connect('/probe')
        await connection.send({ type: 4, invocationId: 's', target: 'StreamUntilReleased', arguments: [journal.key] })
        await connection.expect('{"type":2,"invocationId":"s","item":0}')
        await connection.send({ type: 5, invocationId: 's' })
        await journal.release()
        await connection.expect('{"type":3,"invocationId":"s"}')
        await connection.expectAliveAndSilent()
      },
    },
  },
  async server => {
    const journal = await ProbeJournal.open(server)
    const connection = await server.connect('/probe')
    await connection.send({ type: 4, invocationId: 's', target: 'StreamUntilReleased', arguments: [journal.key] })
    await connection.expect('{"type":2,"invocationId":"s","item":0}')
    await connection.send({ type: 5, invocationId: 's' })
    await connection.expectAliveAndSilent()
    await journal.release()
    await connection.expect('{"type":2,"invocationId":"s","item":1}', '{"type":3,"invocationId":"s"}')
  },
)

check(area, 'the loss of its client cancels a stream', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe')
  await connection.send({ type: 4, invocationId: 's', target: 'StreamUntilCanceled', arguments: [journal.key] })
  await connection.expect('{"type":2,"invocationId":"s","item":0}')
  connection.transport.dispose()
  await journal.eventsUntil('canceled')
})

check(area, 'an exception inside a stream comes behind the items before it', async server => {
  const connection = await server.connect('/testhub')
  await connection.send({ type: 4, invocationId: 's', target: 'StreamThenThrow', arguments: ['broken'] })
  const error = `${whileStreaming} InvalidOperationException: broken`
  await connection.expect('{"type":2,"invocationId":"s","item":1}', { type: 3, invocationId: 's', error })
})

check(area, 'an exception inside a stream does not show without detailed errors', withoutDetails, async server => {
  const connection = await server.connect('/testhub')
  await connection.send({ type: 4, invocationId: 's', target: 'StreamThenThrow', arguments: ['broken'] })
  await connection.expect('{"type":2,"invocationId":"s","item":1}', {
    type: 3,
    invocationId: 's',
    error: whileStreaming,
  })
})

check(area, 'an exception before there is a stream has the text of a call', async server => {
  const connection = await server.connect('/testhub')
  await connection.send({ type: 4, invocationId: 's', target: 'StreamThrowException', arguments: ['broken'] })
  const error = `${unexpected('StreamThrowException')} InvalidOperationException: broken`
  await connection.expect({ type: 3, invocationId: 's', error })
  await connection.expectAliveAndSilent()
})

check(
  area,
  'an exception before there is a stream does not show without detailed errors',
  withoutDetails,
  async server => {
    const connection = await server.connect('/testhub')
    await connection.send({ type: 4, invocationId: 's', target: 'StreamThrowException', arguments: ['broken'] })
    await connection.expect({ type: 3, invocationId: 's', error: unexpected('StreamThrowException') })
  },
)

check(area, 'a streaming method that returns null fails', async server => {
  const connection = await server.connect('/probe')
  await connection.send({ type: 4, invocationId: 's', target: 'NullStream', arguments: [] })
  const error =
    "The value returned by the streaming method 'NullStream' is not a ChannelReader<> or IAsyncEnumerable<>."
  await connection.expect({ type: 3, invocationId: 's', error })
})

check(area, 'an id in use is refused, and the stream that has it goes on', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe')
  const stream = { type: 4, invocationId: '123', target: 'StreamUntilReleased', arguments: [journal.key] }
  await connection.send(stream)
  await connection.expect('{"type":2,"invocationId":"123","item":0}')
  await connection.send(stream)
  await connection.expect({ type: 3, invocationId: '123', error: "Invocation ID '123' is already in use." })
  await journal.release()
  await connection.expect('{"type":2,"invocationId":"123","item":1}', '{"type":3,"invocationId":"123"}')
})

check(area, 'a plain call may have the id of a running stream', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe')
  await connection.send({ type: 4, invocationId: 'x', target: 'StreamUntilReleased', arguments: [journal.key] })
  await connection.expect('{"type":2,"invocationId":"x","item":0}')
  await connection.send({ type: 1, invocationId: 'x', target: 'Echo', arguments: ['call'] })
  await connection.expect('{"type":3,"invocationId":"x","result":"call"}')
  await journal.release()
  await connection.expect('{"type":2,"invocationId":"x","item":1}', '{"type":3,"invocationId":"x"}')
})

check(area, 'ids of streams differ by case', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe')
  const stream = (invocationId: string) => ({
    type: 4,
    invocationId,
    target: 'StreamUntilReleased',
    arguments: [journal.key],
  })
  await connection.send(stream('a'), stream('A'))
  await connection.expect('{"type":2,"invocationId":"a","item":0}', '{"type":2,"invocationId":"A","item":0}')
  await journal.release()
})
