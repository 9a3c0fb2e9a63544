import { silentLogger, systemClock } from '@signalbox/abstractions'
import { JsonHubProtocol } from '@signalbox/protocol'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { HubConnection } from '../connection/hub-connection.js'
import { HubRuntime } from '../hub-runtime.js'
import type { HubLifetimeManager } from '../lifetime/hub-lifetime-manager.js'
import { invocation } from './json-messages.js'
import { TestConnection } from './test-connection.js'

/** What is tested: one manager, or one per node for a backplane, which must then behave as one. */
export interface LifetimeManagerCluster {
  readonly nodes: readonly [HubLifetimeManager, ...HubLifetimeManager[]]
  dispose?(): Promise<void>
}

class EmptyHub extends Hub {}

const protocol = new JsonHubProtocol()

/** What every lifetime manager must do: declares the tests for one. Connections are spread over the nodes, sends leave from the first. */
export function describeHubLifetimeManager(
  name: string,
  create: () => LifetimeManagerCluster | Promise<LifetimeManagerCluster>,
): void {
  describe(`${name} as a hub lifetime manager`, () => {
    let cluster: LifetimeManagerCluster
    let manager: HubLifetimeManager
    let connected: { context: HubConnection; connection: TestConnection; node: HubLifetimeManager }[]

    beforeEach(async () => {
      cluster = await create()
      manager = cluster.nodes[0]
      connected = []
    })

    afterEach(() => cluster.dispose?.())

    async function connect(connectionId: string, userIdentifier?: string): Promise<void> {
      const node = cluster.nodes[connected.length % cluster.nodes.length]!
      const connection = new TestConnection({ connectionId })
      const runtime = new HubRuntime(EmptyHub, node, [protocol], silentLogger, systemClock)
      const life = { abort() {}, fail() {}, onWriteFailure() {}, onReady() {}, onCallEnded() {} }
      const context = new HubConnection(connection, protocol, userIdentifier, runtime, life)
      await node.onConnected(context)
      connected.push({ context, connection, node })
    }

    async function disconnect(connectionId: string): Promise<void> {
      const { context, node } = connected.find(({ context }) => context.connectionId === connectionId)!
      await node.onDisconnected(context)
    }

    async function addToGroup(groupName: string, ...connectionIds: string[]): Promise<void> {
      for (const connectionId of connectionIds) await manager.addToGroup(connectionId, groupName)
    }

    /** Ids of those who have got something, once per copy. A last message shows where to stop: order is part of the contract. */
    async function receivers(): Promise<string[]> {
      const reached: string[] = []
      for (const { context, connection } of connected) {
        await manager.sendConnection(context.connectionId, 'Last', [])
        while ((await connection.nextSent()) !== invocation('Last')) reached.push(context.connectionId)
      }
      return reached
    }

    /** The sender's error; a send may throw it or reject with it. */
    async function failureOf(send: () => void | Promise<void>): Promise<unknown> {
      try {
        await send()
      } catch (error) {
        return error
      }
      return undefined
    }

    describe('targets', () => {
      beforeEach(async () => {
        await connect('1', 'ann')
        await connect('2', 'bob')
        await connect('3', 'ann')
        await connect('4')
      })

      it('hands a message over with its target and arguments', async () => {
        await manager.sendAll('Said', ['hello', 1, null, { a: [true] }])
        expect(await connected[1]!.connection.nextSent()).to.equal(invocation('Said', 'hello', 1, null, { a: [true] }))
      })

      it('reaches all', async () => {
        await manager.sendAll('Said', [])
        expect(await receivers()).to.deep.equal(['1', '2', '3', '4'])
      })

      it('reaches all but the excluded', async () => {
        await manager.sendAllExcept('Said', [], ['1', '3', 'nobody'])
        expect(await receivers()).to.deep.equal(['2', '4'])
      })

      for (const connectionId of ['1', '2']) {
        it(`reaches connection ${connectionId} alone`, async () => {
          await manager.sendConnection(connectionId, 'Said', [])
          expect(await receivers()).to.deep.equal([connectionId])
        })
      }

      it('reaches several connections, a repeated one once', async () => {
        await manager.sendConnections(['2', '4', '2', 'nobody'], 'Said', [])
        expect(await receivers()).to.deep.equal(['2', '4'])
      })

      it('reaches every connection of a user', async () => {
        await manager.sendUser('ann', 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '3'])
      })

      it('reaches several users, a repeated one once', async () => {
        await manager.sendUsers(['ann', 'bob', 'ann', 'nobody'], 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '2', '3'])
      })

      it('reaches the members of a group', async () => {
        await addToGroup('ops', '1', '4')
        await manager.sendGroup('ops', 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '4'])
      })

      it('reaches the members of a group but the excluded', async () => {
        await addToGroup('ops', '1', '2', '4')
        await manager.sendGroupExcept('ops', 'Said', [], ['2', 'nobody'])
        expect(await receivers()).to.deep.equal(['1', '4'])
      })

      it('reaches several groups, a member of two twice', async () => {
        await addToGroup('ops', '1', '2')
        await addToGroup('dev', '2', '3')
        await manager.sendGroups(['ops', 'dev', 'empty'], 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '2', '2', '3'])
      })

      it('keeps the order of two sends to the same connection', async () => {
        const sends = [manager.sendAll('First', []), manager.sendAll('Second', [])]
        await Promise.all(sends)
        const { connection } = connected[3]!
        expect([await connection.nextSent(), await connection.nextSent()]).to.deep.equal([
          invocation('First'),
          invocation('Second'),
        ])
      })

      it('keeps the order of sends to different targets', async () => {
        await addToGroup('ops', '2')
        await Promise.all([
          manager.sendGroup('ops', 'First', []),
          manager.sendUser('bob', 'Second', []),
          manager.sendConnection('2', 'Third', []),
        ])
        const { connection } = connected[1]!
        const received = [await connection.nextSent(), await connection.nextSent(), await connection.nextSent()]
        expect(received).to.deep.equal([invocation('First'), invocation('Second'), invocation('Third')])
      })
    })

    describe('nobody there', () => {
      const sends: Readonly<Record<string, () => void | Promise<void>>> = {
        'to all': () => manager.sendAll('Said', []),
        'to all but one': () => manager.sendAllExcept('Said', [], ['1']),
        'to a connection': () => manager.sendConnection('nobody', 'Said', []),
        'to connections': () => manager.sendConnections(['nobody'], 'Said', []),
        'to a group': () => manager.sendGroup('nobody', 'Said', []),
        'to groups': () => manager.sendGroups(['nobody'], 'Said', []),
        'to a group but one': () => manager.sendGroupExcept('nobody', 'Said', [], ['1']),
        'to a user': () => manager.sendUser('nobody', 'Said', []),
        'to users': () => manager.sendUsers(['nobody'], 'Said', []),
      }
      for (const [target, send] of Object.entries(sends)) {
        it(`succeeds in sending ${target}`, async () => {
          expect(await failureOf(send)).to.equal(undefined)
        })
      }

      it('succeeds in adding an unknown connection to a group', async () => {
        expect(await failureOf(() => manager.addToGroup('nobody', 'ops'))).to.equal(undefined)
      })

      it('succeeds in removing an unknown connection from a group', async () => {
        expect(await failureOf(() => manager.removeFromGroup('nobody', 'ops'))).to.equal(undefined)
      })
    })

    describe('membership', () => {
      beforeEach(async () => {
        await connect('1', 'ann')
        await connect('2', 'ann')
      })

      it('adds to a group once, however often it is asked', async () => {
        await addToGroup('ops', '2', '2')
        await manager.sendGroup('ops', 'Said', [])
        expect(await receivers()).to.deep.equal(['2'])
      })

      it('removes from a group at once, however often it was added', async () => {
        await addToGroup('ops', '1', '2', '2')
        await manager.removeFromGroup('2', 'ops')
        await manager.sendGroup('ops', 'Said', [])
        expect(await receivers()).to.deep.equal(['1'])
      })

      it('succeeds in removing one who is no member', async () => {
        await addToGroup('ops', '1')
        await manager.removeFromGroup('2', 'ops')
        await manager.removeFromGroup('2', 'ops')
        await manager.sendGroup('ops', 'Said', [])
        expect(await receivers()).to.deep.equal(['1'])
      })

      it('adds again one who was removed', async () => {
        await addToGroup('ops', '2')
        await manager.removeFromGroup('2', 'ops')
        await addToGroup('ops', '2')
        await manager.sendGroup('ops', 'Said', [])
        expect(await receivers()).to.deep.equal(['2'])
      })

      it('takes a connection out of one group and leaves it in another', async () => {
        await addToGroup('ops', '2')
        await addToGroup('dev', '2')
        await manager.removeFromGroup('2', 'ops')
        await manager.sendGroups(['ops', 'dev'], 'Said', [])
        expect(await receivers()).to.deep.equal(['2'])
      })

      const sendsToTwo: Readonly<Record<string, () => void | Promise<void>>> = {
        'all clients': () => manager.sendAll('Said', []),
        'its own connection': () => manager.sendConnection('2', 'Said', []),
        'its user': () => manager.sendUser('ann', 'Said', []),
        'its group': () => manager.sendGroup('ops', 'Said', []),
      }
      for (const [target, send] of Object.entries(sendsToTwo)) {
        it(`does not reach a connection through ${target} once it has disconnected`, async () => {
          await addToGroup('ops', '1', '2')
          await connect('3')
          await connect('4') // on the node of the second, so that its last message comes after what the second might get
          await disconnect('2')
          await send()
          const [gone] = connected.splice(1, 1)
          await receivers()
          expect(gone!.connection.sent).to.deep.equal([])
        })
      }

      it('leaves the others of a user and a group there when one disconnects', async () => {
        await addToGroup('ops', '1', '2')
        await disconnect('2')
        connected.pop()
        await manager.sendUser('ann', 'Said', [])
        await manager.sendGroup('ops', 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '1'])
      })

      it('does not restore groups when a connection of the same id comes back', async () => {
        await addToGroup('ops', '2')
        await disconnect('2')
        connected.pop()
        await connect('2', 'ann')
        await manager.sendGroup('ops', 'Said', [])
        expect(await receivers()).to.deep.equal([])
      })
    })

    describe('names', () => {
      beforeEach(async () => {
        await connect('1', 'Ann')
        await connect('2', 'ann')
      })

      it('tells groups apart by case', async () => {
        await addToGroup('Ops', '1')
        await addToGroup('ops', '2')
        await manager.sendGroup('ops', 'Said', [])
        expect(await receivers()).to.deep.equal(['2'])
      })

      it('tells users apart by case', async () => {
        await manager.sendUser('ann', 'Said', [])
        expect(await receivers()).to.deep.equal(['2'])
      })

      it('tells a group, a user and a connection of the same name apart', async () => {
        await addToGroup('2', '1')
        await manager.sendGroup('2', 'Said', [])
        await manager.sendUser('2', 'Said', [])
        expect(await receivers()).to.deep.equal(['1'])
      })

      const oddNames = ['*', ':', '[', ']', '?', '\\', 'a:b', '__proto__', ' ', '\n', '😀', 'é', 'x'.repeat(300)]
      for (const groupName of oddNames) {
        it(`takes ${JSON.stringify(groupName.slice(0, 10))} for the name of one group`, async () => {
          await addToGroup(groupName, '2')
          await addToGroup(`${groupName}x`, '1')
          await manager.sendGroup(groupName, 'Said', [])
          expect(await receivers()).to.deep.equal(['2'])
        })
      }

      it('refuses to send to groups when one has an empty name', async () => {
        const error = await failureOf(() => manager.sendGroups([''], 'Said', []))
        expect(error).to.have.property('message', 'Cannot send to an empty group name.')
      })

      it('has a group of the empty name', async () => {
        await addToGroup('', '2')
        await manager.sendGroup('', 'Said', [])
        expect(await receivers()).to.deep.equal(['2'])
      })
    })

    describe('an argument that cannot be serialized', () => {
      const unserializable: unknown[] = []
      unserializable.push(unserializable)

      beforeEach(async () => {
        await connect('1', 'ann')
        await connect('2', 'ann')
        await addToGroup('ops', '1', '2')
      })

      const sends: Readonly<Record<string, () => void | Promise<void>>> = {
        'to all': () => manager.sendAll('Said', unserializable),
        'to all but one': () => manager.sendAllExcept('Said', unserializable, ['1']),
        'to a connection': () => manager.sendConnection('2', 'Said', unserializable),
        'to connections': () => manager.sendConnections(['1', '2'], 'Said', unserializable),
        'to a group': () => manager.sendGroup('ops', 'Said', unserializable),
        'to groups': () => manager.sendGroups(['ops'], 'Said', unserializable),
        'to a group but one': () => manager.sendGroupExcept('ops', 'Said', unserializable, ['1']),
        'to a user': () => manager.sendUser('ann', 'Said', unserializable),
        'to users': () => manager.sendUsers(['ann'], 'Said', unserializable),
      }
      for (const [target, send] of Object.entries(sends)) {
        it(`fails at the sender ${target}`, async () => {
          expect(await failureOf(send)).to.be.an.instanceOf(TypeError)
        })

        it(`reaches nobody when sent ${target}`, async () => {
          await failureOf(send)
          expect(await receivers()).to.deep.equal([])
        })
      }
    })
  })
}
