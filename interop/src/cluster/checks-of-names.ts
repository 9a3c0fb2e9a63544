import { expect } from 'chai'
import type { Check } from './check.js'
import { type ClusterClient, newText } from './cluster-client.js'

/** Were one of them taken for a pattern, it would be sent what belongs to others. */
const oddNames = ['*', 'a*', 'a[1]?', 'a1b', 'a:b', 'A:B', '😀 é', 'x'.repeat(300)]

/** Every name is sent its own text, then every member must have heard exactly that one. */
async function expectOwnTextOnly(
  members: readonly { readonly name: string; readonly client: ClusterClient }[],
  send: (name: string, text: string) => Promise<unknown>,
): Promise<void> {
  const [said, fence] = [newText('said'), newText('fence')]
  for (const text of [said, fence]) for (const { name } of members) await send(name, `${text} to ${name}`)
  // All of them before the first look: each proves its own channel only.
  await Promise.all(members.map(({ name, client }) => client.hears(`${fence} to ${name}`)))
  const clients = new Set(members.map(({ client }) => client))
  for (const client of clients) {
    const own = members.filter(member => member.client === client).map(({ name }) => `${said} to ${name}`)
    const heard = (await client.heard()).filter(text => text.startsWith(`${said} `))
    expect([...heard].sort()).to.deep.equal(own.sort())
  }
}

export const checksOfNames: readonly Check[] = [
  {
    title: 'odd names of groups: no patterns, other letters, 300 bytes',
    run: async stage => {
      const members = oddNames.map((name, index) => ({ name, client: index % 2 === 0 ? stage.far : stage.other }))
      for (const { name, client } of members) await client.invoke('Join', name)
      await expectOwnTextOnly(members, (name, text) => stage.caller.invoke('SendGroup', name, text))
      for (const { name, client } of members) await client.invoke('Leave', name)
    },
  },
  {
    title: 'groups `Room` and `room` are two',
    run: async stage => {
      for (const name of ['Room', 'room']) await stage.far.invoke('Join', name)
      await stage.caller.invoke('LeaveConnection', stage.far.connectionId, 'room')
      await stage.other.invoke('Join', 'room')
      const members = [
        { name: 'Room', client: stage.far },
        { name: 'room', client: stage.other },
      ]
      await expectOwnTextOnly(members, (name, text) => stage.caller.invoke('SendGroup', name, text))
      await Promise.all(members.map(({ name, client }) => client.invoke('Leave', name)))
    },
  },
  {
    title: 'odd names of users',
    run: async stage => {
      const members = await Promise.all(oddNames.map(async name => ({ name, client: await stage.connectFar(name) })))
      await expectOwnTextOnly(members, (name, text) => stage.caller.invoke('SendUser', name, text))
      await Promise.all(members.map(({ client }) => client.stop()))
    },
  },
]
