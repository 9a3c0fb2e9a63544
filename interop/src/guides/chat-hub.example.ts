import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { type TestHub, testHub } from 'signalbox/testing'
import { ChatHub } from './chat-hub.js'

let chat: TestHub<ChatHub>

beforeEach(() => {
  chat = testHub(ChatHub) // takes the options of mapHub
})

afterEach(() => chat.close())

test('who is in a room gets what is said there', async () => {
  const alice = await chat.connect({ user: 'alice' })
  const bob = await chat.connect({ user: 'bob' })
  await alice.invoke('join', 'lobby')
  await bob.invoke('join', 'lobby')
  await bob.invoke('send', 'lobby', 'hi')

  assert.deepEqual(alice.received, [
    { target: 'message', arguments: ['system', 'bob is here'] },
    { target: 'message', arguments: ['bob', 'hi'] },
  ])
  assert.ok(bob.groups.has('lobby'))
})

test('what is said goes to the room, whoever is there', async () => {
  const alice = await chat.connect({ user: 'alice' })
  await alice.invoke('send', 'attic', 'anybody?')

  assert.deepEqual(chat.sent, [{ to: { groups: ['attic'] }, target: 'message', arguments: ['alice', 'anybody?'] }])
})

test('a room is cleared only when its client is sure', async () => {
  const alice = await chat.connect({ user: 'alice' })
  alice.on('confirm', question => question === 'Clear lobby?')

  assert.equal(await alice.invoke('clear', 'lobby'), true)
  assert.equal(await alice.invoke('clear', 'attic'), false)
})

test('nothing cannot be said, nor too much', async () => {
  const alice = await chat.connect({ user: 'alice' })

  await assert.rejects(alice.invoke('send', 'lobby', ''), /Say something/)
  await assert.rejects(alice.invoke('send', 'lobby', 'x'.repeat(501)), /Failed to invoke 'send'/)
  assert.deepEqual(chat.sent, [])
})

test('numbers that are streamed are summed up', async () => {
  const alice = await chat.connect()
  async function* numbers(): AsyncGenerator<number> {
    yield 1
    yield 2
  }

  assert.equal(await alice.invoke('sum', numbers()), 3)
})
