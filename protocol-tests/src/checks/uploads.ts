import assert from 'node:assert/strict'
import { check } from '../check.js'
import { ProbeJournal } from '../drivers/probe-journal.js'
import { checkOnEachTransport } from './on-each-transport.js'

const area = 'uploads'
const item = (invocationId: string, value: unknown) => ({ type: 2, invocationId, item: value })
const end = (invocationId: string) => ({ type: 3, invocationId })
const streamCount = (method: string, sent: number, expected: number) =>
  `An unexpected error occurred invoking '${method}' on the server. HubException: Client sent ${sent} stream(s), Hub method expects ${expected}.`

checkOnEachTransport(area, 'BEANED, letter by letter', {}, async (server, transport) => {
  const connection = await server.connect('/testhub', { transport })
  await connection.send({ type: 1, invocationId: '1', target: 'StreamingConcat', arguments: [], streamIds: ['s'] })
  for (const letter of 'BEANED') await connection.send(item('s', letter))
  await connection.send(end('s'))
  await connection.expect('{"type":3,"invocationId":"1","result":"BEANED"}')
  await connection.expectAliveAndSilent()
})

for (const [streamIds, sent] of [
  [['a', 'b'], 2],
  [[], 0],
  [undefined, 0],
] as const) {
  check(
    area,
    `${streamIds === undefined ? 'no list of streams' : `${sent} streams`} for a method of one`,
    async server => {
      const connection = await server.connect('/testhub')
      await connection.send({ type: 1, invocationId: '1', target: 'StreamingConcat', arguments: [], streamIds })
      await connection.expect({ type: 3, invocationId: '1', error: streamCount('StreamingConcat', sent, 1) })
      await connection.expectAliveAndSilent()
    },
  )
}

check(
  area,
  'a stream for a method that takes none, and the items that follow are ignored',
  { detailedErrors: false },
  async server => {
    const connection = await server.connect('/testhub')
    await connection.send({ type: 1, invocationId: '1', target: 'Echo', arguments: ['x'], streamIds: ['s'] })
    await connection.expect({ type: 3, invocationId: '1', error: streamCount('Echo', 1, 0) })
    await connection.send(item('s', 1), end('s'))
    await connection.expectAliveAndSilent()
  },
)

check(area, 'arguments around a stream are bound as if it were not there', async server => {
  const connection = await server.connect('/probe')
  await connection.send({ type: 1, invocationId: '1', target: 'Surround', arguments: ['<', '>'], streamIds: ['s'] })
  await connection.send(item('s', 'a'), item('s', 'b'), end('s'))
  await connection.expect('{"type":3,"invocationId":"1","result":"<ab>"}')
})

check(area, 'two streams fill the parameters in their order', async server => {
  const connection = await server.connect('/probe')
  await connection.send({ type: 1, invocationId: '1', target: 'TwoUploads', arguments: [], streamIds: ['x', 'y'] })
  await connection.send(item('y', '2'), item('x', '1'), end('y'), item('x', '1'), end('x'))
  await connection.expect('{"type":3,"invocationId":"1","result":"11|2"}')
})

checkOnEachTransport(area, 'up and down at once', {}, async (server, transport) => {
  const connection = await server.connect('/probe', { transport })
  await connection.send({ type: 4, invocationId: 'd', target: 'DoubleEach', arguments: [], streamIds: ['u'] })
  for (const number of [1, 2, 3]) {
    await connection.send(item('u', number))
    await connection.expect({ type: 2, invocationId: 'd', item: number * 2 })
  }
  await connection.send(end('u'))
  await connection.expect('{"type":3,"invocationId":"d"}')
})

check(area, 'an item of the wrong type ends the stream for its reader, who may go on', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe')
  await connection.send({
    type: 1,
    invocationId: '1',
    target: 'ReadUpload',
    arguments: [journal.key],
    streamIds: ['s'],
  })
  await connection.send(item('s', 1), item('s', 'not a number'))
  const completion = await connection.nextJson()
  assert.match(String(completion['result']), /^ended:HubException:Failed to bind Stream message\./)
  assert.equal((await journal.events())[0], 'item:1')
  await connection.expectAliveAndSilent()
})

for (const error of ['custom', '']) {
  check(area, `an upload that the client ends with the error '${error}' throws it at the reader`, async server => {
    const journal = await ProbeJournal.open(server)
    const connection = await server.connect('/probe')
    await connection.send({
      type: 1,
      invocationId: '1',
      target: 'ReadUpload',
      arguments: [journal.key],
      streamIds: ['s'],
    })
    await connection.send(item('s', 1), { type: 3, invocationId: 's', error })
    await connection.expect({ type: 3, invocationId: '1', result: `ended:HubException:${error}` })
  })
}

check(area, 'a result in the Completion of an upload is ignored', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe')
  await connection.send({
    type: 1,
    invocationId: '1',
    target: 'ReadUpload',
    arguments: [journal.key],
    streamIds: ['s'],
  })
  await connection.send({ type: 3, invocationId: 's', result: { a: 1 } })
  await connection.expect('{"type":3,"invocationId":"1","result":"ended:null"}')
})

check(area, 'the end of the connection reaches the reader', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe')
  await connection.send({
    type: 1,
    invocationId: '1',
    target: 'ReadUpload',
    arguments: [journal.key],
    streamIds: ['s'],
  })
  await connection.send(item('s', 1))
  await journal.eventsUntil('item:1')
  connection.transport.dispose()
  const events = await journal.eventsUntil(/^ended/)
  assert.equal(events.at(-1), 'ended:OperationCanceledException:The underlying connection was closed.')
})

check(area, 'an upload without an id works and has no Completion', async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe')
  await connection.send({ type: 1, target: 'ReadUpload', arguments: [journal.key], streamIds: ['s'] })
  await connection.send(item('s', 7), end('s'))
  assert.deepEqual(await journal.eventsUntil('ended:null'), ['item:7', 'ended:null'])
  await connection.expectAliveAndSilent()
})

check(area, 'a method may end without reading, and items that come later are ignored', async server => {
  const connection = await server.connect('/probe')
  await connection.send({ type: 1, invocationId: '1', target: 'IgnoreUpload', arguments: [], streamIds: ['s'] })
  await connection.expect('{"type":3,"invocationId":"1","result":"ignored"}')
  for (let count = 0; count < 20; count++) await connection.send(item('s', count))
  await connection.send(end('s'))
  await connection.expectAliveAndSilent()
})

check(area, 'uploads take no slot: a call runs while one is under way', async server => {
  const connection = await server.connect('/testhub')
  await connection.send({ type: 1, invocationId: 'u', target: 'StreamingConcat', arguments: [], streamIds: ['s'] })
  await connection.expectAliveAndSilent()
  await connection.send(item('s', 'x'), end('s'))
  await connection.expect('{"type":3,"invocationId":"u","result":"x"}')
})

check(area, 'the sum of an upload of integers', async server => {
  const connection = await server.connect('/bench')
  await connection.send({ type: 1, invocationId: '1', target: 'Sum', arguments: [], streamIds: ['s'] })
  for (let number = 1; number <= 100; number++) await connection.send(item('s', number))
  await connection.send(end('s'))
  await connection.expect('{"type":3,"invocationId":"1","result":5050}')
})
