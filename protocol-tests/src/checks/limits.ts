import assert from 'node:assert/strict'
import { check } from '../check.js'
import { closeWithError } from '../drivers/hub-connection.js'
import { completedWith } from '../drivers/hub-messages.js'
import { messagePack } from '../drivers/messagepack-notation.js'
import { ProbeJournal } from '../drivers/probe-journal.js'
import { connectedSocket } from './connected-socket.js'
import { messageTooLong } from './error-texts.js'
import { binaryTransports, checkOnEachTransport } from './on-each-transport.js'

const area = 'limits'
const limit = 32_768
const exceeded = messageTooLong(limit)

/** A call whose record has this many bytes, its separator included. */
function callOf(bytes: number): { record: string; text: string } {
  const record = (text: string) => `{"type":1,"invocationId":"1","target":"Echo","arguments":["${text}"]}`
  const text = 'x'.repeat(bytes - record('').length - 1)
  return { record: record(text), text }
}

checkOnEachTransport(area, 'a message of exactly the limit passes', {}, async (server, transport) => {
  const connection = await server.connect('/testhub', { transport })
  const { record, text } = callOf(limit)
  await connection.send(record)
  await connection.expect(completedWith('1', text))
})

checkOnEachTransport(area, 'a message of one byte more closes the connection', {}, async (server, transport) => {
  const connection = await server.connect('/testhub', { transport })
  await connection.send(callOf(limit + 1).record)
  await connection.expectEnd(closeWithError(exceeded))
})

check(area, 'a message of one byte more closes without details', { detailedErrors: false }, async server => {
  const connection = await server.connect('/testhub')
  await connection.send(callOf(limit + 1).record)
  await connection.expectEnd(closeWithError())
})

check(area, 'letters of more than one byte count as their bytes', async server => {
  const connection = await server.connect('/testhub')
  const record = (text: string) => `{"type":1,"invocationId":"1","target":"Echo","arguments":["${text}"]}`
  await connection.send(record('ü'.repeat(limit / 2)))
  await connection.expectEnd(closeWithError(exceeded))
})

check(area, 'an unfinished message of the limit waits, one byte more closes', async server => {
  const connection = await server.connect('/testhub')
  await connection.sendRaw('x'.repeat(limit))
  const end = connection.next()
  await connection.sendRaw('x')
  assert.equal(await end, JSON.stringify(closeWithError(exceeded)))
  await connection.expectEnd()
})

check(area, 'an unfinished message of the limit is only waited for', async server => {
  const connection = await server.connect('/testhub')
  const { record, text } = callOf(limit)
  await connection.sendRaw(record)
  assert.equal(record.length, limit - 1)
  await connection.sendRaw('\x1e')
  await connection.expect(completedWith('1', text))
})

checkOnEachTransport(
  area,
  'several messages in one payload may pass the limit together',
  {},
  async (server, transport) => {
    const connection = await server.connect('/testhub', { transport })
    const { record, text } = callOf(12_000)
    await connection.send(record, record, record, record)
    for (let count = 0; count < 4; count++) await connection.expect(completedWith('1', text))
  },
)

check(area, 'the messages before one that is too long are handled', async server => {
  const connection = await server.connect('/testhub')
  const { record, text } = callOf(100)
  await connection.send(record, callOf(limit + 1).record)
  await connection.expectEnd(completedWith('1', text), closeWithError(exceeded))
})

checkOnEachTransport(
  area,
  'MessagePack: the length prefix counts',
  { transports: binaryTransports },
  async (server, transport) => {
    const echo = (length: number) => messagePack(`95 01 80 "1" "Echo" 91 da ${hex16(length)} ${'78 '.repeat(length)}`)
    // 3 bytes of prefix, 14 around the text
    const fitting = limit - 3 - 14
    const connection = await server.connect('/testhub', { transport, protocol: 'messagepack' })
    assert.equal(echo(fitting).split(' ').length, limit)
    await connection.sendHex(echo(fitting))
    await connection.expect(messagePack(`95 03 80 "1" 03 da ${hex16(fitting)} ${'78 '.repeat(fitting)}`))
    await connection.sendHex(echo(fitting + 1))
    await connection.expectEnd(messagePack(`93 07 "Connection closed with an error. ${exceeded}" c3`))
  },
)

check(area, 'another limit', { settings: { maximumReceiveMessageSizeBytes: 200 } }, async server => {
  const connection = await server.connect('/testhub')
  const { record, text } = callOf(200)
  await connection.send(record)
  await connection.expect(completedWith('1', text))
  await connection.send(callOf(201).record)
  await connection.expectEnd(closeWithError(messageTooLong(200)))
})

check(area, 'no limit', { settings: { maximumReceiveMessageSizeBytes: 'null' } }, async server => {
  const connection = await server.connect('/testhub')
  const { record, text } = callOf(300_000)
  await connection.send(record)
  await connection.expect(completedWith('1', text))
})

const impatient = { settings: { transportSendTimeoutMs: 1000 } }
check(area, 'a client that takes no more bytes is cut off when a send takes too long', impatient, async server => {
  const journal = await ProbeJournal.open(server)
  const socket = await connectedSocket(server, `/probe?${journal.query}`)
  socket.stopReading()
  socket.sendText('{"type":1,"target":"SendThenReturn","arguments":[400000]}\x1e')
  assert.equal(await journal.disconnection(), 'disconnected:null')
})

function hex16(value: number): string {
  return `${(value >> 8).toString(16).padStart(2, '0')} ${(value & 0xff).toString(16).padStart(2, '0')}`
}
