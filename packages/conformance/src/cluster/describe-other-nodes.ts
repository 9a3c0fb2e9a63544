import { GroupAction, readAck, readGroupCommand, writeGroupCommand } from '@signalbox/cluster'
import { JsonHubProtocol } from '@signalbox/protocol'
import { expect } from 'chai'
import type { TestConnection } from '../hubs/test-connection.js'
import { eventually } from '../waiting/eventually.js'
import { FixedProtocol } from './fixed-protocol.js'
import { type CreateCluster, useTwoNodes } from './test-cluster.js'

const hub = 'Chat.Hubs.ChatHub'
const said = (...args: readonly unknown[]) => JSON.stringify({ type: 1, target: 'Said', arguments: args })
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** What hubs of several nodes must do together, besides what every lifetime manager must. */
export function describeOtherNodes(name: string, create: CreateCluster): void {
  describe(`${name} of two nodes`, () => {
    const nodes = useTwoNodes(create)

    describe('what is published', () => {
      it('goes to the channels of .NET, once for each receiver named', async () => {
        const names = [`${hub}:all`, `${hub}:group:g`, `${hub}:user:u`, `${hub}:connection:c`, `${hub}:connection:d`]
        const received = await nodes.listen(...names)
        await nodes.a.send({ all: true }, 'Said', [])
        await nodes.a.send({ groups: ['g'] }, 'Said', [])
        await nodes.a.send({ users: ['u'] }, 'Said', [])
        await nodes.a.send({ clients: ['c'] }, 'Said', [])
        await nodes.a.send({ clients: ['d', 'c'] }, 'Said', [])
        await eventually(() => received.length === 6)
        expect(received.map(({ channel }) => channel)).to.deep.equal([...names, `${hub}:connection:c`])
      })

      it('has every protocol of the hub in one payload (V21)', async () => {
        const messagePack = new FixedProtocol('messagepack', bytes('0d960180c0a67461726765749090'))
        const both = await nodes.start({ protocols: [new JsonHubProtocol(), messagePack] })
        const received = await nodes.listen(`${hub}:all`)
        await both.send({ all: true }, 'target', [])
        await eventually(() => received.length === 1)
        const expected =
          '92 90 82 a46a736f6e c42c 7b2274797065223a312c22746172676574223a22746172676574222c22617267756d656e7473223a5b5d7d1e ab6d6573736167657061636b c40e 0d960180c0a67461726765749090'
        expect(received[0]!.payload).to.deep.equal(bytes(expected))
      })

      it('names the excluded as they were given', async () => {
        const received = await nodes.listen(`${hub}:all`, `${hub}:group:g`)
        await nodes.a.send({ all: true, except: ['z', 'z', '', 'é'] }, 'target', [])
        await nodes.a.send({ groups: ['g'], except: ['v3sGIq4zJfIHhEwnIUn26A'] }, 'target', [])
        await eventually(() => received.length === 2)
        const message =
          '81 a46a736f6e c42c 7b2274797065223a312c22746172676574223a22746172676574222c22617267756d656e7473223a5b5d7d1e'
        expect(received.map(({ payload }) => payload)).to.deep.equal([
          bytes(`92 94 a17a a17a a0 a2c3a9 ${message}`),
          bytes(`92 91 b6763373474971347a4a6649486845776e49556e323641 ${message}`),
        ])
      })

      it('is nothing when the only receiver is here', async () => {
        const client = await nodes.a.connect('a1')
        const published = await nodes.listen(`${hub}:connection:a1`, `${hub}:all`)
        await nodes.a.send({ clients: ['a1'] }, 'Said', [1])
        await nodes.a.send({ clients: ['a1'] }, 'Said', [2])
        expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([said(1), said(2)])
        await nodes.a.send({ all: true }, 'Said', [3])
        await eventually(() => published.length > 0)
        expect(published.map(({ channel }) => channel)).to.deep.equal([`${hub}:all`])
      })
    })

    describe('what arrives', () => {
      it('is handed to all connections as one and the same bytes', async () => {
        const clients = [await nodes.b.connect('b1'), await nodes.b.connect('b2'), await nodes.b.connect('b3')]
        const sent: Uint8Array[] = []
        for (const client of clients) client.send = bytesOf => sent.push(bytesOf)
        await nodes.a.send({ all: true }, 'Said', ['hello'])
        await eventually(() => sent.length === 3)
        expect(sent[0]!.toString()).to.equal(`${said('hello')}\x1e`)
        expect(new Set(sent).size).to.equal(1)
      })

      it('keeps the order of a thousand sends, on both nodes', async () => {
        const clients = [await nodes.a.connect('a1'), await nodes.b.connect('b1')]
        for (const connectionId of ['a1', 'b1']) await nodes.a.manager.addToGroup(connectionId, 'g')
        const expected = Array.from({ length: 1_000 }, (_, number) => said(number))
        await Promise.all(expected.map((_, number) => nodes.a.send({ groups: ['g'] }, 'Said', [number])))
        for (const client of clients) {
          await eventually(() => client.sent.length === expected.length)
          expect(client.sent).to.deep.equal(expected)
        }
      })

      it('keeps the order of what goes to all and what goes to one connection here', async () => {
        const client = await nodes.a.connect('a1')
        const sends: (void | Promise<void>)[] = []
        for (let number = 0; number < 100; number += 2) {
          sends.push(nodes.a.send({ all: true }, 'Said', [number]))
          sends.push(nodes.a.send({ clients: ['a1'] }, 'Said', [number + 1]))
        }
        await Promise.all(sends)
        await eventually(() => client.sent.length === 100)
        expect(client.sent).to.deep.equal(Array.from({ length: 100 }, (_, number) => said(number)))
      })

      it('is sent again to a client that resumes its connection, as far as it was missed', async () => {
        const client = await nodes.b.connectResumable('b1')
        for (let number = 1; number <= 10; number++) await nodes.a.send({ all: true }, 'Said', [number])
        await eventually(() => client.sent.length === 10)
        client.sent.length = 0
        client.receive('{"type":8,"sequenceId":4}\x1e') // it has got four of them
        expect(client.receiver!.onReconnected!()).to.equal(true)
        expect(client.sent).to.deep.equal([
          '{"type":9,"sequenceId":5}',
          ...[5, 6, 7, 8, 9, 10].map(number => said(number)),
        ])
      })

      it('may have five million characters', async () => {
        const client = await nodes.b.connect('b1')
        const text = 'x'.repeat(5 * 1024 * 1024)
        await nodes.a.send({ all: true }, 'Said', [text])
        expect(await client.nextSent()).to.have.lengthOf(said(text).length)
      })

      it('is translated for clients whose protocol the other node does not send in', async () => {
        const foreign = new FixedProtocol('foreign', bytes('2a'))
        const other = await nodes.start({ protocols: [foreign] })
        const client = await nodes.b.connect('b1')
        await other.send({ all: true }, 'Said', ['lost'])
        await eventually(() => nodes.b.logger.warnings.length > 0)
        await nodes.a.send({ all: true }, 'Said', ['kept'])
        expect(await client.nextSent()).to.equal(said('kept'))
        expect(nodes.b.logger.warnings[0]).to.contain('configure the same protocols on every node')
      })
    })

    describe('groups of connections of the other node', () => {
      it('have the member before the caller goes on, two hundred times', async () => {
        const client = await nodes.b.connect('b1')
        for (let number = 0; number < 200; number++) {
          await nodes.a.manager.addToGroup('b1', `g${number}`)
          await nodes.a.send({ groups: [`g${number}`] }, 'Said', [number])
          expect(await client.nextSent()).to.equal(said(number))
          await nodes.a.manager.removeFromGroup('b1', `g${number}`)
        }
      })

      it('are changed by commands that .NET understands', async () => {
        const received = await nodes.listen(`${hub}:internal:groups`)
        await nodes.b.connect('b1')
        await nodes.a.manager.addToGroup('b1', 'g')
        await nodes.a.manager.removeFromGroup('b1', 'g')
        const commands = received.map(({ payload }) => readGroupCommand(payload))
        expect(commands.map(({ id, action }) => [id, action])).to.deep.equal([
          [1, GroupAction.Add],
          [2, GroupAction.Remove],
        ])
        for (const command of commands) {
          expect(command).to.include({ groupName: 'g', connectionId: 'b1' })
          expect(command.serverName).to.match(/^.+_[0-9a-f]{32}$/)
        }
      })

      it('need no command for a connection of this node', async () => {
        const received = await nodes.listen(`${hub}:internal:groups`, `${hub}:all`)
        await nodes.a.connect('a1')
        await nodes.a.manager.addToGroup('a1', 'g')
        await nodes.a.send({ all: true }, 'Said', [])
        await eventually(() => received.length > 0)
        expect(received.map(({ channel }) => channel)).to.deep.equal([`${hub}:all`])
      })

      for (const [what, action, acks] of [
        ['an addition', GroupAction.Add, true],
        ['a removal', GroupAction.Remove, true],
        ['an action nobody knows', 3, true],
      ] as const) {
        for (const id of [1, 2 ** 31 - 1, -(2 ** 31)]) {
          it(`confirms ${what} with the id ${id}`, async () => {
            await nodes.b.connect('b1')
            const received = await nodes.listen(`${hub}:internal:ack:S`)
            const command = writeGroupCommand({ id, serverName: 'S', action, groupName: 'g', connectionId: 'b1' })
            await nodes.publish(`${hub}:internal:groups`, command)
            await eventually(() => received.length > 0 === acks)
            expect(received.map(({ payload }) => readAck(payload))).to.deep.equal([id])
          })
        }
      }

      it('do nothing for an action nobody knows', async () => {
        await nodes.b.connect('b1')
        const received = await nodes.listen(`${hub}:internal:ack:S`)
        const command = { id: 1, serverName: 'S', action: 0, groupName: 'g', connectionId: 'b1' }
        await nodes.publish(`${hub}:internal:groups`, writeGroupCommand(command))
        await eventually(() => received.length > 0)
        expect(await nodes.subscribers(`${hub}:group:g`)).to.deep.equal([0])
      })

      it('end with the connection, and Redis forgets them', async () => {
        const client = await nodes.b.connect('b1', 'ann')
        await nodes.a.manager.addToGroup('b1', 'g')
        const channels = [`${hub}:group:g`, `${hub}:user:ann`, `${hub}:connection:b1`]
        expect(await nodes.subscribers(...channels)).to.deep.equal([1, 1, 1])
        client.leave()
        await eventually(async () => (await nodes.subscribers(...channels)).every(count => count === 0))
      })

      it('and users are kept while one of their connections is there', async () => {
        const first = await nodes.b.connect('b1', 'ann')
        const second = await nodes.b.connect('b2', 'ann')
        await nodes.a.manager.addToGroup('b1', 'g')
        await nodes.a.manager.addToGroup('b2', 'g')
        first.leave()
        await eventually(async () => (await nodes.subscribers(`${hub}:connection:b1`))[0] === 0)
        expect(await nodes.subscribers(`${hub}:group:g`, `${hub}:user:ann`)).to.deep.equal([1, 1])
        await nodes.a.send({ users: ['ann'] }, 'Said', [1])
        expect(await second.nextSent()).to.equal(said(1))
      })
    })

    describe('users', () => {
      for (const user of ['*', ':', '[', '?', 'a:b', 'a[1]?', '😀', 'é'.repeat(150), '__proto__']) {
        it(`may be called ${JSON.stringify(user.slice(0, 10))}, in both directions`, async () => {
          const client = await nodes.b.connect('b1', user)
          const other = await nodes.b.connect('b2', `${user}x`)
          await nodes.a.send({ users: [user] }, 'Said', ['from a'])
          await nodes.b.send({ users: [user] }, 'Said', ['from b'])
          await nodes.b.send({ users: [`${user}x`] }, 'Said', ['other'])
          const texts = [await client.nextSent(), await client.nextSent()].sort()
          expect(texts).to.deep.equal([said('from a'), said('from b')])
          expect(await other.nextSent()).to.equal(said('other'))
          expect([...client.sent, ...other.sent]).to.deep.equal([])
        })
      }
    })

    describe('several hubs in a process', () => {
      it('do not hear each other', async () => {
        const other = await nodes.start({ hubName: 'Chat.Hubs.AdminHub' })
        const clients: TestConnection[] = [await nodes.a.connect('a1', 'ann'), await other.connect('o1', 'ann')]
        await nodes.a.send({ users: ['ann'] }, 'Said', ['chat'])
        await other.send({ users: ['ann'] }, 'Said', ['admin'])
        expect(await clients[0]!.nextSent()).to.equal(said('chat'))
        expect(await clients[1]!.nextSent()).to.equal(said('admin'))
      })

      it('need names of their own', () => {
        const again = () => nodes.a.backplane.createLifetimeManager(nodes.a.hub(hub))
        expect(again).to.throw(`Two hubs are named '${hub}'`)
      })
    })
  })
}
