import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts, noCacheHeaders, octets, plainText } from '../drivers/answer-facts.js'
import { EventStream } from '../drivers/event-stream.js'
import { handshake } from '../drivers/hub-messages.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { untilUnknown } from './until-unknown.js'

const area = 'server-sent events'
const accept = { Accept: 'text/event-stream' }
const prologue = ':\r\n'
const mid = 'Cannot change transports mid-connection'

function streamOf(
  server: ServerUnderTest,
  path: string,
  headers: Record<string, string> = accept,
): Promise<EventStream> {
  return EventStream.open(server.start('GET', path, { headers }))
}

/** An open stream behind its first comment, and the path of its connection. */
async function openStream(server: ServerUnderTest, hub = '/testhub') {
  const path = await server.negotiatedPath(hub)
  const stream = await streamOf(server, path)
  assert.equal(await stream.readTo(prologue), prologue)
  return { path, stream }
}

check(area, 'the answer is an event stream that no cache keeps and nobody compresses', async server => {
  const { stream } = await openStream(server)
  assert.deepEqual(facts(stream.answer), {
    status: 200,
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache,no-store',
      'content-encoding': 'identity',
      pragma: 'no-cache',
    },
    body: '',
  })
})

check(area, 'it begins at once with a comment line, so that a browser fires open', async server => {
  const stream = await streamOf(server, await server.negotiatedPath('/testhub'))
  assert.equal(await stream.readTo('\n'), prologue)
})

check(area, 'the answer to a handshake is one data event with CR LF line ends', async server => {
  const { path, stream } = await openStream(server)
  assert.deepEqual(facts(await server.post(path, handshake)), plainText(200))
  assert.equal(await stream.readTo('\r\n\r\n'), 'data: {}\x1e\r\n\r\n')
})

check(area, 'a second event stream gets 409 and does not harm the first', async server => {
  const { path, stream } = await openStream(server)
  assert.deepEqual(facts(await server.get(path, accept)), plainText(409))
  await server.post(path, handshake)
  assert.equal(await stream.readTo('\r\n\r\n'), 'data: {}\x1e\r\n\r\n')
})

check(area, 'a poll, a WebSocket and a DELETE of its connection get 400', async server => {
  const { path } = await openStream(server)
  assert.deepEqual(facts(await server.get(path)), plainText(400, mid, noCacheHeaders))
  assert.deepEqual(facts(await server.upgrade(path)), plainText(400, mid))
  const refusal = 'Cannot terminate this connection using the DELETE endpoint.'
  assert.deepEqual(facts(await server.delete(path)), plainText(400, refusal))
})

check(area, 'a client that closes its socket is gone: its id gets 404', async server => {
  const path = await server.negotiatedPath('/testhub')
  const exchange = server.start('GET', path, { headers: accept })
  const stream = await EventStream.open(exchange)
  await stream.readTo(prologue)
  exchange.abort()
  await untilUnknown(() => server.post(path, ''))
})

check(area, 'a handshake for MessagePack is refused on it, and the stream ends in order', async server => {
  const { path, stream } = await openStream(server)
  await server.post(path, '{"protocol":"messagepack","version":1}\x1e')
  const error =
    "Cannot use the 'messagepack' protocol on the current transport. The transport does not support 'Binary' transfer format."
  assert.equal(await stream.readToEnd(), `data: {"error":"${error}"}\x1e\r\n\r\n`)
  assert.equal(await stream.ended, 'end')
})

check(
  area,
  'the keep-alive is a hub ping as a data event',
  { settings: { keepAliveIntervalMs: 1000 } },
  async server => {
    const { path, stream } = await openStream(server)
    await server.post(path, handshake)
    assert.equal(await stream.readTo('\r\n\r\n'), 'data: {}\x1e\r\n\r\n')
    const start = performance.now()
    assert.equal(await stream.readTo('\r\n\r\n'), 'data: {"type":6}\x1e\r\n\r\n')
    const elapsed = performance.now() - start
    assert.ok(elapsed < 3000, `the ping came after ${elapsed} ms`)
  },
)

for (const value of [
  'text/event-stream',
  'TEXT/EVENT-STREAM',
  'application/json, text/event-stream',
  ' text/event-stream ',
]) {
  check(area, `Accept: ${value} asks for it`, async server => {
    const stream = await streamOf(server, await server.negotiatedPath('/testhub'), { Accept: value })
    assert.equal(stream.answer.headers['content-type'], 'text/event-stream')
  })
}

for (const value of ['text/event-stream;q=0.5', 'text/event-stream;q=1.0', '*/*', 'text/*', 'text/event-streams']) {
  check(area, `Accept: ${value} is a poll`, async server => {
    const answer = await server.get(await server.negotiatedPath('/testhub'), { Accept: value })
    assert.deepEqual(facts(answer), octets(''))
  })
}

check(area, 'it wins over an upgrade to WebSockets in the same request', async server => {
  const path = await server.negotiatedPath('/testhub')
  const headers = { ...accept, Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }
  const stream = await streamOf(server, path, headers)
  assert.equal(stream.answer.headers['content-type'], 'text/event-stream')
})

for (const [what, payload, events] of [
  ['one line', 'Hello, World', 'data: Hello, World\r\n\r\n'],
  ['lines that end with LF', 'Hello\nWorld', 'data: Hello\r\ndata: World\r\n\r\n'],
  ['lines that end with CR LF', 'Hello\r\nWorld', 'data: Hello\r\ndata: World\r\n\r\n'],
  ['a line end at the end', 'Hello\n', 'data: Hello\r\ndata: \r\n\r\n'],
  ['a lone CR, which is no line end', 'Hello\rWorld', 'data: Hello\rWorld\r\n\r\n'],
  ['letters of many bytes', 'Grüße, 世界 😀', 'data: Grüße, 世界 😀\r\n\r\n'],
] as const) {
  check(area, `frames ${what}`, async server => {
    const { path, stream } = await openStream(server, '/echo')
    await server.post(path, payload)
    assert.equal(await stream.readTo('\r\n\r\n'), events)
  })
}

check(area, 'a hub that aborts the connection: its Close, then the end of the stream', async server => {
  const { path, stream } = await openStream(server)
  await server.post(path, handshake)
  await stream.readTo('\r\n\r\n')
  await server.post(path, '{"type":1,"target":"Abort","arguments":[]}\x1e')
  assert.equal(await stream.readToEnd(), 'data: {"type":7}\x1e\r\n\r\n')
  assert.equal(await stream.ended, 'end')
})

check(area, 'a POST before the stream is kept for it', async server => {
  const path = await server.negotiatedPath('/testhub')
  assert.deepEqual(facts(await server.post(path, handshake)), plainText(200))
  const stream = await streamOf(server, path)
  assert.equal(await stream.readTo('\r\n\r\n'), `${prologue}data: {}\x1e\r\n\r\n`)
})
