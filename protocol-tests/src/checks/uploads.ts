import assert from 'node:assert/strict'
import { check } from '../check.js'
import {
  completed,
  completedWith,
  failedWith,
  invocation,
  invocationWithoutId,
  streamInvocation,
  streamItem,
  uploadInvocation,
} from '../drivers/hub-messages.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { unexpectedError } from './error-texts.js'
import { type JournaledCall, startJournaledCall } from './journaled-call.js'
import { checkOnEachTransport } from './on-each-transport.js'

const area = 'uploads'
const streamCount = (method: string, sent: number, expected: number) =>
  `${unexpectedError(method)} HubException: Client sent ${sent} stream(s), Hub method expects ${expected}.`

/** The method journals the numbers it reads, and returns how the stream has ended. */
function startReading(server: ServerUnderTest): Promise<JournaledCall> {
  return startJournaledCall(server, key => uploadInvocation('1', 'ReadUpload', key))
}

checkOnEachTransport(area, 'BEANED, letter by letter', {}, async (server, transport) => {
  const connection = await server.connect('/testhub', { transport })
  await connection.send(uploadInvocation('1', 'StreamingConcat'))
  for (const letter of 'BEANED') await connection.send(streamItem('s', letter))
  await connection.send(completed('s'))
  await connection.expect(completedWith('1', 'BEANED'))
  await connection.expectAliveAndSilent()
})

for (const [what, streamIds] of [
  ['2 streams', ['a', 'b']],
  ['0 streams', []],
  ['no list of streams', undefined],
] as const) {
  check(area, `${what} for a method of one`, async server => {
    const connection = await server.connect('/testhub')
    await connection.send({ ...invocation('1', 'StreamingConcat'), streamIds })
    await connection.expect(failedWith('1', streamCount('StreamingConcat', streamIds?.length ?? 0, 1)))
    await connection.expectAliveAndSilent()
  })
}

check(
  area,
  'a stream for a method that takes none, and the items that follow are ignored',
  { detailedErrors: false },
  async server => {
    const connection = await server.connect('/testhub')
    await connection.send(uploadInvocation('1', 'Echo', 'x'))
    await connection.expect(failedWith('1', streamCount('Echo', 1, 0)))
    await connection.send(streamItem('s', 1), completed('s'))
    await connection.expectAliveAndSilent()
  },
)

check(area, 'arguments around a stream are bound as if it were not there', async server => {
  const connection = await server.connect('/probe')
  await connection.send(uploadInvocation('1', 'Surround', '<', '>'))
  await connection.send(streamItem('s', 'a'), streamItem('s', 'b'), completed('s'))
  await connection.expect(completedWith('1', '<ab>'))
})

check(area, 'two streams fill the parameters in their order', async server => {
  const connection = await server.connect('/probe')
  await connection.send({ ...invocation('1', 'TwoUploads'), streamIds: ['x', 'y'] })
  await connection.send(
    streamItem('y', '2'),
    streamItem('x', '1'),
    completed('y'),
    streamItem('x', '1'),
    completed('x'),
  )
  await connection.expect(completedWith('1', '11|2'))
})

checkOnEachTransport(area, 'up and down at once', {}, async (server, transport) => {
  const connection = await server.connect('/probe', { transport })
  await connection.send({ ...streamInvocation('d', 'DoubleEach'), streamIds: ['u'] })
  for (const number of [1, 2, 3]) {
    await connection.send(streamItem('u', number))
    await connection.expect(streamItem('d', number * 2))
  }
  await connection.send(completed('u'))
  await connection.expect(completed('d'))
})

check(area, 'an item of the wrong type ends the stream for its reader, who may go on', async server => {
  const { connection, journal } = await startReading(server)
  await connection.send(streamItem('s', 1), streamItem('s', 'not a number'))
  const completion = await connection.nextJson()
  assert.match(String(completion['result']), /^ended:HubException:Failed to bind Stream message\./)
  assert.equal((await journal.events())[0], 'item:1')
  await connection.expectAliveAndSilent()
})

for (const error of ['custom', '']) {
  check(area, `an upload that the client ends with the error '${error}' throws it at the reader`, async server => {
    const { connection } = await startReading(server)
    await connection.send(streamItem('s', 1), failedWith('s', error))
    await connection.expect(completedWith('1', `ended:HubException:${error}`))
  })
}

check(area, 'a result in the Completion of an upload is ignored', async server => {
  const { connection } = await startReading(server)
  await connection.send(completedWith('s', { a: 1 }))
  await connection.expect(completedWith('1', 'ended:null'))
})

check(area, 'the end of the connection reaches the reader', async server => {
  const { connection, journal } = await startReading(server)
  await connection.send(streamItem('s', 1))
  await journal.eventsUntil('item:1')
  connection.transport.dispose()
  const events = await journal.eventsUntil(/^ended/)
  assert.equal(events.at(-1), 'ended:OperationCanceledException:The underlying connection was closed.')
})

check(area, 'an upload without an id works and has no Completion', async server => {
  const { connection, journal } = await startJournaledCall(server, key => ({
    ...invocationWithoutId('ReadUpload', key),
    streamIds: ['s'],
  }))
  await connection.send(streamItem('s', 7), completed('s'))
  assert.deepEqual(await journal.eventsUntil('ended:null'), ['item:7', 'ended:null'])
  await connection.expectAliveAndSilent()
})

check(area, 'a method may end without reading, and items that come later are ignored', async server => {
  const connection = await server.connect('/probe')
  await connection.send(uploadInvocation('1', 'IgnoreUpload'))
  await connection.expect(completedWith('1', 'ignored'))
  for (let count = 0; count < 20; count++) await connection.send(streamItem('s', count))
  await connection.send(completed('s'))
  await connection.expectAliveAndSilent()
})

check(area, 'uploads take no slot: a call runs while one is under way', async server => {
  const connection = await server.connect('/testhub')
  await connection.send(uploadInvocation('u', 'StreamingConcat'))
  await connection.expectAliveAndSilent()
  await connection.send(streamItem('s', 'x'), completed('s'))
  await connection.expect(completedWith('u', 'x'))
})

check(area, 'the sum of an upload of integers', async server => {
  const connection = await server.connect('/bench')
  await connection.send(uploadInvocation('1', 'Sum'))
  for (let number = 1; number <= 100; number++) await connection.send(streamItem('s', number))
  await connection.send(completed('s'))
  await connection.expect(completedWith('1', 5050))
})
