import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts, noCacheHeaders, noContent, octets, plainText, unknownId } from '../drivers/answer-facts.js'
import { staysPending } from '../drivers/deadline.js'
import { answerWithin } from '../drivers/http-exchange.js'
import { handshake } from '../drivers/hub-messages.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { connectedPath, startedPath, waitingPoll } from './polled-connection.js'
import { untilUnknown } from './until-unknown.js'

const area = 'long polling'
const echo = (text: string) => `{"type":1,"invocationId":"1","target":"Echo","arguments":["${text}"]}\x1e`
const echoed = (text: string) => `{"type":3,"invocationId":"1","result":"${text}"}\x1e`
const endedByDelete = '{"type":7,"allowReconnect":true}\x1e'

check(area, 'the first poll is answered at once: 200, empty, octets, not to be cached', async server => {
  assert.deepEqual(facts(await server.get(await server.negotiatedPath('/testhub'))), octets(''))
})

check(area, 'a POST gets 200 and the next poll brings the answer', async server => {
  const path = await startedPath(server)
  assert.deepEqual(facts(await server.post(path, handshake)), plainText(200))
  assert.deepEqual(facts(await server.get(path)), octets('{}\x1e'))
})

check(area, 'a poll waits for data', async server => {
  const path = await connectedPath(server)
  const poll = server.start('GET', path)
  await staysPending(poll.answer, 'the poll’s answer', 300)
  await server.post(path, echo('later'))
  assert.deepEqual(facts(await answerWithin(poll)), octets(echoed('later')))
})

check(area, 'a POST before the first poll is kept; the first poll is empty all the same', async server => {
  const path = await server.negotiatedPath('/testhub')
  assert.deepEqual(facts(await server.post(path, handshake)), plainText(200))
  assert.deepEqual(facts(await server.get(path)), octets(''))
  assert.deepEqual(facts(await server.get(path)), octets('{}\x1e'))
})

check(area, 'unknown query parameters and the Accept header mean nothing to a poll', async server => {
  const path = await connectedPath(server)
  await server.post(path, echo('x'))
  assert.deepEqual(facts(await server.get(`${path}&_=1700000000000`, { Accept: 'text/html' })), octets(echoed('x')))
})

check(area, 'all that has gathered between polls comes in one answer', async server => {
  const path = await connectedPath(server)
  const call = (id: number) => `{"type":1,"invocationId":"${id}","target":"Echo","arguments":["${id}"]}\x1e`
  const completion = (id: number) => `{"type":3,"invocationId":"${id}","result":"${id}"}\x1e`
  await server.post(path, call(1) + call(2))
  await server.post(path, call(3))
  let received = ''
  while (!received.includes('"3"}')) received += (await server.get(path)).body
  assert.equal(received, completion(1) + completion(2) + completion(3))
})

const shortPolls = { settings: { longPollingPollTimeoutMs: 1000 } }
check(area, 'a poll without data ends after the poll time-out: 200, plain text, empty', shortPolls, async server => {
  const path = await connectedPath(server)
  const start = performance.now()
  assert.deepEqual(facts(await server.get(path)), plainText(200, '', noCacheHeaders))
  const elapsed = performance.now() - start
  assert.ok(elapsed > 900 && elapsed < 3000, `after ${elapsed} ms`)
})

check(area, 'a newer poll replaces the older, which gets 204', async server => {
  const path = await connectedPath(server)
  const older = await waitingPoll(server, path)
  const newer = server.start('GET', path)
  assert.deepEqual(facts(await answerWithin(older)), noContent(noCacheHeaders))
  await staysPending(newer.answer, 'the newer poll’s answer', 200)
  await server.post(path, echo('for the newer'))
  assert.deepEqual(facts(await answerWithin(newer)), octets(echoed('for the newer')))
})

check(area, 'DELETE gets 202, and the id is gone', async server => {
  const path = await startedPath(server)
  assert.deepEqual(facts(await server.delete(path)), plainText(202))
  await untilUnknown(() => server.post(path, ''))
  assert.deepEqual(facts(await server.get(path)), plainText(404, unknownId, noCacheHeaders))
  assert.deepEqual(facts(await server.post(path, 'x')), plainText(404, unknownId))
  assert.deepEqual(facts(await server.delete(path)), plainText(404, unknownId))
})

check(area, 'DELETE before the handshake ends a pending poll with 204', async server => {
  const path = await startedPath(server)
  const poll = await waitingPoll(server, path)
  assert.deepEqual(facts(await server.delete(path)), plainText(202))
  assert.deepEqual(facts(await answerWithin(poll)), noContent(noCacheHeaders))
})

check(
  area,
  'DELETE after the handshake ends a pending poll with the Close message, or now and then with 204',
  {
    deviation: {
      key: 'delete-delivers-the-close',
      run: async server => {
        assert.deepEqual(facts(await answerToPollUnderDelete(server)), octets(endedByDelete))
      },
    },
  },
  async server => {
    const answer = facts(await answerToPollUnderDelete(server))
    assert.deepEqual(answer, answer.status === 204 ? noContent(noCacheHeaders) : octets(endedByDelete))
  },
)

