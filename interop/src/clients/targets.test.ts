import { expect } from 'chai'
import { newestClientKinds, newestOver } from './client-kinds.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { type TestClient, useClients } from './test-client.js'

/** Four connections on one hub: the caller, and one per transport. */
interface Room {
  readonly caller: TestClient
  readonly others: readonly [TestClient, TestClient, TestClient]
}

describeOnEachServer('sending to many, whatever their transports', serverKind => {
  const server = useReferenceServer(serverKind)
  const clients = useClients(server)

  for (const callerKind of newestClientKinds) {
    describe(`called with ${callerKind.title}`, () => {
      async function enterRoom(): Promise<Room> {
        const caller = await clients.connect('/bench?user=caller', callerKind)
        const others = [
          await clients.connect('/bench?user=ada', newestOver('WebSockets')),
          await clients.connect('/bench?user=grace', newestOver('ServerSentEvents')),
          await clients.connect('/bench?user=grace', newestOver('LongPolling')),
        ] as const
        return { caller, others }
      }

      const messagesIn = ({ caller, others }: Room) => Promise.all([caller, ...others].map(one => one.allMessages()))
      const idOf = (client: TestClient) => client.connection.connectionId

      it('reaches all', async () => {
        const room = await enterRoom()
        await room.caller.invoke('Broadcast', 'to all')
        expect(await messagesIn(room)).to.deep.equal([['to all'], ['to all'], ['to all'], ['to all']])
      })

      it('reaches the others, or all except some', async () => {
        const room = await enterRoom()
        await room.caller.invoke('BroadcastOthers', 'others')
        await room.caller.invoke('BroadcastExcept', [idOf(room.caller), idOf(room.others[1]), 'nobody'], 'except')
        expect(await messagesIn(room)).to.deep.equal([[], ['others', 'except'], ['others'], ['others', 'except']])
      })

      it('reaches one connection or several, and no copy more for an id that is named twice', async () => {
        const room = await enterRoom()
        const [first, second, third] = room.others
        await room.caller.invoke('SendConnection', idOf(first), 'one')
        await room.caller.invoke('SendConnections', [idOf(second), idOf(third), idOf(second)], 'some')
        await room.caller.invoke('SendConnection', 'nobody', 'none')
        expect(await messagesIn(room)).to.deep.equal([[], ['one'], ['some'], ['some']])
      })

      it('reaches the members of a group, until they leave', async () => {
        const room = await enterRoom()
        const [first, second, third] = room.others
        await first.invoke('Join', 'a')
        await second.invoke('Join', 'a')
        await room.caller.invoke('JoinConnection', idOf(third), 'a')
        await room.caller.invoke('SendGroup', 'a', 'three')
        await first.invoke('Leave', 'a')
        await room.caller.invoke('LeaveConnection', idOf(third), 'a')
        await room.caller.invoke('SendGroup', 'a', 'one')
        await room.caller.invoke('SendGroup', 'A', 'names of groups have a case')
        expect(await messagesIn(room)).to.deep.equal([[], ['three'], ['three', 'one'], ['three']])
      })

      it('reaches several groups, and a member of two of them twice', async () => {
        const room = await enterRoom()
        await room.others[0].invoke('Join', 'a')
        await room.others[1].invoke('Join', 'a')
        await room.others[1].invoke('Join', 'b')
        await room.caller.invoke('SendGroups', ['a', 'b', 'nobody'], 'groups')
        expect(await messagesIn(room)).to.deep.equal([[], ['groups'], ['groups', 'groups'], []])
      })

      it('reaches a group except some, or the others in it', async () => {
        const room = await enterRoom()
        for (const member of [room.caller, ...room.others]) await member.invoke('Join', 'a')
        await room.caller.invoke('SendGroupExcept', 'a', [idOf(room.others[0])], 'except')
        await room.caller.invoke('SendOthersInGroup', 'a', 'others')
        expect(await messagesIn(room)).to.deep.equal([
          ['except'],
          ['others'],
          ['except', 'others'],
          ['except', 'others'],
        ])
      })

      it('reaches every connection of a user, or of several users', async () => {
        const room = await enterRoom()
        await room.caller.invoke('SendUser', 'grace', 'user')
        await room.caller.invoke('SendUsers', ['ada', 'caller', 'nobody'], 'users')
        expect(await messagesIn(room)).to.deep.equal([['users'], ['users'], ['user'], ['user']])
      })

      it('forgets who has left', async () => {
        const room = await enterRoom()
        const [gone, ...rest] = room.others
        for (const member of room.others) await member.invoke('Join', 'a')
        await gone.connection.stop()
        await room.caller.invoke('SendGroup', 'a', 'group')
        await room.caller.invoke('SendUser', 'ada', 'user')
        await room.caller.invoke('Broadcast', 'all')
        expect(await Promise.all(rest.map(one => one.allMessages()))).to.deep.equal([
          ['group', 'all'],
          ['group', 'all'],
        ])
      })

      it('knows the user of a connection by the query', async () => {
        const caller = await clients.connect('/bench?user=Ada%20Lovelace', callerKind)
        const nobody = await clients.connect('/bench', callerKind)
        expect(await caller.invoke('WhoAmI')).to.include({
          ConnectionId: idOf(caller),
          UserIdentifier: 'Ada Lovelace',
        })
        expect(await nobody.invoke('WhoAmI')).to.include({ UserIdentifier: null })
      })
    })
  }
})
