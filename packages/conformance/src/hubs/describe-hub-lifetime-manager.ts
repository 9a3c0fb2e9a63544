import { silentLogger, systemClock } from '@signalbox/abstractions'
import {
  type Audience,
  ClientGoneError,
  Hub,
  HubConnection,
  HubException,
  type HubLifetimeManager,
  HubRuntime,
  SerializedHubMessage,
} from '@signalbox/hubs'
import { type CompletionMessage, JsonHubProtocol, MessageType } from '@signalbox/protocol'
import { expect } from 'chai'
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
      const life = { isReading: true, abort() {}, fail() {}, onReady() {}, onCallEnded() {} }
      const outcome = { protocol, userIdentifier, messageBuffer: undefined }
      const context = new HubConnection(connection, outcome, runtime, life)
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

    function send(audience: Audience, target: string, args: readonly unknown[]): void | Promise<void> {
      return manager.send(audience, SerializedHubMessage.invocation(target, args))
    }

    /** Ids of those who have got something, once per copy. A last message shows where to stop: order is part of the contract. */
    async function receivers(): Promise<string[]> {
      const reached: string[] = []
      for (const { context, connection } of connected) {
        await send({ clients: [context.connectionId] }, 'Last', [])
        while ((await connection.nextSent()) !== invocation('Last')) reached.push(context.connectionId)
      }
      return reached
    }

    /** The sender's error; a send may throw it or reject with it. */
    async function failureOf(send: () => unknown): Promise<unknown> {
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
        await send({ all: true }, 'Said', ['hello', 1, null, { a: [true] }])
        expect(await connected[1]!.connection.nextSent()).to.equal(invocation('Said', 'hello', 1, null, { a: [true] }))
      })

      it('reaches all', async () => {
        await send({ all: true }, 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '2', '3', '4'])
      })

      it('reaches all but the excluded', async () => {
        await send({ all: true, except: ['1', '3', 'nobody'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['2', '4'])
      })

      for (const connectionId of ['1', '2']) {
        it(`reaches connection ${connectionId} alone`, async () => {
          await send({ clients: [connectionId] }, 'Said', [])
          expect(await receivers()).to.deep.equal([connectionId])
        })
      }

      it('reaches several connections, a repeated one once', async () => {
        await send({ clients: ['2', '4', '2', 'nobody'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['2', '4'])
      })

      it('reaches every connection of a user', async () => {
        await send({ users: ['ann'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '3'])
      })

      it('reaches several users, a repeated one once', async () => {
        await send({ users: ['ann', 'bob', 'ann', 'nobody'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '2', '3'])
      })

      it('reaches the members of a group', async () => {
        await addToGroup('ops', '1', '4')
        await send({ groups: ['ops'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '4'])
      })

      it('reaches the members of a group but the excluded', async () => {
        await addToGroup('ops', '1', '2', '4')
        await send({ groups: ['ops'], except: ['2', 'nobody'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '4'])
      })

      it('reaches the members of several groups but the excluded', async () => {
        await addToGroup('ops', '1', '2')
        await addToGroup('dev', '2', '3')
        await send({ groups: ['ops', 'dev'], except: ['2'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '3'])
      })

      it('reaches several groups, a member of two twice', async () => {
        await addToGroup('ops', '1', '2')
        await addToGroup('dev', '2', '3')
        await send({ groups: ['ops', 'dev', 'empty'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '2', '2', '3'])
      })

      it('keeps the order of two sends to the same connection', async () => {
        const sent = [send({ all: true }, 'First', []), send({ all: true }, 'Second', [])]
        await Promise.all(sent)
        const { connection } = connected[3]!
        expect([await connection.nextSent(), await connection.nextSent()]).to.deep.equal([
          invocation('First'),
          invocation('Second'),
        ])
      })

      it('keeps the order of sends to different targets', async () => {
        await addToGroup('ops', '2')
        await Promise.all([
          send({ groups: ['ops'] }, 'First', []),
          send({ users: ['bob'] }, 'Second', []),
          send({ clients: ['2'] }, 'Third', []),
        ])
        const { connection } = connected[1]!
        const received = [await connection.nextSent(), await connection.nextSent(), await connection.nextSent()]
        expect(received).to.deep.equal([invocation('First'), invocation('Second'), invocation('Third')])
      })
    })

    describe('nobody there', () => {
      const sendings: Readonly<Record<string, () => void | Promise<void>>> = {
        'to all': () => send({ all: true }, 'Said', []),
        'to all but one': () => send({ all: true, except: ['1'] }, 'Said', []),
        'to a connection': () => send({ clients: ['nobody'] }, 'Said', []),
        'to connections': () => send({ clients: ['nobody', 'nothing'] }, 'Said', []),
        'to a group': () => send({ groups: ['nobody'] }, 'Said', []),
        'to groups': () => send({ groups: ['nobody', 'nothing'] }, 'Said', []),
        'to a group but one': () => send({ groups: ['nobody'], except: ['1'] }, 'Said', []),
        'to a user': () => send({ users: ['nobody'] }, 'Said', []),
        'to users': () => send({ users: ['nobody', 'nothing'] }, 'Said', []),
      }
      for (const [whom, sending] of Object.entries(sendings)) {
        it(`succeeds in sending ${whom}`, async () => {
          expect(await failureOf(sending)).to.equal(undefined)
        })
      }

      it('succeeds in adding an unknown connection to a group', async () => {
        expect(await failureOf(() => manager.addToGroup('nobody', 'ops'))).to.equal(undefined)
      })

      it('succeeds in removing an unknown connection from a group', async () => {
        expect(await failureOf(() => manager.removeFromGroup('nobody', 'ops'))).to.equal(undefined)
      })
    })

    describe('groups and their members', () => {
      beforeEach(async () => {
        await connect('1', 'ann')
        await connect('2', 'ann')
      })

      it('adds to a group once, however often it is asked', async () => {
        await addToGroup('ops', '2', '2')
        await send({ groups: ['ops'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['2'])
      })

      it('removes from a group at once, however often it was added', async () => {
        await addToGroup('ops', '1', '2', '2')
        await manager.removeFromGroup('2', 'ops')
        await send({ groups: ['ops'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['1'])
      })

      it('succeeds in removing one who is no member', async () => {
        await addToGroup('ops', '1')
        await manager.removeFromGroup('2', 'ops')
        await manager.removeFromGroup('2', 'ops')
        await send({ groups: ['ops'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['1'])
      })

      it('adds again one who was removed', async () => {
        await addToGroup('ops', '2')
        await manager.removeFromGroup('2', 'ops')
        await addToGroup('ops', '2')
        await send({ groups: ['ops'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['2'])
      })

      it('takes a connection out of one group and leaves it in another', async () => {
        await addToGroup('ops', '2')
        await addToGroup('dev', '2')
        await manager.removeFromGroup('2', 'ops')
        await send({ groups: ['ops', 'dev'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['2'])
      })

      const sendsToTwo: Readonly<Record<string, () => void | Promise<void>>> = {
        'all clients': () => send({ all: true }, 'Said', []),
        'its own connection': () => send({ clients: ['2'] }, 'Said', []),
        'its user': () => send({ users: ['ann'] }, 'Said', []),
        'its group': () => send({ groups: ['ops'] }, 'Said', []),
      }
      for (const [whom, sending] of Object.entries(sendsToTwo)) {
        it(`does not reach a connection through ${whom} once it has disconnected`, async () => {
          await addToGroup('ops', '1', '2')
          await connect('3')
          await connect('4') // on the node of the second, so that its last message comes after what the second might get
          await disconnect('2')
          await sending()
          const [gone] = connected.splice(1, 1)
          await receivers()
          expect(gone!.connection.sent).to.deep.equal([])
        })
      }

      it('leaves the others of a user and a group there when one disconnects', async () => {
        await addToGroup('ops', '1', '2')
        await disconnect('2')
        connected.pop()
        await send({ users: ['ann'] }, 'Said', [])
        await send({ groups: ['ops'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['1', '1'])
      })

      it('does not restore groups when a connection of the same id comes back', async () => {
        await addToGroup('ops', '2')
        await disconnect('2')
        connected.pop()
        await connect('2', 'ann')
        await send({ groups: ['ops'] }, 'Said', [])
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
        await send({ groups: ['ops'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['2'])
      })

      it('tells users apart by case', async () => {
        await send({ users: ['ann'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['2'])
      })

      it('tells a group, a user and a connection of the same name apart', async () => {
        await addToGroup('2', '1')
        await send({ groups: ['2'] }, 'Said', [])
        await send({ users: ['2'] }, 'Said', [])
        expect(await receivers()).to.deep.equal(['1'])
      })

      const oddNames = ['*', ':', '[', ']', '?', '\\', 'a:b', '__proto__', ' ', '\n', '😀', 'é', 'x'.repeat(300)]
      for (const groupName of oddNames) {
        it(`takes ${JSON.stringify(groupName.slice(0, 10))} for the name of one group`, async () => {
          await addToGroup(groupName, '2')
          await addToGroup(`${groupName}x`, '1')
          await send({ groups: [groupName] }, 'Said', [])
          expect(await receivers()).to.deep.equal(['2'])
        })
      }

      it('has a group of the empty name', async () => {
        await addToGroup('', '2')
        await send({ groups: [''] }, 'Said', [])
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

      const sendings: Readonly<Record<string, () => void | Promise<void>>> = {
        'to all': () => send({ all: true }, 'Said', unserializable),
        'to all but one': () => send({ all: true, except: ['1'] }, 'Said', unserializable),
        'to a connection': () => send({ clients: ['2'] }, 'Said', unserializable),
        'to connections': () => send({ clients: ['1', '2'] }, 'Said', unserializable),
        'to a group': () => send({ groups: ['ops'] }, 'Said', unserializable),
        'to groups': () => send({ groups: ['ops', 'ops'] }, 'Said', unserializable),
        'to a group but one': () => send({ groups: ['ops'], except: ['1'] }, 'Said', unserializable),
        'to a user': () => send({ users: ['ann'] }, 'Said', unserializable),
        'to users': () => send({ users: ['ann', 'nobody'] }, 'Said', unserializable),
      }
      for (const [whom, sending] of Object.entries(sendings)) {
        it(`fails at the sender ${whom}`, async () => {
          expect(await failureOf(sending)).to.be.an.instanceOf(TypeError)
        })

        it(`reaches nobody when sent ${whom}`, async () => {
          await failureOf(sending)
          expect(await receivers()).to.deep.equal([])
        })
      }
    })

    describe('membership', () => {
      const seenBy = async (node: HubLifetimeManager, audience: Audience): Promise<string[]> => {
        const found: string[] = []
        for await (const { connectionId } of node.membership.connections(audience)) found.push(connectionId)
        return found
      }

      for (const [index, connectionId] of ['1', '2'].entries()) {
        it(`knows connection ${connectionId} on its node, with its user and groups`, async () => {
          await connect('1', 'ann')
          await connect('2', 'bob')
          await addToGroup('ops', '1', '2')
          await addToGroup('dev', connectionId)
          const { node, context } = connected[index]!
          const { userIdentifier: userId } = context
          expect(await node.membership.connection(connectionId)).to.deep.equal({
            connectionId,
            userId,
            groups: ['ops', 'dev'],
          })
          for (const audience of [{ all: true }, { groups: ['ops'] }, { users: [userId!] }] as const)
            expect(await seenBy(node, audience)).to.include(connectionId)
          expect(await seenBy(node, { groups: ['dev'] })).to.deep.equal([connectionId])
        })

        it(`forgets connection ${connectionId} when it has disconnected`, async () => {
          await connect('1', 'ann')
          await connect('2', 'bob')
          await addToGroup('ops', '1', '2')
          await disconnect(connectionId)
          const { node, context } = connected[index]!
          expect(await node.membership.connection(connectionId)).to.equal(undefined)
          for (const audience of [{ all: true }, { groups: ['ops'] }, { users: [context.userIdentifier!] }] as const)
            expect(await seenBy(node, audience)).not.to.include(connectionId)
        })

        it(`tells on its node that connection ${connectionId} joins and leaves a group, and goes`, async () => {
          await connect('1', 'ann')
          await connect('2', 'bob')
          const changes: string[] = []
          const stop = connected[index]!.node.membership.watch(change => {
            if (change.connectionId === connectionId) changes.push(change.type)
          })
          await addToGroup('ops', connectionId)
          await manager.removeFromGroup(connectionId, 'ops')
          await disconnect(connectionId)
          stop()
          expect(changes).to.deep.equal(['joinedGroup', 'leftGroup', 'disconnected'])
        })
      }
    })

    describe('client results', () => {
      beforeEach(async () => {
        await connect('1', 'ann')
        await connect('2', 'bob')
        await connect('3')
        await connect('4')
        await connect('5')
      })

      const partOf = (connectionId: string) => connected.find(({ context }) => context.connectionId === connectionId)!

      const ask = (connectionId: string, ...args: readonly unknown[]): Promise<unknown> =>
        manager.clientResults.invoke(connectionId, 'Ask', args, undefined)

      /** @returns the id of the call that a client has got. */
      async function asked(connectionId: string): Promise<string> {
        const { target, invocationId } = JSON.parse(await partOf(connectionId).connection.nextSent())
        expect(target).to.equal('Ask')
        return invocationId
      }

      /** A client answers, as its node reads it. */
      function complete(connectionId: string, invocationId: string, completion: object): void {
        const { clientResults } = partOf(connectionId).node
        const bytes = Buffer.from(`${JSON.stringify({ type: 3, invocationId, ...completion })}\x1e`)
        const message = protocol.tryParseMessage({ bytes, offset: 0, end: bytes.length }, clientResults)
        clientResults.complete(connectionId, message as CompletionMessage)
      }

      /** The client leaves. */
      function end(connectionId: string): void {
        partOf(connectionId).context.close({
          type: MessageType.Close,
          error: undefined,
          allowReconnect: false,
        })
      }

      for (const connectionId of ['1', '2']) {
        it(`calls connection ${connectionId} and brings its result`, async () => {
          const result = ask(connectionId, 1, 'two')
          const { arguments: args, invocationId } = JSON.parse(await partOf(connectionId).connection.nextSent())
          complete(connectionId, invocationId, { result: { a: [1.5, null] } })
          expect(args).to.deep.equal([1, 'two'])
          expect(await result).to.deep.equal({ a: [1.5, null] })
        })

        it(`rejects with the error of connection ${connectionId}`, async () => {
          const failed = failureOf(() => ask(connectionId))
          complete(connectionId, await asked(connectionId), { error: 'No.' })
          expect(await failed)
            .to.be.an.instanceOf(HubException)
            .with.property('message', 'No.')
        })

        it(`rejects when connection ${connectionId} ends before it has answered`, async () => {
          const failed = failureOf(() => ask(connectionId))
          await asked(connectionId)
          end(connectionId)
          expect(await failed)
            .to.have.property('message')
            .that.matches(/^Connection .*disconnected\.$/)
        })

        it(`leaves what connection ${connectionId} was asked alone when another ends`, async () => {
          const result = ask(connectionId)
          const invocationId = await asked(connectionId)
          for (const other of ['3', '4']) end(other)
          complete(connectionId, invocationId, { result: 42 })
          expect(await result).to.equal(42)
        })

        it(`ignores an answer of connection ${connectionId} that comes after the call was given up`, async () => {
          const controller = new AbortController()
          const given = failureOf(
            () => manager.clientResults.invoke(connectionId, 'Ask', [], controller.signal) as Promise<void>,
          )
          const late = await asked(connectionId)
          controller.abort()
          expect(await given).to.have.property('message', 'Invocation canceled by the server.')
          complete(connectionId, late, { result: 'late' })
          const result = ask(connectionId)
          complete(connectionId, await asked(connectionId), { result: 'in time' })
          expect(await result).to.equal('in time')
        })

        it(`ignores a second answer of connection ${connectionId}`, async () => {
          const result = ask(connectionId)
          const invocationId = await asked(connectionId)
          complete(connectionId, invocationId, { result: 'first' })
          complete(connectionId, invocationId, { result: 'second' })
          expect(await result).to.equal('first')
        })

        it(`throws when somebody else answers for connection ${connectionId}, which still can`, async () => {
          const result = ask(connectionId)
          const invocationId = await asked(connectionId)
          const { context, node } = partOf(connectionId)
          const neighbour = connected.find(other => other.node === node && other.context !== context)!.context
          expect(() => complete(neighbour.connectionId, invocationId, { result: 'false' })).to.throw(
            'is not valid for invocation ID',
          )
          complete(connectionId, invocationId, { result: 'true' })
          expect(await result).to.equal('true')
        })

        it(`fails at the asker of connection ${connectionId} when an argument cannot be serialized`, async () => {
          const unserializable: unknown[] = []
          unserializable.push(unserializable)
          expect(await failureOf(() => ask(connectionId, unserializable))).to.be.an.instanceOf(TypeError)
          expect(await receivers()).to.deep.equal([])
        })
      }

      it('tells calls of several clients apart, whatever the order of their answers', async () => {
        const results = ['1', '2', '3', '4'].map(connectionId => ask(connectionId))
        for (const connectionId of ['4', '2', '3', '1'])
          complete(connectionId, await asked(connectionId), { result: connectionId })
        expect(await Promise.all(results)).to.deep.equal(['1', '2', '3', '4'])
      })

      it('tells every call of a connection that ends', async () => {
        const failed = Array.from({ length: 3 }, () => failureOf(() => ask('2')))
        for (const _ of failed) await asked('2')
        end('2')
        for (const error of await Promise.all(failed)) expect(error).to.have.property('message')
      })

      it('rejects when no connection has the id', async () => {
        expect(await failureOf(() => ask('nobody')))
          .to.be.an.instanceOf(ClientGoneError)
          .with.property('message', "Connection 'nobody' does not exist.")
      })

      it('ignores an answer that nobody waits for', () => {
        for (const connectionId of ['1', '2']) complete(connectionId, 'unknown', { result: 1 })
      })
    })
  })
}
