import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts } from '../drivers/answer-facts.js'
import { pause, within } from '../drivers/deadline.js'
import { completed, failedWith, handshake, streamInvocation, streamItem } from '../drivers/hub-messages.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { failedToInvoke } from './error-texts.js'
import { checkOnEachTransport } from './on-each-transport.js'

const area = 'authorization'
const nameIdentifier = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier'
const unauthorized = { status: 401, headers: { 'content-length': '0', 'www-authenticate': 'Bearer' }, body: '' }

async function tokenFor(server: ServerUnderTest, query = 'seconds=60'): Promise<string> {
  return (await server.get(`/generateJwtToken?${query}`)).body
}

async function bearer(server: ServerUnderTest, query?: string): Promise<{ Authorization: string }> {
  return { Authorization: `Bearer ${await tokenFor(server, query)}` }
}

for (const [what, method, path] of [
  ['a negotiate', 'POST', '/authorizedhub/negotiate?negotiateVersion=1'],
  ['a GET', 'GET', '/authorizedhub'],
  ['a POST', 'POST', '/authorizedhub?id=nope'],
  ['a DELETE', 'DELETE', '/authorizedhub?id=nope'],
  ['a PUT, before it is found that there is none', 'PUT', '/authorizedhub'],
] as const) {
  check(area, `${what} without credentials gets an empty 401`, async server => {
    const answer = await server.request(method, path)
    assert.deepEqual(facts(answer), unauthorized)
    assert.equal(answer.reason, 'Unauthorized')
  })
}

check(area, 'an upgrade without credentials gets an empty 401', async server => {
  assert.deepEqual(facts(await server.upgrade('/authorizedhub')), unauthorized)
})

check(area, 'a token that is no token gets 401', async server => {
  const headers = { Authorization: 'Bearer nonsense' }
  const { status, body } = await server.request('POST', '/authorizedhub/negotiate?negotiateVersion=1', { headers })
  assert.deepEqual({ status, body }, { status: 401, body: '' })
})

check(area, 'an expired token gets 401', async server => {
  const headers = await bearer(server, 'seconds=1')
  await pause(2100)
  const { status } = await server.request('POST', '/authorizedhub/negotiate?negotiateVersion=1', { headers })
  assert.equal(status, 401)
})

checkOnEachTransport(area, 'a token in the Authorization header makes the user', {}, async (server, transport) => {
  const headers = await bearer(server, 'seconds=60&user=ann')
  const connection = await server.connect('/authorizedhub', { transport, headers })
  assert.equal(await connection.call('Echo', 'x'), 'x')
  assert.equal(await connection.call('GetUserNameIdentifier'), 'ann')
  assert.equal(await connection.call('GetUserClaim', nameIdentifier), 'ann')
  assert.equal(await connection.call('GetUserClaim', 'nothing'), null)
})

checkOnEachTransport(area, 'a token in the query makes the user', {}, async (server, transport) => {
  const query = `access_token=${await tokenFor(server)}`
  const connection = await server.connect('/authorizedhub', { transport, query })
  assert.equal(await connection.call('GetUserNameIdentifier'), 'testuser')
})

check(area, 'each request of a connection is authorized for itself', async server => {
  const headers = await bearer(server)
  const { connectionToken } = await server.negotiate('/authorizedhub', 'negotiateVersion=1', headers)
  const path = `/authorizedhub?id=${connectionToken}`
  assert.equal((await server.get(path, headers)).status, 200)
  assert.deepEqual(facts(await server.get(path)), unauthorized)
  assert.deepEqual(facts(await server.post(path, 'x')), unauthorized)
  assert.deepEqual(facts(await server.delete(path)), unauthorized)
})

const askWho = '{"type":1,"invocationId":"1","target":"GetUserNameIdentifier","arguments":[]}\x1e'
const isAnn = '{"type":3,"invocationId":"1","result":"ann"}\x1e'

/** A connection of Ann, the credentials of two tokens of hers, and those of Bob. */
async function connectionOfAnn(server: ServerUnderTest) {
  const [ann, bob] = [await bearer(server, 'seconds=60&user=ann'), await bearer(server, 'seconds=60&user=bob')]
  const { connectionToken } = await server.negotiate('/authorizedhub', 'negotiateVersion=1', ann)
  return {
    path: `/authorizedhub?id=${connectionToken}`,
    ann,
    annLater: await bearer(server, 'seconds=90&user=ann'),
    bob,
  }
}