async function answerToPollUnderDelete(server: ServerUnderTest) {
  const path = await connectedPath(server)
  const poll = await waitingPoll(server, path)
  assert.deepEqual(facts(await server.delete(path)), plainText(202))
  return answerWithin(poll)
}

check(area, 'DELETE before the first poll gets 400', async server => {
  const answer = await server.delete(await server.negotiatedPath('/testhub'))
  assert.deepEqual(facts(answer), plainText(400, 'Cannot terminate this connection using the DELETE endpoint.'))
})

check(area, 'a connection that the hub aborts: its Close with 200, then 204, then 404', async server => {
  const path = await connectedPath(server)
  await server.post(path, '{"type":1,"invocationId":"1","target":"Abort","arguments":[]}\x1e')
  assert.deepEqual(facts(await server.get(path)), octets('{"type":7}\x1e'))
  assert.deepEqual(facts(await server.get(path)), noContent(noCacheHeaders))
  assert.equal((await server.get(path)).status, 404)
})

check(area, 'a failed handshake: its error with 200, then 204', async server => {
  const path = await startedPath(server)
  await server.post(path, '{"protocol":"morse","version":1}\x1e')
  assert.deepEqual(facts(await server.get(path)), octets(`{"error":"The protocol 'morse' is not supported."}\x1e`))
  assert.deepEqual(facts(await server.get(path)), noContent(noCacheHeaders))
})

check(area, 'what was sent while the client had dropped its poll is delivered to the next', async server => {
  const path = await connectedPath(server)
  const dropped = await waitingPoll(server, path)
  dropped.abort()
  await server.post(path, echo('kept'))
  assert.deepEqual(facts(await server.get(path)), octets(echoed('kept')))
})

check(area, 'two POSTs at once are queued, never refused, never interleaved', async server => {
  const path = await connectedPath(server)
  const long = 'x'.repeat(20_000)
  const call = (id: string) => `{"type":1,"invocationId":"${id}","target":"Echo","arguments":["${long}"]}\x1e`
  const [first, second] = await Promise.all([server.post(path, call('a')), server.post(path, call('b'))])
  assert.deepEqual([facts(first), facts(second)], [plainText(200), plainText(200)])
  let received = ''
  while (received.split('\x1e').length < 3) received += (await server.get(path)).body
  const completions = received
    .split('\x1e')
    .slice(0, 2)
    .map(text => JSON.parse(text))
  assert.deepEqual(completions.map(completion => completion.invocationId).sort(), ['a', 'b'])
  for (const { result } of completions) assert.equal(result, long)
})

check(area, 'an empty POST gets 200 and does nothing', async server => {
  const path = await connectedPath(server)
  assert.deepEqual(facts(await server.post(path, '')), plainText(200))
  await server.post(path, echo('still fine'))
  assert.deepEqual(facts(await server.get(path)), octets(echoed('still fine')))
})

check(area, 'a handshake in pieces over several POSTs is answered after the last', async server => {
  const path = await startedPath(server)
  for (const piece of ['{"protocol":', '"json","version":1', '}\x1e']) await server.post(path, piece)
  assert.deepEqual(facts(await server.get(path)), octets('{}\x1e'))
})

check(area, 'MessagePack comes as octets too', async server => {
  const path = await startedPath(server)
  await server.post(path, '{"protocol":"messagepack","version":1}\x1e')
  assert.deepEqual(facts(await server.get(path)), octets('{}\x1e'))
  await server.post(path, Buffer.from('0d950180a131a4456368 6f91a16b'.replaceAll(' ', ''), 'hex'))
  const answer = await server.get(path)
  assert.equal(answer.headers['content-type'], 'application/octet-stream')
  assert.equal(answer.bytes.toString('hex'), '08950380a13103a16b')
})

const fastPings = { settings: { keepAliveIntervalMs: 1000 } }
check(area, 'the hub sends no pings here: a poll stays silent', fastPings, async server => {
  const path = await connectedPath(server)
  await staysPending(server.start('GET', path).answer, 'the poll’s answer', 3500)
})

check(area, 'a connection of another transport refuses a poll with 400, not to be cached', async server => {
  const path = await server.negotiatedPath('/testhub')
  await server.openTransport(path, 'WebSockets')
  const text = 'Cannot change transports mid-connection'
  assert.deepEqual(facts(await server.get(path)), plainText(400, text, noCacheHeaders))
})

check(area, 'a raw connection echoes what is posted, and DELETE ends its poll with 204', async server => {
  const path = await startedPath(server, '/echo')
  await server.post(path, 'hello')
  assert.deepEqual(facts(await server.get(path)), octets('hello'))
  const poll = await waitingPoll(server, path)
  assert.deepEqual(facts(await server.delete(path)), plainText(202))
  assert.deepEqual(facts(await answerWithin(poll)), noContent(noCacheHeaders))
})
