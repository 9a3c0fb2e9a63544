import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts, noCacheHeaders, octets, plainText } from '../drivers/answer-facts.js'
import { within } from '../drivers/deadline.js'
import { handshake } from '../drivers/hub-messages.js'
import { openTcp, readTo, requestHead } from '../drivers/raw-http.js'
import { frameBytes, opcodes } from '../drivers/raw-web-socket.js'
import { webSocketUpgradeHeaders } from '../drivers/web-socket-upgrade.js'

const area = 'web sockets'
const handshaken = 'text {}\x1e'
const mid = 'Cannot change transports mid-connection'

check(area, 'an upgrade without an id makes a connection: 101 with three headers', async server => {
  const socket = await server.rawWebSocket('/testhub')
  const { 'sec-websocket-accept': accepted, ...headers } = facts(socket.answer).headers
  assert.match(accepted ?? '', /^[A-Za-z0-9+/]{27}=$/)
  assert.deepEqual({ status: socket.answer.status, headers }, { status: 101, headers: { upgrade: 'websocket' } })
  socket.sendText(handshake)
  assert.equal(await socket.next(), handshaken)
})

check(area, 'the 101 spells its headers as Connection: Upgrade and Upgrade: websocket', async server => {
  const { rawHeaders } = (await server.rawWebSocket('/testhub')).answer
  const lines = rawHeaders.map((name, at) => `${name}: ${rawHeaders[at + 1]}`).filter((_, at) => at % 2 === 0)
  assert.ok(lines.includes('Connection: Upgrade'), lines.join(', '))
  assert.ok(lines.includes('Upgrade: websocket'), lines.join(', '))
})

check(area, 'an empty id is no id: a new connection', async server => {
  assert.equal((await server.rawWebSocket('/testhub?id=')).answer.status, 101)
})

check(area, 'neither a subprotocol nor compression is agreed to, though both are offered', async server => {
  const socket = await server.rawWebSocket('/testhub', {
    'Sec-WebSocket-Protocol': 'chat, json',
    'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
  })
  assert.equal(socket.answer.headers['sec-websocket-protocol'], undefined)
  assert.equal(socket.answer.headers['sec-websocket-extensions'], undefined)
})

check(area, 'a second WebSocket for an id gets 409 and does not harm the first', async server => {
  const path = await server.negotiatedPath('/testhub')
  const socket = await server.rawWebSocket(path)
  assert.deepEqual(facts(await server.upgrade(path)), plainText(409))
  socket.sendText(handshake)
  assert.equal(await socket.next(), handshaken)
})

check(area, 'a POST, a poll, an event stream and a DELETE of its connection are refused', async server => {
  const path = await server.negotiatedPath('/testhub')
  await server.rawWebSocket(path)
  const noPost = 'POST requests are not allowed for WebSocket connections.'
  assert.deepEqual(facts(await server.post(path, 'x')), plainText(405, noPost))
  assert.deepEqual(facts(await server.get(path)), plainText(400, mid, noCacheHeaders))
  assert.deepEqual(facts(await server.get(path, { Accept: 'text/event-stream' })), plainText(400, mid))
  const noDelete = 'Cannot terminate this connection using the DELETE endpoint.'
  assert.deepEqual(facts(await server.delete(path)), plainText(400, noDelete))
})

