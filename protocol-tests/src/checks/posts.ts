import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts, plainText } from '../drivers/answer-facts.js'
import { pause, staysPending, within } from '../drivers/deadline.js'
import type { HubConnection } from '../drivers/hub-connection.js'
import { completedWith } from '../drivers/hub-messages.js'
import { openTcp, readTo, requestHead } from '../drivers/raw-http.js'
import type { TransportName } from '../drivers/transport.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { startBlockedCall } from './journaled-call.js'
import { checkOnEachTransport } from './on-each-transport.js'
import { startedPath } from './polled-connection.js'

const area = 'posts'
const postingTransports: readonly TransportName[] = ['ServerSentEvents', 'LongPolling']
const echo = (text: string) => `{"type":1,"invocationId":"1","target":"Echo","arguments":["${text}"]}\x1e`
const echoed = (text: string) => completedWith('1', text)

/** On each transport whose client sends by POST. */
function checkPosts(name: string, run: (connection: HubConnection, server: ServerUnderTest) => Promise<void>): void {
  checkOnEachTransport(area, name, { transports: postingTransports }, async (server, transport) =>
    run(await server.connect('/testhub', { transport }), server),
  )
}

const pathOf = (connection: HubConnection) => `/testhub?id=${connection.connectionToken}`

checkPosts('the content type of a POST means nothing', async (connection, server) => {
  for (const contentType of ['text/plain;charset=UTF-8', 'application/octet-stream', 'image/png']) {
    const headers = { 'Content-Type': contentType }
    const answer = await server.request('POST', pathOf(connection), { headers, body: echo('x') })
    assert.deepEqual(facts(answer), plainText(200))
    await connection.expect(echoed('x'))
  }
})

checkPosts('a POST in chunks is a POST', async (connection, server) => {
  const socket = await openTcp(server.url)
  socket.write(requestHead('POST', pathOf(connection), { 'Transfer-Encoding': 'chunked' }))
  for (const half of [echo('x').slice(0, 20), echo('x').slice(20)]) {
    socket.write(`${half.length.toString(16)}\r\n${half}\r\n`)
  }
  socket.write('0\r\n\r\n')
  assert.match(await within(readTo(socket, '\r\n\r\n'), 'the answer'), /^HTTP\/1\.1 200 OK\r\n/)
  socket.on('close', () => {}).destroy()
  await connection.expect(echoed('x'))
})

checkPosts('one byte at a time is a message at the end', async connection => {
  for (const byte of echo('x')) await connection.sendRaw(byte)
  await connection.expect(echoed('x'))
})

checkPosts('a POST of 60,000 bytes in many messages is handled whole', async connection => {
  const texts = Array.from({ length: 60 }, (_, at) => String(at).padEnd(900, 'x'))
  await connection.sendRaw(texts.map(echo).join(''))
  for (const text of texts) await connection.expect(echoed(text))
})

checkOnEachTransport(
  area,
  'POSTs wait when the hub has not read what came before',
  { transports: postingTransports },
  async (server, transport) => {
    const { connection, journal } = await startBlockedCall(server, { transport })
    const large = 'x'.repeat(30_000)
    const posts = Promise.all([1, 2, 3, 4, 5].map(() => connection.sendRaw(echo(large))))
    await staysPending(posts, 'the last POST’s answer', 500)
    await journal.release()
    await connection.expect(completedWith('a', null))
    for (let count = 0; count < 5; count++) await connection.expect(echoed(large))
    await within(posts, 'the answers to the POSTs')
  },
)

check(
  area,
  'a POST that is cut off half-way leaves its first bytes in the stream',
  {
    deviation: {
      key: 'a-cut-post-does-not-count',
      run: async server => {
        const connection = await server.connect('/testhub', { transport: 'LongPolling' })
        // Time for a server that reads along to fall for it.
        await cutOffPost(server, connection, () => pause(300))
        await connection.expectAliveAndSilent()
      },
    },
  },
  async server => {
    const connection = await server.connect('/testhub', { transport: 'LongPolling' })
    await cutOffPost(server, connection, () => connection.expect(echoed('early')))
    await connection.sendRaw(echo('x'))
    const close = await connection.nextJson('the Close')
    assert.equal(close['error'], 'Connection closed with an error. InvalidDataException: Error reading JSON.')
  },
)

