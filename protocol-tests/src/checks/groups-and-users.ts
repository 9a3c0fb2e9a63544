import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { check } from '../check.js'
import type { HubConnection } from '../drivers/hub-connection.js'
import { completedWith, failedWith, invocation, invocationWithoutId } from '../drivers/hub-messages.js'
import { messagePack } from '../drivers/messagepack-notation.js'
import { allTransports } from '../drivers/transport.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { unexpectedError } from './error-texts.js'

const area = 'groups and users'
const message = (text: string) => invocationWithoutId('Message', text)

/** Nobody else's group or user has this name. */
const unique = (name: string) => `${name}-${randomUUID()}`

/** As many as were asked for, so that a check can name each of them. */
interface Clients {
  1: [HubConnection]
  2: [HubConnection, HubConnection]
  3: [HubConnection, HubConnection, HubConnection]
}

async function connectMany<Count extends keyof Clients>(
  server: ServerUnderTest,
  count: Count,
  query = '',
): Promise<Clients[Count]> {
  const clients = Array.from({ length: count }, () => server.connect('/bench', { query }))
  return (await Promise.all(clients)) as Clients[Count]
}

/** These have got nothing: their own Echo comes next. */
async function expectSilence(...connections: readonly HubConnection[]): Promise<void> {
  for (const connection of connections) await connection.expectAliveAndSilent()
}

check(area, 'all: every connection of the hub, the sender before its Completion', { alone: true }, async server => {
  const [sender, other] = await connectMany(server, 2)
  await sender.send(invocation('1', 'Broadcast', 'hello'))
  await sender.expect(message('hello'), completedWith('1', null))
  await other.expect(message('hello'))
})

check(area, 'all: on every transport and in both protocols', { alone: true }, async server => {
  const receivers = await Promise.all(allTransports.map(transport => server.connect('/bench', { transport })))
  const binary = await Promise.all(
    (['WebSockets', 'LongPolling'] as const).map(transport =>
      server.connect('/bench', { transport, protocol: 'messagepack' }),
    ),
  )
  const sender = await server.connect('/bench')
  await sender.send(invocationWithoutId('Broadcast', 'to each'))
  for (const receiver of receivers) await receiver.expect(message('to each'))
  for (const receiver of binary) await receiver.expect(messagePack('96 01 80 c0 "Message" 91 "to each" 90'))
})

check(area, 'all: not the connections of another hub', { alone: true }, async server => {
  const other = await server.connect('/testhub')
  const [sender] = await connectMany(server, 1)
  await sender.call('BroadcastOthers', 'hello')
  await expectSilence(other)
})

check(area, 'others: all but the caller', { alone: true }, async server => {
  const [sender, ...others] = await connectMany(server, 3)
  await sender.call('BroadcastOthers', 'hello')
  for (const other of others) await other.expect(message('hello'))
  await expectSilence(sender)
})

check(area, 'all except: nobody who is listed', { alone: true }, async server => {
  const [sender, excluded, other] = await connectMany(server, 3)
  await sender.send(invocationWithoutId('BroadcastExcept', [excluded.connectionId, 'nobody'], 'hello'))
  await sender.expect(message('hello'))
  await other.expect(message('hello'))
  await expectSilence(excluded)
})

check(area, 'group: its members, and nobody who has left', async server => {
  const group = unique('group')
  const [sender, member, former] = await connectMany(server, 3)
  await member.call('Join', group)
  await former.call('Join', group)
  await former.call('Leave', group)
  await sender.call('SendGroup', group, 'hello')
  await member.expect(message('hello'))
  await expectSilence(sender, former)
})

check(area, 'group: joined twice is joined once', async server => {
  const group = unique('group')
  const [member] = await connectMany(server, 1)
  await member.call('Join', group)
  await member.call('Join', group)
  await member.send(invocationWithoutId('SendGroup', group, 'once'))
  await member.expect(message('once'))
  await member.call('Leave', group)
  await member.call('Leave', group)
  await member.call('SendGroup', group, 'gone')
  await expectSilence(member)
})

check(area, 'group names differ by case', async server => {
  const group = unique('group')
  const [sender, upper] = await connectMany(server, 2)
  await upper.call('Join', group.toUpperCase())
  await sender.call('SendGroup', group, 'hello')
  await expectSilence(upper)
  await sender.call('SendGroup', group.toUpperCase(), 'HELLO')
  await upper.expect(message('HELLO'))
})

check(area, 'group except, and others in group', async server => {
  const group = unique('group')
  const [a, b, outsider] = await connectMany(server, 3)
  await a.call('Join', group)
  await b.call('Join', group)
  await outsider.call('SendGroupExcept', group, [b.connectionId], 'except')
  await a.expect(message('except'))
  await expectSilence(b)
  await a.call('SendOthersInGroup', group, 'others')
  await b.expect(message('others'))
  await outsider.call('SendOthersInGroup', group, 'from outside')
  await a.expect(message('from outside'))
  await b.expect(message('from outside'))
  await expectSilence(a, b, outsider)
})

