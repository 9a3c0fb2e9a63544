import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts, plainText } from '../drivers/answer-facts.js'
import { pause, within } from '../drivers/deadline.js'
import { type OutgoingFrame, opcodes, type RawWebSocket } from '../drivers/raw-web-socket.js'
import type { ServerUnderTest } from '../server-under-test.js'

const area = 'web socket endings'
const handshake = '{"protocol":"json","version":1}\x1e'

async function connectedSocket(server: ServerUnderTest, path = '/testhub'): Promise<RawWebSocket> {
  const socket = await server.rawWebSocket(path)
  socket.sendText(handshake)
  assert.equal(await socket.next(), 'text {}\x1e')
  return socket
}

for (const code of [undefined, 1000, 1001, 3000, 4321]) {
  check(area, `a client's close ${code ?? 'without a code'} is answered with 1000, then TCP ends`, async server => {
    const socket = await connectedSocket(server)
    socket.sendClose(code)
    assert.equal(await socket.next(), 'close 1000')
    assert.equal(await within(socket.ended, 'the end of TCP'), 'FIN')
  })
}

check(area, 'after a close the id is gone', async server => {
  const path = await server.negotiatedPath('/testhub')
  const socket = await connectedSocket(server, path)
  socket.sendClose(3000)
  assert.equal(await socket.next(), 'close 1000')
  await within(socket.ended, 'the end of TCP')
  await untilUnknown(server, path)
})

check(area, 'the id is gone too when the socket was reset', async server => {
  const path = await server.negotiatedPath('/bench')
  const socket = await connectedSocket(server, path)
  socket.reset()
  await untilUnknown(server, path)
})

check(area, 'a hub that aborts: the Close message, then close 1000 without a reason', async server => {
  const socket = await connectedSocket(server)
  socket.sendText('{"type":1,"target":"Abort","arguments":[]}\x1e')
  assert.equal(await socket.next(), 'text {"type":7}\x1e')
  assert.equal(await socket.next(), 'close 1000')
  socket.sendClose(1000)
  assert.equal(await within(socket.ended, 'the end of TCP'), 'FIN')
})

const shortClose = { settings: { webSocketsCloseTimeoutMs: 1000 } }
check(area, 'a client that does not answer the close is cut off after the close time-out', shortClose, async server => {
  const socket = await connectedSocket(server)
  const start = performance.now()
  socket.sendText('{"type":1,"target":"Abort","arguments":[]}\x1e')
  assert.equal(await socket.next(), 'text {"type":7}\x1e')
  assert.equal(await socket.next(), 'close 1000')
  await within(socket.ended, 'the end of TCP')
  const elapsed = performance.now() - start
  assert.ok(elapsed > 800 && elapsed < 3500, `cut off after ${elapsed} ms`)
})

check(area, 'text that is no UTF-8 gets close 1007 and no hub message', async server => {
  assert.equal(await firstAnswerTo(server, [{ payload: Buffer.from([0xff, 0xfe]) }]), 'close 1007')
})

for (const [what, frames] of [
  ['a reserved opcode', [{ opcode: 3, payload: 'x' }]],
  ['a reserved bit', [{ payload: 'x', reserved: 4 }]],
  ['an unmasked frame', [{ payload: 'not masked at all', masked: false }]],
  ['a continuation of nothing', [{ opcode: opcodes.continuation, payload: 'x' }]],
  ['a new message inside a fragmented one', [{ payload: 'x', fin: false }, { payload: 'y' }]],
  ['a fragmented ping', [{ opcode: opcodes.ping, payload: 'x', fin: false }]],
  ['a ping over 125 bytes', [{ opcode: opcodes.ping, payload: 'x'.repeat(126) }]],
  ['a close of one byte', [{ opcode: opcodes.close, payload: 'x' }]],
  ['a close with code 999', [{ opcode: opcodes.close, payload: Buffer.from([0x03, 0xe7]) }]],
  ['a close with code 1005', [{ opcode: opcodes.close, payload: Buffer.from([0x03, 0xed]) }]],
] as const satisfies readonly (readonly [string, readonly OutgoingFrame[]])[]) {
  check(area, `${what} gets close 1002`, async server => {
    assert.equal(await firstAnswerTo(server, frames), 'close 1002')
  })
}

check(area, 'a client that closes its side of TCP is gone without a frame', async server => {
  const path = await server.negotiatedPath('/bench')
  const socket = await connectedSocket(server, path)
  socket.endTcp()
  await untilUnknown(server, path)
})

check(area, 'a failed handshake ends with close 1000, and the id is gone', async server => {
  const path = await server.negotiatedPath('/testhub')
  const socket = await server.rawWebSocket(path)
  socket.sendText('{"protocol":"morse","version":1}\x1e')
  assert.equal((await socket.nextFrame()).opcode, opcodes.text)
  assert.equal(await socket.next(), 'close 1000')
  socket.sendClose(1000)
  await untilUnknown(server, path)
})

check(area, 'while a close waits for the client its id is still taken: 409', async server => {
  const path = await server.negotiatedPath('/bench')
  const socket = await server.rawWebSocket(path)
  socket.sendText('{"protocol":"morse","version":1}\x1e')
  assert.equal((await socket.nextFrame()).opcode, opcodes.text)
  assert.equal(await socket.next(), 'close 1000')
  assert.deepEqual(facts(await server.upgrade(path)), plainText(409))
})

check(area, 'a raw connection whose client closes ends with close 1000', async server => {
  const socket = await server.rawWebSocket('/echo')
  socket.sendText('x')
  assert.equal(await socket.next(), 'text x')
  socket.sendClose()
  assert.equal(await socket.next(), 'close 1000')
})

/** TCP is reset right behind the close frame, and now and then the reset is faster: then another socket tries. */
async function firstAnswerTo(server: ServerUnderTest, frames: readonly OutgoingFrame[]): Promise<string> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const socket = await connectedSocket(server)
    for (const frame of frames) socket.send(frame)
    const answer = await socket.next().catch(() => 'reset')
    if (answer.startsWith('close')) return answer
  }
  return 'no close frame before the reset'
}

async function untilUnknown(server: ServerUnderTest, path: string): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt++) {
    if ((await server.upgrade(path)).body === 'No Connection with that ID') return
    await pause(20)
  }
  assert.fail('the id still lives after 3 s')
}