check(
  area,
  'the bytes of a POST are seen before it ends',
  {
    deviation: {
      key: 'a-cut-post-does-not-count',
      run: async server => {
        const { connection, socket } = await postAllButTheLastByte(server)
        const completion = connection.next()
        await staysPending(completion, 'the Completion', 300)
        socket.write(' ')
        assert.equal(await completion, JSON.stringify(echoed('early')))
        socket.destroy()
      },
    },
  },
  async server => {
    const { connection, socket } = await postAllButTheLastByte(server)
    await connection.expect(echoed('early'))
    const answer = readTo(socket, '\r\n\r\n')
    socket.write(' ')
    assert.match(await within(answer, 'the answer'), /^HTTP\/1\.1 200 OK\r\n/)
    socket.destroy()
  },
)

/** The message is whole; what is still to come is a blank behind it. */
async function postAllButTheLastByte(server: ServerUnderTest) {
  const connection = await server.connect('/testhub', { transport: 'LongPolling' })
  const socket = await openTcp(server.url)
  const body = echo('early')
  socket.write(requestHead('POST', pathOf(connection), { 'Content-Length': String(body.length + 1) }))
  socket.write(body)
  return { connection, socket }
}

check(
  area,
  'a body that stalls is answered 400 within some seconds',
  {
    deviation: {
      key: 'uws-closes-on-a-stalled-body',
      run: async server => {
        assert.equal(await answerToStalledBody(server), '')
      },
    },
  },
  async server => {
    assert.match(await answerToStalledBody(server), /^HTTP\/1\.1 400 Bad Request\r\n/)
  },
)

/** All that the server says before it closes the connection. */
async function answerToStalledBody(server: ServerUnderTest): Promise<string> {
  const path = await startedPath(server)
  const socket = await openTcp(server.url)
  const answer: Buffer[] = []
  socket.on('data', chunk => answer.push(chunk))
  const closed = new Promise(resolve => socket.on('close', resolve))
  socket.write(`${requestHead('POST', path, { 'Content-Length': '500' })}{"protocol":`)
  await within(closed, 'the end of the connection', 20_000)
  return Buffer.concat(answer).toString('latin1')
}

check(area, 'a raw connection gets every byte value back, over long polling', async server => {
  const path = await startedPath(server, '/echo')
  const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)
  await server.post(path, bytes)
  assert.deepEqual([...(await server.get(path)).bytes], [...bytes])
})

check(area, 'bytes that are not fetched gather up to the transport’s buffer and then stop the hub', async server => {
  const connection = await server.connect('/bench', { transport: 'LongPolling' })
  const path = `/bench?id=${connection.connectionToken}`
  connection.transport.dispose()
  await server.post(path, '{"type":4,"invocationId":"s","target":"Counter","arguments":[200000]}\x1e')
  const item = (at: number) => `{"type":2,"invocationId":"s","item":${at}}\x1e`
  await pause(500)
  let received = (await server.get(path)).body
  assert.ok(received.length > 1000 && received.length < 400_000, `${received.length} bytes had gathered`)
  while (received.length < 500_000) received += (await server.get(path)).body
  const items = received.split('\x1e').slice(0, 5000)
  assert.equal(items.join('\x1e'), items.map((_, at) => item(at).slice(0, -1)).join('\x1e'))
})

/** Announces more than it sends: a whole message and the beginning of another, then the client is gone. */
async function cutOffPost(
  server: ServerUnderTest,
  connection: HubConnection,
  whenSent: () => Promise<void>,
): Promise<void> {
  const socket = await openTcp(server.url)
  socket.write(
    `${requestHead('POST', pathOf(connection), { 'Content-Length': '500' })}${echo('early')}{"type":1,"target":"Ec`,
  )
  await whenSent()
  socket.resume().end()
  await within(new Promise(resolve => socket.on('close', resolve)), 'the server to close the cut-off request')
}