check(area, 'groups: a member of two gets two copies', async server => {
  const [first, second] = [unique('first'), unique('second')]
  const [sender, member] = await connectMany(server, 2)
  await member.call('Join', first)
  await member.call('Join', second)
  await sender.call('SendGroups', [first, second], 'hello')
  await member.expect(message('hello'), message('hello'))
  await expectSilence(member, sender)
})

check(area, 'groups: an empty name is an error, behind the groups before it', async server => {
  const group = unique('group')
  const [member] = await connectMany(server, 1)
  await member.call('Join', group)
  await member.send(invocation('1', 'SendGroups', [group, ''], 'hello'))
  const error = `${unexpectedError('SendGroups')} InvalidOperationException: Cannot send to an empty group name.`
  await member.expect(message('hello'), failedWith('1', error))
})

check(area, 'a group without a name is an error of the caller', async server => {
  const [connection] = await connectMany(server, 1)
  const error = `${unexpectedError('Join')} ArgumentNullException: Value cannot be null. (Parameter 'groupName')`
  assert.deepEqual(await connection.invoke('Join', null), { error })
})

check(area, 'another connection can be put into a group and taken out', async server => {
  const group = unique('group')
  const [manager, member] = await connectMany(server, 2)
  await manager.call('JoinConnection', member.connectionId, group)
  await manager.call('SendGroup', group, 'in')
  await member.expect(message('in'))
  await manager.call('LeaveConnection', member.connectionId, group)
  await manager.call('SendGroup', group, 'out')
  await expectSilence(member)
})

check(area, 'an unknown connection, group or user is nobody, and no error', async server => {
  const [connection] = await connectMany(server, 1)
  for (const [method, target] of [
    ['SendConnection', 'nobody'],
    ['SendConnections', ['nobody']],
    ['SendGroup', unique('group')],
    ['SendUser', unique('user')],
    ['SendUsers', [unique('user')]],
  ] as const) {
    assert.deepEqual(await connection.invoke(method, target, 'hello'), { result: null }, method)
  }
  assert.deepEqual(await connection.invoke('JoinConnection', 'nobody', unique('group')), { result: null })
  assert.deepEqual(await connection.invoke('LeaveConnection', 'nobody', unique('group')), { result: null })
})

check(area, 'a connection that has left is in no group, and a new one of the same client neither', async server => {
  const [group, user] = [unique('group'), unique('user')]
  const [sender] = await connectMany(server, 1)
  const before = await server.connect('/bench', { query: `user=${user}` })
  await before.call('Join', group)
  await before.transport.close()
  const after = await server.connect('/bench', { query: `user=${user}` })
  await sender.call('SendGroup', group, 'hello')
  await expectSilence(after)
})

check(area, 'client: one connection, clients: each listed one once', async server => {
  const [sender, a, b] = await connectMany(server, 3)
  await sender.call('SendConnection', a.connectionId, 'one')
  await a.expect(message('one'))
  await sender.call('SendConnections', [a.connectionId, b.connectionId, a.connectionId], 'each')
  await a.expect(message('each'))
  await b.expect(message('each'))
  await expectSilence(a, b, sender)
})

check(area, 'user: all connections of one user, in its own letter case', async server => {
  const user = unique('user')
  const [sender] = await connectMany(server, 1)
  const [a, b] = await connectMany(server, 2, `user=${user}`)
  const [upper] = await connectMany(server, 1, `user=${user.toUpperCase()}`)
  await sender.call('SendUser', user, 'hello')
  await a.expect(message('hello'))
  await b.expect(message('hello'))
  await expectSilence(upper, sender)
})

check(area, 'users: a user listed twice gets one copy', async server => {
  const [ann, bob] = [unique('ann'), unique('bob')]
  const [sender] = await connectMany(server, 1)
  const [a] = await connectMany(server, 1, `user=${ann}`)
  const [b] = await connectMany(server, 1, `user=${bob}`)
  await sender.call('SendUsers', [ann, bob, ann], 'hello')
  await a.expect(message('hello'))
  await b.expect(message('hello'))
  await expectSilence(a, b)
})

check(area, 'a connection knows its id and its user', async server => {
  const user = unique('user')
  const [connection] = await connectMany(server, 1, `user=${user}`)
  const { ConnectionId, UserIdentifier } = (await connection.call('WhoAmI')) as Record<string, unknown>
  assert.deepEqual([ConnectionId, UserIdentifier], [connection.connectionId, user])
  const [anonymous] = await connectMany(server, 1)
  assert.equal(((await anonymous.call('WhoAmI')) as Record<string, unknown>)['UserIdentifier'], null)
})

check(area, 'two sends of one method arrive in their order, at a MessagePack client too', async server => {
  const group = unique('group')
  const [sender] = await connectMany(server, 1)
  const receiver = await server.connect('/bench', { protocol: 'messagepack' })
  await sender.call('JoinConnection', receiver.connectionId, group)
  for (const text of ['a', 'b', 'c']) await sender.send(invocationWithoutId('SendGroup', group, text))
  for (const text of ['a', 'b', 'c']) await receiver.expect(messagePack(`96 01 80 c0 "Message" 91 "${text}" 90`))
})