for (const [what, change] of [
  ['version 12', { 'Sec-WebSocket-Version': '12' }],
  ['a key that is too short', { 'Sec-WebSocket-Key': 'AAAA' }],
  ['a key that is no base64', { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' }],
  ['another protocol to upgrade to', { Upgrade: 'h2c' }],
] as const) {
  check(area, `an upgrade with ${what} is a poll`, async server => {
    const headers = { ...webSocketUpgradeHeaders(), ...change }
    const missing = plainText(400, 'Connection ID required', noCacheHeaders)
    assert.deepEqual(facts(await server.get('/testhub', headers)), missing)
    assert.deepEqual(facts(await server.get(await server.negotiatedPath('/testhub'), headers)), octets(''))
  })
}

check(area, 'an upgrade without a key is a poll', async server => {
  const { 'Sec-WebSocket-Key': _, ...headers } = webSocketUpgradeHeaders()
  assert.deepEqual(facts(await server.get(await server.negotiatedPath('/testhub'), headers)), octets(''))
})

check(area, 'the handshake headers count in any letter case and in lists', async server => {
  const socket = await server.rawWebSocket('/testhub', { Connection: 'keep-alive, UPGRADE', Upgrade: 'WebSocket' })
  socket.sendText(handshake)
  assert.equal(await socket.next(), handshaken)
})

check(area, 'a handshake in a binary frame is accepted', async server => {
  const socket = await server.rawWebSocket('/testhub')
  socket.send({ opcode: opcodes.binary, payload: handshake })
  assert.equal(await socket.next(), handshaken)
})

check(area, 'a handshake in two frames is accepted', async server => {
  const socket = await server.rawWebSocket('/testhub')
  socket.sendText(handshake.slice(0, 9))
  socket.sendText(handshake.slice(9))
  assert.equal(await socket.next(), handshaken)
})

check(area, 'a fragmented message with a ping between its frames is accepted, and the ping answered', async server => {
  const socket = await server.rawWebSocket('/testhub')
  socket.send({ payload: handshake.slice(0, 9), fin: false })
  socket.send({ opcode: opcodes.ping, payload: 'are you there' })
  socket.send({ opcode: opcodes.continuation, payload: handshake.slice(9) })
  assert.deepEqual([await socket.next(), await socket.next()].sort(), ['pong are you there', handshaken])
})

check(area, 'a handshake byte by byte, each in a frame of its own, is accepted', async server => {
  const socket = await server.rawWebSocket('/testhub')
  for (const byte of handshake) socket.sendText(byte)
  assert.equal(await socket.next(), handshaken)
})

check(area, 'two messages in one frame are both handled', async server => {
  const socket = await server.rawWebSocket('/testhub')
  const call = (id: string) => `{"type":1,"invocationId":"${id}","target":"Echo","arguments":["${id}"]}\x1e`
  socket.sendText(handshake + call('a') + call('b'))
  let received = ''
  while (!received.includes('"b"}')) received += (await socket.nextFrame()).payload
  const completion = (id: string) => `{"type":3,"invocationId":"${id}","result":"${id}"}\x1e`
  assert.equal(received, `{}\x1e${completion('a')}${completion('b')}`)
})

check(area, 'empty frames do no harm', async server => {
  const socket = await server.rawWebSocket('/testhub')
  socket.sendText('')
  socket.sendText(handshake)
  socket.send({ opcode: opcodes.binary, payload: '' })
  assert.equal(await socket.next(), handshaken)
})

check(area, 'frames sent in one write with a second one are read', async server => {
  const socket = await server.rawWebSocket('/testhub')
  socket.sendBytes(
    Buffer.concat([frameBytes({ payload: handshake.slice(0, 5) }), frameBytes({ payload: handshake.slice(5) })]),
  )
  assert.equal(await socket.next(), handshaken)
})

/** The frame of `{}` and its separator, as bytes in latin1. */
const handshakenFrame = '\x81\x03{}\x1e'

check(
  area,
  'a frame sent in one write with the upgrade is read',
  {
    deviation: {
      key: 'uws-loses-frames-sent-with-the-upgrade',
      run: async server => {
        const socket = await openTcp(server.url)
        socket.write(upgradeAnd(frameBytes({ payload: handshake })))
        await within(readTo(socket, '\r\n\r\n'), 'the answer to the upgrade')
        // Had the first one come through, a second handshake would be a broken message.
        const answer = readTo(socket, handshakenFrame)
        socket.write(frameBytes({ payload: handshake }))
        assert.equal(await within(answer, 'the handshake'), handshakenFrame)
        socket.destroy()
      },
    },
  },
  async server => {
    const socket = await openTcp(server.url)
    socket.write(upgradeAnd(frameBytes({ payload: handshake })))
    const answer = await within(readTo(socket, handshakenFrame), 'the handshake')
    assert.ok(answer.endsWith(`\r\n\r\n${handshakenFrame}`), answer)
    socket.destroy()
  },
)

function upgradeAnd(frame: Buffer): Buffer {
  return Buffer.concat([Buffer.from(requestHead('GET', '/testhub', webSocketUpgradeHeaders())), frame])
}

check(area, 'every answer of the JSON protocol is a text frame', async server => {
  const socket = await server.rawWebSocket('/testhub')
  socket.send({ opcode: opcodes.binary, payload: handshake })
  assert.equal((await socket.nextFrame()).opcode, opcodes.text)
  socket.send({
    opcode: opcodes.binary,
    payload: '{"type":1,"invocationId":"1","target":"Echo","arguments":["x"]}\x1e',
  })
  assert.equal((await socket.nextFrame()).opcode, opcodes.text)
})

check(area, 'every answer of the MessagePack protocol is a binary frame, the handshake’s too', async server => {
  const socket = await server.rawWebSocket('/testhub')
  socket.sendText('{"protocol":"messagepack","version":1}\x1e')
  assert.equal(await socket.next(), 'binary 7b7d1e')
  socket.send({ opcode: opcodes.binary, payload: Buffer.from('0d950180a131a44563686f91a16b', 'hex') })
  assert.equal(await socket.next(), 'binary 08950380a13103a16b')
})

check(area, 'a refused handshake for an unknown protocol leaves as a text frame, then close 1000', async server => {
  const socket = await server.rawWebSocket('/testhub')
  socket.sendText('{"protocol":"morse","version":1}\x1e')
  assert.equal(await socket.next(), `text {"error":"The protocol 'morse' is not supported."}\x1e`)
  assert.equal(await socket.next(), 'close 1000')
})

check(area, 'a large text message comes back whole', async server => {
  const connection = await server.connect('/testhub')
  const large = 'Grüße '.repeat(3_000)
  assert.equal(await connection.call('Echo', large), large)
})

check(area, 'a raw connection echoes as text frames', async server => {
  const socket = await server.rawWebSocket('/echo')
  socket.send({ opcode: opcodes.binary, payload: 'hello' })
  assert.equal(await socket.next(), 'text hello')
})

check(area, 'a raw connection gets a frame of a megabyte back', async server => {
  const socket = await server.rawWebSocket('/echo')
  const size = 1_000_000
  socket.sendText('x'.repeat(size))
  let received = 0
  while (received < size) received += (await socket.nextFrame()).payload.length
  assert.equal(received, size)
})

check(area, 'a WebSocket on an endpoint without that transport gets 404', async server => {
  const text = 'WebSockets transport not supported by this end point type'
  const path = await server.negotiatedPath('/testhub-nowebsockets')
  assert.deepEqual(facts(await server.upgrade(path)), plainText(404, text))
  assert.deepEqual(facts(await server.upgrade('/testhub-nowebsockets')), plainText(404, text))
})

check(
  area,
  'event streams and polls get 404 where they are disabled',
  { settings: { transports: 'WebSockets' } },
  async server => {
    const text = (name: string) => `${name} transport not supported by this end point type`
    const path = await server.negotiatedPath('/testhub')
    assert.deepEqual(facts(await server.get(path)), plainText(404, text('LongPolling'), noCacheHeaders))
    const stream = await server.get(path, { Accept: 'text/event-stream' })
    assert.deepEqual(facts(stream), plainText(404, text('ServerSentEvents')))
    const socket = await server.rawWebSocket(path)
    socket.sendText(handshake)
    assert.equal(await within(socket.next(), 'the handshake'), handshaken)
  },
)
