import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts, plainText, unknownId } from '../drivers/answer-facts.js'
import { within } from '../drivers/deadline.js'
import type { HttpAnswer } from '../drivers/http-exchange.js'
import { type OutgoingFrame, opcodes, type RawWebSocket } from '../drivers/raw-web-socket.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { connectedSocket } from './connected-socket.js'
import { untilUnknown } from './until-unknown.js'

const area = 'web socket endings'
const notUtf8: OutgoingFrame = { payload: Buffer.from([0xff, 0xfe]) }

for (const [code, echo] of [
  [undefined, 'close without a code'],
  [1000, 'close 1000'],
  [1001, 'close 1001'],
  [3000, 'close without a code'],
  [4321, 'close 4321'],
] as const) {
  const isAnsweredWith = (answer: string) => async (server: ServerUnderTest) => {
    const socket = await connectedSocket(server)
    socket.sendClose(code)
    assert.equal(await socket.next(), answer)
    assert.equal(await within(socket.ended, 'the end of TCP'), 'FIN')
  }
  check(
    area,
    `a client's close ${code ?? 'without a code'} is answered with 1000, then TCP ends`,
    // It does not know codes from 3000 to 3999, and answers those as it answers none.
    { deviation: { key: 'uws-echoes-close-codes', run: isAnsweredWith(echo) } },
    isAnsweredWith('close 1000'),
  )
}

check(area, 'after a close the id is gone', async server => {
  const path = await server.negotiatedPath('/testhub')
  const socket = await connectedSocket(server, path)
  socket.sendClose(1000)
  assert.equal(await socket.next(), 'close 1000')
  await within(socket.ended, 'the end of TCP')
  await untilUnknown(() => server.upgrade(path))
})

for (const [name, leave] of [
  ['the id is gone too when the socket was reset', socket => socket.reset()],
  ['a client that closes its side of TCP is gone without a frame', socket => socket.endTcp()],
] as const satisfies readonly (readonly [string, (socket: RawWebSocket) => void])[]) {
  check(area, name, async server => {
    const path = await server.negotiatedPath('/bench')
    leave(await connectedSocket(server, path))
    await untilUnknown(() => server.upgrade(path))
  })
}

check(area, 'a hub that aborts: the Close message, then close 1000 without a reason', async server => {
  const socket = await connectedSocket(server)
  await abortedByHub(socket)
  socket.sendClose(1000)
  assert.equal(await within(socket.ended, 'the end of TCP'), 'FIN')
})

check(
  area,
  'a client that does not answer the close is cut off after the close time-out',
  {
    settings: { webSocketsCloseTimeoutMs: 1000 },
    deviation: {
      key: 'uws-waits-for-no-close',
      settings: {},
      run: async server => {
        const elapsed = await timeToTheEnd(server)
        assert.ok(elapsed < 800, `cut off after ${elapsed} ms`)
      },
    },
  },
  async server => {
    const elapsed = await timeToTheEnd(server)
    assert.ok(elapsed > 800 && elapsed < 3500, `cut off after ${elapsed} ms`)
  },
)

async function timeToTheEnd(server: ServerUnderTest): Promise<number> {
  const socket = await connectedSocket(server)
  const start = performance.now()
  await abortedByHub(socket)
  await within(socket.ended, 'the end of TCP')
  return performance.now() - start
}

async function abortedByHub(socket: RawWebSocket): Promise<void> {
  socket.sendText('{"type":1,"target":"Abort","arguments":[]}\x1e')
  assert.equal(await socket.next(), 'text {"type":7}\x1e')
  assert.equal(await socket.next(), 'close 1000')
}

check(
  area,
  'text that is no UTF-8 gets close 1007 and no hub message',
  { deviation: { key: 'uws-cuts-broken-frames', run: isCutFor([notUtf8]) } },
  async server => {
    assert.equal(await firstAnswerTo(server, [notUtf8]), 'close 1007')
  },
)

