import assert from 'node:assert/strict'
import { check, type Deviation } from '../check.js'
import { closeWithError, HubConnection } from '../drivers/hub-connection.js'
import { completedWith, failedWith, invocation, invocationWithoutId } from '../drivers/hub-messages.js'
import { failedToInvoke, noSuchMethod, unexpectedError } from './error-texts.js'
import { checkOnEachTransport } from './on-each-transport.js'

const area = 'dispatch'
const withoutDetails = { detailedErrors: false }

checkOnEachTransport(area, 'a method is called and its result comes back', {}, async (server, transport) => {
  const connection = await server.connect('/bench', { transport })
  assert.deepEqual(await connection.invoke('Add', 3, 4), { result: 7 })
})

check(area, 'method names match without regard to case', async server => {
  const connection = await server.connect('/bench')
  assert.deepEqual(await connection.invoke('echo', 'x'), { result: 'x' })
  assert.deepEqual(await connection.invoke('ADD', 1, 2), { result: 3 })
})

for (const method of [
  'Nope',
  'OnConnectedAsync',
  'OnDisconnectedAsync',
  'Dispose',
  'ToString',
  'GetHashCode',
  'Original',
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
]) {
  check(area, `${method} is no hub method`, async server => {
    const connection = await server.connect('/probe')
    assert.deepEqual(await connection.invoke(method), { error: noSuchMethod(method) })
    await connection.expectAliveAndSilent()
  })
}

check(area, 'an unknown method is told as such without detailed errors too', withoutDetails, async server => {
  const connection = await server.connect('/probe')
  assert.deepEqual(await connection.invoke('Nope', 1, 'a'), { error: noSuchMethod('Nope') })
})

check(area, 'a renamed method answers to its new name only', async server => {
  const connection = await server.connect('/probe')
  assert.deepEqual(await connection.invoke('renamed'), { result: 'renamed' })
  assert.deepEqual(await connection.invoke('RENAMED'), { result: 'renamed' })
  assert.deepEqual(await connection.invoke('Original'), { error: noSuchMethod('Original') })
})

check(area, 'a default value does not make an argument optional', async server => {
  const connection = await server.connect('/probe')
  assert.deepEqual(await connection.invoke('WithDefault', 1, 3), { result: 4 })
  const count = 'InvalidDataException: Invocation provides 1 argument(s) but target expects 2.'
  assert.deepEqual(await connection.invoke('WithDefault', 1), { error: `${failedToInvoke('WithDefault')} ${count}` })
  await connection.expectAliveAndSilent()
})

check(area, 'errors quote the registered name, whatever case the client used', async server => {
  const connection = await server.connect('/probe')
  const count = 'InvalidDataException: Invocation provides 0 argument(s) but target expects 1.'
  assert.deepEqual(await connection.invoke('eCHO'), { error: `${failedToInvoke('Echo')} ${count}` })
  assert.deepEqual(await connection.invoke('nOpE'), { error: noSuchMethod('nOpE') })
})

check(area, 'arguments that do not fit fail without details', withoutDetails, async server => {
  const connection = await server.connect('/probe')
  assert.deepEqual(await connection.invoke('TwoArguments', 1), { error: failedToInvoke('TwoArguments') })
  assert.deepEqual(await connection.invoke('TwoArguments', 'a', 'b'), { error: failedToInvoke('TwoArguments') })
  await connection.expectAliveAndSilent()
})

check(area, 'an exception of a method shows its name and message with detailed errors', async server => {
  const connection = await server.connect('/testhub')
  const error = `${unexpectedError('ThrowException')} InvalidOperationException: BOOM!`
  assert.deepEqual(await connection.invoke('ThrowException', 'BOOM!'), { error })
  await connection.expectAliveAndSilent()
})

check(area, 'an exception of a method does not show without detailed errors', withoutDetails, async server => {
  const connection = await server.connect('/testhub')
  assert.deepEqual(await connection.invoke('ThrowException', 'BOOM!'), { error: unexpectedError('ThrowException') })
})

for (const options of [{}, withoutDetails]) {
  const when = 'detailedErrors' in options ? 'without' : 'with'
  check(area, `a HubException shows ${when} detailed errors`, options, async server => {
    const connection = await server.connect('/testhub')
    const error = `${unexpectedError('ThrowHubException')} HubException: This is a hub exception`
    assert.deepEqual(await connection.invoke('ThrowHubException', 'This is a hub exception'), { error })
  })

  check(area, `a subclass of HubException shows under its own name ${when} detailed errors`, options, async server => {
    const connection = await server.connect('/probe')
    const error = `${unexpectedError('ThrowSubclassedHubException')} ProbeHubException: mine`
    assert.deepEqual(await connection.invoke('ThrowSubclassedHubException', 'mine'), { error })
  })
}

