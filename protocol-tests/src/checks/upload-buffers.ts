import assert from 'node:assert/strict'
import { check } from '../check.js'
import { staysPending } from '../drivers/deadline.js'
import { closeWithError } from '../drivers/hub-connection.js'
import { ProbeJournal } from '../drivers/probe-journal.js'

const area = 'upload buffers and ids'
const item = (invocationId: string, value: unknown) => ({ type: 2, invocationId, item: value })
const end = (invocationId: string) => ({ type: 3, invocationId })

const one = { settings: { streamBufferCapacityItems: 1 } }
check(area, 'a full buffer stops the loop: what follows waits for the reader', one, async server => {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe')
  await connection.send({
    type: 1,
    invocationId: 'u',
    target: 'HoldUpload',
    arguments: [journal.key],
    streamIds: ['s'],
  })
  await connection.send(item('s', 1), { type: 1, invocationId: '1', target: 'Echo', arguments: ['before'] })
  await connection.expect('{"type":3,"invocationId":"1","result":"before"}')
  await connection.send(item('s', 2), { type: 1, invocationId: '2', target: 'Echo', arguments: ['behind'] })
  const completion = connection.next()
  await staysPending(completion, 'the Completion', 400)
  await journal.release()
  await completion.catch(() => {})
})

check(
  area,
  'a method that ends while an item waits closes the connection',
  {
    ...one,
    deviation: {
      key: 'a-waiting-upload-item-is-dropped',
      run: async server => {
        const journal = await ProbeJournal.open(server)
        const connection = await server.connect('/probe')
        await connection.send({
          type: 1,
          invocationId: 'u',
          target: 'HoldUpload',
          arguments: [journal.key],
          streamIds: ['s'],
        })
        await connection.send(item('s', 1), item('s', 2), item('s', 3))
        await journal.eventsUntil('blocked')
        await journal.release()
        await connection.expect('{"type":3,"invocationId":"u","result":null}')
        await connection.expectAliveAndSilent()
      },
    },
  },
  async server => {
    const journal = await ProbeJournal.open(server)
    const connection = await server.connect('/probe')
    await connection.send({
      type: 1,
      invocationId: 'u',
      target: 'HoldUpload',
      arguments: [journal.key],
      streamIds: ['s'],
    })
    await connection.send(item('s', 1), item('s', 2), item('s', 3))
    await journal.eventsUntil('blocked')
    await journal.release()
    const messages = [await connection.next()]
    if (messages[0] === '{"type":3,"invocationId":"u","result":null}') messages.push(await connection.next())
    const close = closeWithError('ChannelClosedException: The channel has been closed.')
    assert.equal(messages.at(-1), JSON.stringify(close))
    await connection.expectEnd()
  },
)

check(
  area,
  'a stream id used again takes the items, and the first reader waits on',
  {
    deviation: {
      key: 'a-stream-id-in-use-is-refused',
      run: async server => {
        const connection = await server.connect('/testhub')
        const upload = { type: 1, target: 'StreamingConcat', arguments: [], streamIds: ['s'] }
        await connection.send({ ...upload, invocationId: 'first' })
        await connection.send({ ...upload, invocationId: 'second' })
        const refusal = await connection.nextJson()
        assert.equal(refusal['invocationId'], 'second')
        assert.equal(typeof refusal['error'], 'string')
        await connection.send(item('s', 'x'), end('s'))
        await connection.expect('{"type":3,"invocationId":"first","result":"x"}')
      },
    },
  },
  async server => {
    const connection = await server.connect('/testhub')
    const upload = { type: 1, target: 'StreamingConcat', arguments: [], streamIds: ['s'] }
    await connection.send({ ...upload, invocationId: 'first' })
    await connection.send({ ...upload, invocationId: 'second' })
    await connection.send(item('s', 'x'), end('s'))
    await connection.expect('{"type":3,"invocationId":"second","result":"x"}')
    await connection.expectAliveAndSilent()
  },
)