check(
  area,
  'a poll by another user is accepted, and the hub keeps the first one',
  {
    deviation: {
      key: 'a-connection-belongs-to-its-user',
      run: async server => {
        const { path, ann, annLater, bob } = await connectionOfAnn(server)
        assert.equal((await server.get(path, bob)).status, 403)
        assert.equal((await server.get(path, ann)).status, 200)
        assert.equal((await server.request('POST', path, { headers: bob, body: handshake })).status, 403)
        assert.equal((await server.request('DELETE', path, { headers: bob })).status, 403)
        await server.request('POST', path, { headers: annLater, body: handshake })
        assert.equal((await server.get(path, annLater)).body, '{}\x1e')
        await server.request('POST', path, { headers: ann, body: askWho })
        assert.equal((await server.get(path, bob)).status, 403)
        assert.equal((await server.get(path, annLater)).body, isAnn)
      },
    },
  },
  async server => {
    const { path, ann, bob } = await connectionOfAnn(server)
    const send = (body: string) => server.request('POST', path, { headers: bob, body })
    assert.equal((await server.get(path, ann)).status, 200)
    await send(handshake)
    assert.equal((await server.get(path, ann)).body, '{}\x1e') // from here on the hub knows whose it is
    assert.equal((await send(askWho)).status, 200)
    assert.equal((await server.get(path, bob)).body, isAnn)
  },
)

for (const options of [{}, { detailedErrors: false }]) {
  const when = 'detailedErrors' in options ? 'without' : 'with'
  check(area, `a method that the user may not call says so, ${when} detailed errors`, options, async server => {
    const connection = await server.connect('/probe')
    const error = "Failed to invoke 'Guarded' because user is unauthorized"
    assert.deepEqual(await connection.invoke('guarded'), { error })
    await connection.expectAliveAndSilent()
  })
}

check(area, 'a role is asked of the method’s caller, not only a name', async server => {
  const connection = await server.connect('/probe', { headers: await bearer(server, 'seconds=60&role=guest') })
  const error = "Failed to invoke 'Guarded' because user is unauthorized"
  assert.deepEqual(await connection.invoke('Guarded'), { error })
})

check(area, 'a method that the user may call is called', async server => {
  const connection = await server.connect('/probe', { headers: await bearer(server, 'seconds=60&role=admin') })
  assert.deepEqual(await connection.invoke('Guarded'), { result: 'guarded' })
  await connection.send(streamInvocation('s', 'GuardedStream'))
  await connection.expect(streamItem('s', 'guarded'), completed('s'))
})

check(
  area,
  'a stream that the user may not call says so, and does so before its kind of call is looked at',
  async server => {
    const connection = await server.connect('/probe')
    const error = "Failed to invoke 'GuardedStream' because user is unauthorized"
    await connection.send(streamInvocation('s', 'GuardedStream'))
    await connection.expect(failedWith('s', error))
    assert.deepEqual(await connection.invoke('GuardedStream'), { error })
  },
)

check(area, 'arguments that do not fit are noticed before the user is looked at', async server => {
  const connection = await server.connect('/probe')
  const detail = 'InvalidDataException: Invocation provides 1 argument(s) but target expects 0.'
  const error = `${failedToInvoke('Guarded')} ${detail}`
  assert.deepEqual(await connection.invoke('Guarded', 1), { error })
})

const closing = { settings: { closeOnAuthenticationExpiration: true } }
checkOnEachTransport(
  area,
  'a connection whose token expires is closed, and reconnect is welcome',
  closing,
  async (server, transport) => {
    // Expiry is in whole seconds, and the connection must be there before it.
    const headers = await bearer(server, 'seconds=4')
    const connection = await server.connect('/authorizedhub', { transport, headers })
    assert.equal(await connection.next('the Close', 9000), '{"type":7,"allowReconnect":true}')
    const how = await within(connection.transport.ended, 'the end of the connection')
    // The poll behind the Close needs credentials too, and has none any more.
    assert.equal(how, transport === 'LongPolling' ? 'a poll answered 401' : connection.transport.normalEnd)
  },
)

check(area, 'a connection whose token expires lives on otherwise', async server => {
  const connection = await server.connect('/authorizedhub', { headers: await bearer(server, 'seconds=3') })
  await pause(4200)
  await connection.expectAliveAndSilent()
})
