import type { ConnectionFeatures } from '@signalbox/abstractions'
import { TestServer } from '@signalbox/conformance'
import { invocation, invoke, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from './hub.js'
import { hubMethod } from './hub-method.js'

describe('the clients and groups of a hub', () => {
  let send: (hub: Hub) => void | Promise<void>

  class SendingHub extends Hub {
    @hubMethod
    async send(): Promise<void> {
      await send(this)
    }
  }

  /** Connections 1 to 3; connection 1 has sent. @returns who has got something, once per copy. */
  async function receivers(sends: typeof send): Promise<string[]> {
    send = sends
    const server = new TestServer(SendingHub, {
      userIdProvider: ({ httpRequest }: ConnectionFeatures) => httpRequest.query('user'),
    })
    const clients = ['1', '2', '3'].map(connectionId =>
      server.connect({ connectionId, queryString: `user=user${connectionId}` }),
    )
    clients[0]!.receive(invoke('1', 'send'))
    while (clients[0]!.sent.at(-1) !== result('1', null)) await Promise.resolve()
    clients[0]!.sent.pop()
    for (const { sent } of clients) for (const message of sent) expect(message).to.equal(invocation('Said', 'a'))
    return clients.flatMap(({ connectionId, sent }) => sent.map(() => connectionId))
  }

  const targets: Readonly<Record<string, readonly [sends: typeof send, receivers: string[]]>> = {
    'reach the caller, before its completion': [hub => hub.clients.caller['Said']!('a'), ['1']],
    'reach the others': [hub => hub.clients.others['Said']!('a'), ['2', '3']],
    'reach all': [hub => hub.clients.all['Said']!('a'), ['1', '2', '3']],
    'reach all but some': [hub => hub.clients.allExcept(['1', '3'])['Said']!('a'), ['2']],
    'reach one connection': [hub => hub.clients.client('2')['Said']!('a'), ['2']],
    'reach several connections': [hub => hub.clients.clients(['1', '2', '2'])['Said']!('a'), ['1', '2']],
    'reach a user': [hub => hub.clients.user('user3')['Said']!('a'), ['3']],
    'reach several users': [hub => hub.clients.users(['user1', 'user3'])['Said']!('a'), ['1', '3']],
    'reach a group': [
      async hub => {
        await hub.groups.addToGroup('2', 'ops')
        await hub.clients.group('ops')['Said']!('a')
      },
      ['2'],
    ],
    'reach the others in a group': [
      async hub => {
        for (const connectionId of ['1', '3']) await hub.groups.addToGroup(connectionId, 'ops')
        await hub.clients.othersInGroup('ops')['Said']!('a')
      },
      ['3'],
    ],
    'reach the others in a group whose member the caller is not': [
      async hub => {
        await hub.groups.addToGroup('3', 'ops')
        await hub.clients.othersInGroup('ops')['Said']!('a')
      },
      ['3'],
    ],
    'reach a group but some': [
      async hub => {
        for (const connectionId of ['1', '2', '3']) await hub.groups.addToGroup(connectionId, 'ops')
        await hub.clients.groupExcept('ops', ['2'])['Said']!('a')
      },
      ['1', '3'],
    ],
    'reach several groups, a member of two twice': [
      async hub => {
        await hub.groups.addToGroup('2', 'ops')
        await hub.groups.addToGroup('2', 'dev')
        await hub.clients.groups(['ops', 'dev'])['Said']!('a')
      },
      ['2', '2'],
    ],
    'reach the groups before an empty name, which fails': [
      async hub => {
        await hub.groups.addToGroup('2', 'ops')
        await hub.groups.addToGroup('3', 'dev')
        const error = await hub.clients.groups(['ops', '', 'dev'])['Said']!('a').catch((error: unknown) => error)
        expect(error).to.have.property('message', 'Cannot send to an empty group name.')
      },
      ['2'],
    ],
    'do not reach one who was removed from the group': [
      async hub => {
        await hub.groups.addToGroup('2', 'ops')
        await hub.groups.removeFromGroup('2', 'ops')
        await hub.clients.group('ops')['Said']!('a')
      },
      [],
    ],
  }
  for (const [what, [sends, expected]] of Object.entries(targets)) {
    it(what, async () => {
      expect(await receivers(sends)).to.deep.equal(expected)
    })
  }

  it('reach the caller through a proxy that was kept after its call', async () => {
    let kept: Hub['clients']['caller'] | undefined
    send = hub => {
      kept = hub.clients.caller
    }
    const client = new TestServer(SendingHub).connect()
    client.receive(invoke('1', 'send'))
    await client.nextSent()
    await kept!['Said']!('later')
    expect(client.sent).to.deep.equal([invocation('Said', 'later')])
  })

  for (const [parameter, use] of [
    ['connectionId', (hub: Hub, missing: string) => hub.clients.client(missing)],
    ['groupName', (hub: Hub, missing: string) => hub.clients.group(missing)],
    ['groupName', (hub: Hub, missing: string) => hub.clients.groupExcept(missing, [])],
    ['groupName', (hub: Hub, missing: string) => hub.clients.othersInGroup(missing)],
    ['userId', (hub: Hub, missing: string) => hub.clients.user(missing)],
  ] as const) {
    it(`refuse a ${parameter} that is missing: ${use}`, async () => {
      let error: unknown
      send = hub => {
        try {
          use(hub, undefined as unknown as string)
        } catch (caught) {
          error = caught
        }
      }
      const client = new TestServer(SendingHub).connect()
      client.receive(invoke('1', 'send'))
      await client.nextSent()
      expect(error)
        .to.be.an.instanceOf(TypeError)
        .with.property('message', `Value cannot be null. (Parameter '${parameter}')`)
    })
  }

  for (const [message, use] of [
    ['connectionId must be a text, but is 5: write String(…).', (hub: Hub) => hub.clients.client(5 as never)],
    ['groupName must be a text, but is 5: write String(…).', (hub: Hub) => hub.clients.group(5 as never)],
    ['userId must be a text, but is 5: write String(…).', (hub: Hub) => hub.clients.user(5 as never)],
    ['userIds must be a text, but is 5: write String(…).', (hub: Hub) => hub.clients.users([5 as never])],
    ['userIds must be a list of texts, but is a text.', (hub: Hub) => hub.clients.users('ann' as never)],
    ['groupNames must be a list of texts, but is a text.', (hub: Hub) => hub.clients.groups('red' as never)],
    ['connectionIds must be a list of texts, but is 5.', (hub: Hub) => hub.clients.clients(5 as never)],
    ['excludedConnectionIds must be a list of texts', (hub: Hub) => hub.clients.allExcept('id' as never)],
    ['excludedConnectionIds must be a list of texts', (hub: Hub) => hub.clients.groupExcept('red', 'id' as never)],
  ] as const)
    it(`say what to write: ${message} (${use})`, async () => {
      let error: unknown
      send = hub => {
        try {
          use(hub)
        } catch (caught) {
          error = caught
        }
      }
      const client = new TestServer(SendingHub).connect()
      client.receive(invoke('1', 'send'))
      await client.nextSent()
      expect(error).to.be.an.instanceOf(TypeError).with.property('message').that.contains(message)
    })
})