for (const [what, frames] of [
  ['a reserved opcode', [{ opcode: 3, payload: 'x' }]],
  ['a reserved bit', [{ payload: 'x', reserved: 4 }]],
  ['a continuation of nothing', [{ opcode: opcodes.continuation, payload: 'x' }]],
  ['a new message inside a fragmented one', [{ payload: 'x', fin: false }, { payload: 'y' }]],
  ['a fragmented ping', [{ opcode: opcodes.ping, payload: 'x', fin: false }]],
  ['a ping over 125 bytes', [{ opcode: opcodes.ping, payload: 'x'.repeat(126) }]],
] as const satisfies readonly (readonly [string, readonly OutgoingFrame[]])[]) {
  const deviation = { key: 'uws-cuts-broken-frames', run: isCutFor(frames) }
  check(area, `${what} gets close 1002`, { deviation }, async server => {
    assert.equal(await firstAnswerTo(server, frames), 'close 1002')
  })
}

for (const [what, payload] of [
  ['a close of one byte', 'x'],
  ['a close with code 999', Buffer.from([0x03, 0xe7])],
  ['a close with code 1005', Buffer.from([0x03, 0xed])],
] as const) {
  const isAnsweredWith = (answer: string) => async (server: ServerUnderTest) => {
    assert.equal(await firstAnswerTo(server, [{ opcode: opcodes.close, payload }]), answer)
  }
  const deviation = { key: 'uws-echoes-close-codes', run: isAnsweredWith('close without a code') }
  check(area, `${what} gets close 1002`, { deviation }, isAnsweredWith('close 1002'))
}

check(
  area,
  'an unmasked frame gets close 1002',
  {
    deviation: {
      key: 'uws-takes-every-frame-for-masked',
      run: async server => {
        const socket = await connectedSocket(server)
        // Where the mask would be there are four zeros, and so the message ends four bytes behind its frame.
        const bytes = Buffer.from('\0\0\0\0{"type":1,"invocationId":"1","target":"Echo","arguments":["x"]}\x1e')
        socket.send({ payload: bytes.subarray(0, -4), masked: false })
        socket.sendBytes(bytes.subarray(-4))
        assert.equal(await socket.next(), 'text {"type":3,"invocationId":"1","result":"x"}\x1e')
      },
    },
  },
  async server => {
    assert.equal(await firstAnswerTo(server, [{ payload: 'not masked at all', masked: false }]), 'close 1002')
  },
)

check(area, 'a failed handshake ends with close 1000, and the id is gone', async server => {
  const { path, socket } = await refusedSocket(server)
  socket.sendClose(1000)
  await untilUnknown(() => server.upgrade(path))
})

check(
  area,
  'while a close waits for the client its id is still taken: 409',
  {
    deviation: {
      key: 'uws-waits-for-no-close',
      run: async server => {
        const { status, body } = facts(await upgradeAfterClose(server))
        assert.deepEqual({ status, body }, { status: 404, body: unknownId })
      },
    },
  },
  async server => assert.deepEqual(facts(await upgradeAfterClose(server)), plainText(409)),
)

async function upgradeAfterClose(server: ServerUnderTest): Promise<HttpAnswer> {
  const { path } = await refusedSocket(server)
  return server.upgrade(path)
}

/**
 * The server has closed it behind a handshake for an unknown protocol, and the client has not answered the close yet.
 */
async function refusedSocket(server: ServerUnderTest): Promise<{ path: string; socket: RawWebSocket }> {
  const path = await server.negotiatedPath('/testhub')
  const socket = await server.rawWebSocket(path)
  socket.sendText('{"protocol":"morse","version":1}\x1e')
  assert.equal((await socket.nextFrame()).opcode, opcodes.text)
  assert.equal(await socket.next(), 'close 1000')
  return { path, socket }
}

check(area, 'a raw connection whose client closes ends with close 1000', async server => {
  const socket = await server.rawWebSocket('/echo')
  socket.sendText('x')
  assert.equal(await socket.next(), 'text x')
  socket.sendClose(1000)
  assert.equal(await socket.next(), 'close 1000')
})

/** TCP ends in order, and no frame before it says why. */
function isCutFor(frames: readonly OutgoingFrame[]): (server: ServerUnderTest) => Promise<void> {
  return async server => {
    const socket = await connectedSocket(server)
    for (const frame of frames) socket.send(frame)
    await assert.rejects(socket.next(), /the TCP connection ended \(FIN\)/)
  }
}

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
