import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts, plainText, unknownId } from '../drivers/answer-facts.js'
import { pause, staysPending } from '../drivers/deadline.js'
import { closeWithError } from '../drivers/hub-connection.js'
import { completedWith, invocation } from '../drivers/hub-messages.js'
import { startBlockedCall } from './journaled-call.js'
import { connectJournaled } from './journaled-connection.js'
import { checkOnEachTransport } from './on-each-transport.js'

const area = 'timers'
const fastPings = { settings: { keepAliveIntervalMs: 2000 } }
/** The interval, a tick of the server's clock, and some time to arrive; less than two intervals. */
const pingDeadlineMs = 3900
const impatient = { settings: { clientTimeoutIntervalMs: 1000 } }
const forgetful = { settings: { disconnectTimeoutMs: 1000 } }
const timedOut =
  "OperationCanceledException: Client hasn't sent a message/ping within the configured ClientTimeoutInterval."

for (const transport of ['WebSockets', 'ServerSentEvents'] as const) {
  check(
    area,
    `the server pings an idle client within the interval and a tick, over ${transport}`,
    fastPings,
    async server => {
      const connection = await server.connect('/testhub', { transport })
      connection.readPings()
      assert.equal(await connection.next('a ping', pingDeadlineMs), '{"type":6}')
      const second = connection.next('another ping', pingDeadlineMs)
      await staysPending(second, 'another ping at once', 300)
      assert.equal(await second, '{"type":6}')
    },
  )
}

check(area, 'the server pings a busy client too', fastPings, async server => {
  const connection = await server.connect('/testhub')
  connection.readPings()
  let pings = 0
  for (let count = 0; count < 35; count++) {
    await connection.send(invocation('x', 'Echo', 'busy'))
    while ((await connection.next()) === '{"type":6}') pings++
    await pause(100)
  }
  assert.ok(pings >= 1 && pings <= 2, `${pings} pings in 3.5 s`)
})

check(area, 'a MessagePack client gets its pings as binary messages', fastPings, async server => {
  const connection = await server.connect('/testhub', { protocol: 'messagepack' })
  connection.readPings()
  assert.equal(await connection.next('a ping', pingDeadlineMs), '02 91 06')
})

check(area, 'a client that never pings is never timed out', impatient, async server => {
  const connection = await server.connect('/testhub')
  const message = connection.next()
  await staysPending(message, 'a message', 3500)
  await connection.send(invocation('1', 'Echo', 'x'))
  assert.equal(await message, '{"type":3,"invocationId":"1","result":"x"}')
})

checkOnEachTransport(
  area,
  'a client that has pinged and then is silent is closed',
  impatient,
  async (server, transport) => {
    const { connection, journal } = await connectJournaled(server, { transport })
    const start = performance.now()
    await connection.send('{"type":6}')
    await connection.expectEnd(closeWithError(timedOut))
    const elapsed = performance.now() - start
    assert.ok(elapsed > 950 && elapsed < 4000, `closed after ${elapsed} ms`)
    const [type, ...message] = timedOut.split(': ')
    assert.equal(await journal.disconnection(), `disconnected:${type}:${message.join(': ')}`)
  },
)

check(area, 'the reason is not told without detailed errors', { ...impatient, detailedErrors: false }, async server => {
  const connection = await server.connect('/testhub')
  await connection.send('{"type":6}')
  await connection.expectEnd(closeWithError())
})

check(area, 'a client that pings in time lives', impatient, async server => {
  const connection = await server.connect('/testhub')
  for (let count = 0; count < 12; count++) {
    await connection.send('{"type":6}')
    await pause(350)
  }
  await connection.expectAliveAndSilent()
})

check(area, 'any complete message counts as a sign of life', impatient, async server => {
  const connection = await server.connect('/testhub')
  await connection.send('{"type":6}')
  for (let count = 0; count < 12; count++) {
    await connection.expectAliveAndSilent()
    await pause(350)
  }
})

check(area, 'a part of a message is no sign of life', impatient, async server => {
  const connection = await server.connect('/testhub')
  await connection.send('{"type":6}')
  const beat = setInterval(() => connection.sendRaw(' ').catch(() => {}), 300)
  try {
    await connection.expectEnd(closeWithError(timedOut))
  } finally {
    clearInterval(beat)
  }
})

check(area, 'the client is not timed out while its next call waits for a free slot', impatient, async server => {
  const { connection, journal } = await startBlockedCall(server)
  await connection.send('{"type":6}', invocation('b', 'Echo', 'x'))
  await pause(3500)
  await journal.release()
  await connection.expect(completedWith('a', null), completedWith('b', 'x'))
})

check(area, 'a method that runs long does not stop the client time-out', impatient, async server => {
  const { connection, journal } = await startBlockedCall(server)
  await connection.send('{"type":6}')
  await connection.expectEnd(closeWithError(timedOut))
  await journal.release()
})

check(
  area,
  'a negotiated connection that nobody uses is forgotten after the disconnect time-out',
  forgetful,
  async server => {
    const path = await server.negotiatedPath('/testhub')
    await pause(3200)
    assert.equal((await server.get(path)).body, unknownId)
    assert.equal((await server.get(path, { Accept: 'text/event-stream' })).body, unknownId)
    assert.equal((await server.upgrade(path)).body, unknownId)
  },
)

check(area, 'POSTs do not keep a connection without polls', forgetful, async server => {
  const path = await server.negotiatedPath('/testhub')
  for (let count = 0; count < 8; count++) {
    await server.post(path, ' ')
    await pause(400)
  }
  assert.deepEqual(facts(await server.post(path, '')), plainText(404, unknownId))
})

check(area, 'a long-polling client that stops polling is disconnected', forgetful, async server => {
  const { connection, journal } = await connectJournaled(server, { transport: 'LongPolling' })
  await connection.expectAliveAndSilent()
  connection.transport.dispose()
  assert.equal(await journal.disconnection(), 'disconnected:null')
  const path = `/probe?id=${connection.connectionToken}`
  await pause(100)
  assert.equal((await server.get(path)).status, 404)
})

check(area, 'a poll that waits longer than the disconnect time-out keeps its connection', forgetful, async server => {
  const connection = await server.connect('/testhub', { transport: 'LongPolling' })
  await pause(3200)
  await connection.expectAliveAndSilent()
})
