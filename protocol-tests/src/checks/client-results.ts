import assert from 'node:assert/strict'
import { check } from '../check.js'
import { staysPending } from '../drivers/deadline.js'
import { closeWithError, type HubConnection } from '../drivers/hub-connection.js'
import { completed, completedWith, failedWith, invocation, invocationWithoutId } from '../drivers/hub-messages.js'
import { messagePack } from '../drivers/messagepack-notation.js'
import type { ConnectOptions, ServerUnderTest } from '../server-under-test.js'
import { unexpectedError } from './error-texts.js'
import { startJournaledCall } from './journaled-call.js'
import { checkOnEachTransport } from './on-each-transport.js'

const area = 'client results'

/** The next message must be a question to the client; its id is what the answer needs. */
async function nextQuestion(connection: HubConnection, args: readonly unknown[] = [7]): Promise<string> {
  const { invocationId, ...question } = await connection.nextJson('a question')
  assert.deepEqual(question, invocationWithoutId('Ask', ...args))
  assert.match(String(invocationId), /^s[0-9]+$/)
  return String(invocationId)
}

const askCaller = invocation('q', 'AskCaller', 7)

/** A client that was asked by a call of its own, `q`. */
async function connectAsked(server: ServerUnderTest, options?: ConnectOptions) {
  const connection = await server.connect('/testhub', options)
  await connection.send(askCaller)
  return { connection, invocationId: await nextQuestion(connection) }
}

/** One client that waits in its call `q` for the answer of another. */
async function connectAskingAndAsked(server: ServerUnderTest) {
  const [asking, asked] = [await server.connect('/bench'), await server.connect('/bench')]
  await asking.send(invocation('q', 'AskConnection', asked.connectionId, 7))
  return { asking, asked, invocationId: await nextQuestion(asked) }
}

checkOnEachTransport(area, 'the client’s answer becomes the result', {}, async (server, transport) => {
  const { connection, invocationId } = await connectAsked(server, { transport })
  await connection.send(completedWith(invocationId, 42))
  await connection.expect(completedWith('q', 42))
})

check(area, 'a question has its members in the order type, invocationId, target, arguments', async server => {
  const connection = await server.connect('/testhub')
  await connection.send(askCaller)
  assert.match(await connection.next(), /^\{"type":1,"invocationId":"s[0-9]+","target":"Ask","arguments":\[7\]\}$/)
})

check(area, 'the answer may have its result before the id, and its type last', async server => {
  const { connection, invocationId } = await connectAsked(server)
  await connection.send(`{"result":42,"invocationId":"${invocationId}","type":3}`)
  await connection.expect(completedWith('q', 42))
})

check(area, 'a question in MessagePack', async server => {
  const connection = await server.connect('/testhub', { protocol: 'messagepack' })
  await connection.sendHex(messagePack('96 01 80 "q" "AskCaller" 91 07 90'))
  const question = await connection.next()
  // length, 96 01 80, the id as a string of its own length, "Ask", [7], []
  const id = /^.. 96 01 80 (a[0-9a-f] 73(?: 3[0-9])+) a3 41 73 6b 91 07 90$/.exec(question)?.[1]
  assert.ok(id, question)
  await connection.sendHex(messagePack(`95 03 80 ${id} 03 2a`))
  await connection.expect(messagePack('95 03 80 "q" 03 2a'))
})

for (const options of [{}, { detailedErrors: false }]) {
  const when = 'detailedErrors' in options ? 'without' : 'with'
  check(area, `J12, the client’s error reaches the caller ${when} detailed errors`, options, async server => {
    const { connection, invocationId } = await connectAsked(server)
    await connection.send({ error: "Client didn't provide a result.", invocationId, type: 3 })
    const error = `${unexpectedError('AskCaller')} HubException: Client didn't provide a result.`
    await connection.expect(failedWith('q', error))
    await connection.expectAliveAndSilent()
  })
}

for (const [what, result] of [
  ['a string', 'many'],
  ['null', null],
  ['a fraction', 1.5],
] as const) {
  check(area, `${what} for an integer is an error of the caller`, async server => {
    const { connection, invocationId } = await connectAsked(server)
    await connection.send(completedWith(invocationId, result))
    const completion = await connection.nextJson()
    const start = `${unexpectedError('AskCaller')} HubException: Error trying to deserialize result to Int32. `
    assert.equal(String(completion['error']).slice(0, start.length), start)
    await connection.expectAliveAndSilent()
  })
}