check(area, 'an empty message leaves a blank behind the name of the exception', async server => {
  const connection = await server.connect('/probe')
  const error = `${unexpectedError('ThrowEmptyMessage')} InvalidOperationException: `
  assert.deepEqual(await connection.invoke('ThrowEmptyMessage'), { error })
})

for (const method of ['VoidMethod', 'TaskMethod']) {
  check(area, `${method} completes with a null result`, async server => {
    const connection = await server.connect('/probe')
    await connection.send(invocation('1', method))
    await connection.expect(completedWith('1', null))
  })
}

for (const [what, target, args] of [
  ['that succeeds', 'Echo', ['x']],
  ['that throws', 'ThrowEmptyMessage', []],
  ['to an unknown method', 'Nope', []],
  ['with arguments that do not fit', 'Echo', [1, 2]],
  ['to a streaming method', 'NullStream', []],
  ['without the streams it needs', 'IgnoreUpload', []],
  ['that is not authorized', 'Guarded', []],
] as const) {
  check(area, `a call without an id ${what} has no answer`, async server => {
    const connection = await server.connect('/probe')
    await connection.send(invocationWithoutId(target, ...args))
    await connection.send(invocation('', target, ...args))
    await connection.expectAliveAndSilent()
  })
}

check(area, 'two calls with one id have two Completions', async server => {
  const connection = await server.connect('/probe')
  const call = (text: string) => invocation('same', 'Echo', text)
  await connection.send(call('a'), call('b'))
  await connection.expect(completedWith('same', 'a'), completedWith('same', 'b'))
})

checkOnEachTransport(
  area,
  'what a method sends to its caller comes before its Completion',
  {},
  async (server, transport) => {
    const connection = await server.connect('/probe', { transport })
    await connection.send(invocation('1', 'SendThenReturn', 20))
    for (let number = 0; number < 20; number++) {
      await connection.expect(invocationWithoutId('Message', number))
    }
    await connection.expect(completedWith('1', 20))
  },
)

/** Only that call fails. */
const failsItsCall = (details: string): Deviation => ({
  key: 'an-unserializable-result-fails-its-call',
  run: async server => {
    const connection = await server.connect('/probe')
    await connection.send(invocation('1', 'ReturnUnserializable'))
    await connection.expect(failedWith('1', `${unexpectedError('ReturnUnserializable')}${details}`))
    await connection.expectAliveAndSilent()
  },
})

check(
  area,
  'a result that cannot be serialized has no Completion and closes the connection',
  { deviation: failsItsCall(' NotSupportedException: This value cannot be serialized.') },
  async server => {
    const connection = await server.connect('/probe')
    await connection.send(invocation('1', 'ReturnUnserializable'))
    const close = await connection.nextJson()
    assert.deepEqual(
      { type: close['type'], allowReconnect: close['allowReconnect'] },
      { type: 7, allowReconnect: true },
    )
    assert.match(String(close['error']), /^Connection closed with an error\. \w+: This value cannot be serialized\./)
    await connection.expectEnd()
  },
)

check(
  area,
  'a result that cannot be serialized closes without details',
  { ...withoutDetails, deviation: failsItsCall('') },
  async server => {
    const connection = await server.connect('/probe')
    await connection.send(invocation('1', 'ReturnUnserializable'))
    await connection.expectEnd(closeWithError())
  },
)

check(area, 'the query, the headers and the cookies of the connection are seen by the hub', async server => {
  const headers = { 'X-Test': 'value', Cookie: 'testCookie=testValue' }
  const connection = await server.connect('/testhub', { query: 'numRedirects=3', headers })
  assert.equal(await connection.call('GetNumRedirects'), 3)
  assert.equal(await connection.call('GetHeader', 'x-test'), 'value')
  assert.equal(await connection.call('GetHeader', 'x-other'), null)
  assert.equal(await connection.call('GetCookie', 'testCookie'), 'testValue')
})

check(area, 'a long-polling hub sees the request of the first poll for good', async server => {
  const { connectionToken } = await server.negotiate('/testhub')
  const transport = await server.openTransport(`/testhub?id=${connectionToken}&numRedirects=3`, 'LongPolling')
  const connection = new HubConnection(transport, { connectionId: undefined, connectionToken })
  await connection.handshake()
  assert.equal(await connection.call('GetNumRedirects'), 3)
})