check(area, 'an answer without a result is an error with the default text of a HubException', async server => {
  const { connection, invocationId } = await connectAsked(server)
  await connection.send(completed(invocationId))
  const text = "Exception of type 'Microsoft.AspNetCore.SignalR.HubException' was thrown."
  await connection.expect(failedWith('q', `${unexpectedError('AskCaller')} HubException: ${text}`))
})

check(area, 'while a method waits for its client another call runs, with one slot', async server => {
  const connection = await server.connect('/testhub')
  await connection.send(askCaller, invocation('e', 'Echo', 'x'))
  const invocationId = await nextQuestion(connection)
  await connection.expect(completedWith('e', 'x'))
  await connection.send(completedWith(invocationId, 1))
  await connection.expect(completedWith('q', 1))
})

check(area, 'several questions may be open, and are answered in any order', async server => {
  const connection = await server.connect('/testhub')
  await connection.send({ ...askCaller, invocationId: 'a' }, { ...askCaller, invocationId: 'b' })
  const [first, second] = [await nextQuestion(connection), await nextQuestion(connection)]
  assert.notEqual(first, second)
  await connection.send(completedWith(second, 2))
  await connection.expect(completedWith('b', 2))
  await connection.send(completedWith(first, 1))
  await connection.expect(completedWith('a', 1))
})

check(area, 'another connection can be asked', async server => {
  const { asking, asked, invocationId } = await connectAskingAndAsked(server)
  await asked.send(completedWith(invocationId, 9))
  await asking.expect(completedWith('q', 9))
})

check(area, 'a connection that does not exist', async server => {
  const connection = await server.connect('/bench')
  const error = `${unexpectedError('AskConnection')} IOException: Connection 'nobody' does not exist.`
  assert.deepEqual(await connection.invoke('AskConnection', 'nobody', 1), { error })
})

check(area, 'a connection that does not exist, without detailed errors', { detailedErrors: false }, async server => {
  const connection = await server.connect('/bench')
  assert.deepEqual(await connection.invoke('AskConnection', 'nobody', 1), { error: unexpectedError('AskConnection') })
})

check(area, 'a connection that ends while it is asked', async server => {
  const { asking, asked } = await connectAskingAndAsked(server)
  await asked.transport.close()
  const error = `${unexpectedError('AskConnection')} IOException: Connection '${asked.connectionId}' disconnected.`
  await asking.expect(failedWith('q', error))
  await asking.expectAliveAndSilent()
})

check(area, 'an answer to another connection’s question closes the one that sent it', async server => {
  const { asking, asked, invocationId } = await connectAskingAndAsked(server)
  const thief = await server.connect('/bench')
  await thief.send(completedWith(invocationId, 666))
  const text = `Connection ID '${thief.connectionId}' is not valid for invocation ID '${invocationId}'.`
  await thief.expectEnd(closeWithError(`InvalidOperationException: ${text}`))
  await asked.send(completedWith(invocationId, 1))
  await asking.expect(completedWith('q', 1))
})

check(
  area,
  'a question that the server cancels: an error for the caller, and a late answer is ignored',
  async server => {
    const { connection, journal } = await startJournaledCall(server, key => invocation('q', 'AskUntilReleased', key))
    const invocationId = await nextQuestion(connection, [0])
    await journal.release()
    const error = `${unexpectedError('AskUntilReleased')} HubException: Invocation canceled by the server.`
    await connection.expect(failedWith('q', error))
    await connection.send(completedWith(invocationId, 1))
    await connection.expectAliveAndSilent()
  },
)

check(area, 'an answer is taken once', async server => {
  const { connection, invocationId } = await connectAsked(server)
  await connection.send(completedWith(invocationId, 1), completedWith(invocationId, 2))
  await connection.expect(completedWith('q', 1))
  await connection.expectAliveAndSilent()
})

check(area, 'a client can be asked from outside its hub', async server => {
  const connection = await server.connect('/testhub')
  const answer = server.request('GET', `/clientresult/${connection.connectionId}`)
  const { invocationId, target, arguments: args } = await connection.nextJson()
  assert.deepEqual([target, args], ['Result', []])
  await staysPending(answer, 'the HTTP answer', 100)
  await connection.send(completedWith(String(invocationId), 5))
  assert.equal((await answer).body, '5')
})

check(area, 'from outside the hub the client’s error text comes as it is', async server => {
  const connection = await server.connect('/testhub')
  const answer = server.request('GET', `/clientresult/${connection.connectionId}`)
  const { invocationId } = await connection.nextJson()
  await connection.send(failedWith(String(invocationId), 'not today'))
  assert.equal((await answer).body, 'not today')
})
