import { TestServer } from '@signalbox/conformance'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { HubConnectionStore } from './hub-connection-store.js'
import { LocalMembership } from './local-membership.js'
import type { Membership, MembershipChange } from './membership.js'

class EmptyHub extends Hub {}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

describe('the membership of a hub', () => {
  let server: TestServer
  let membership: Membership
  const join = (connectionId: string, groupName: string) => server.runtime.groups.addToGroup(connectionId, groupName)
  const connect = (connectionId: string, user?: string) =>
    server.connect({ connectionId, queryString: user === undefined ? '' : `user=${user}` })

  beforeEach(() => {
    server = new TestServer(EmptyHub, {
      userIdProvider: ({ httpRequest }: { httpRequest: { query(name: string): string | undefined } }) =>
        httpRequest.query('user'),
    })
    membership = server.runtime.context.membership
  })

  describe('of three connections of two users', () => {
    beforeEach(async () => {
      connect('1', 'ann')
      connect('2', 'bob')
      connect('3', 'ann')
      connect('4')
      await join('1', 'ops')
      await join('2', 'ops')
      await join('2', 'dev')
      await join('4', 'dev')
    })

    it('finds a connection by its id, with its user and its groups', async () => {
      expect(await membership.connection('2')).to.deep.equal({
        connectionId: '2',
        userId: 'bob',
        groups: ['ops', 'dev'],
      })
      expect(await membership.connection('3')).to.deep.equal({ connectionId: '3', userId: 'ann', groups: [] })
    })

    it('finds no connection that there is not', async () => {
      expect(await membership.connection('nobody')).to.equal(undefined)
    })

    for (const [audience, expected] of [
      [{ all: true }, ['1', '2', '3', '4']],
      [{ all: true, except: ['1', '4'] }, ['2', '3']],
      [{ clients: ['4', '2', '4', 'nobody'] }, ['4', '2']],
      [{ groups: ['ops'] }, ['1', '2']],
      [{ groups: ['ops', 'dev', 'empty'] }, ['1', '2', '4']],
      [{ groups: ['ops', 'dev'], except: ['2'] }, ['1', '4']],
      [{ users: ['ann', 'nobody'] }, ['1', '3']],
    ] as const)
      it(`lists the connections of ${JSON.stringify(audience)}, each once`, async () => {
        const found = await all(membership.connections(audience))
        expect(found.map(({ connectionId }) => connectionId)).to.deep.equal(expected)
        expect((await membership.count(audience)).connections).to.equal(expected.length)
      })

    it('names the user of each connection it lists', async () => {
      expect(await all(membership.connections({ clients: ['1', '4'] }))).to.deep.equal([
        { connectionId: '1', userId: 'ann' },
        { connectionId: '4', userId: undefined },
      ])
    })

    it('lists each user once', async () => {
      expect(await all(membership.users())).to.deep.equal(['ann', 'bob'])
    })

    it('counts connections, and users once', async () => {
      expect(await membership.count({ all: true })).to.deep.equal({ connections: 4, users: 2 })
      expect(await membership.count({ all: true, except: ['2'] })).to.deep.equal({ connections: 3, users: 1 })
      expect(await membership.count({ groups: ['dev'] })).to.deep.equal({ connections: 2, users: 1 })
      expect(await membership.count({ users: ['ann'] })).to.deep.equal({ connections: 2, users: 1 })
    })

    it('can be listed while members leave', async () => {
      const found: string[] = []
      for await (const { connectionId } of membership.connections({ groups: ['ops'] })) {
        found.push(connectionId)
        await server.runtime.groups.removeFromGroup('2', 'ops')
      }
      expect(found).to.deep.equal(['1'])
    })
  })

  it('knows the connections of every node where there is one', () => {
    expect(membership.isComplete).to.equal(true)
    expect(new LocalMembership(new HubConnectionStore(), false).isComplete).to.equal(false)
  })

  describe('disconnecting', () => {
    it('ends the connections of an audience with a Close that has the reason, and no others', async () => {
      const ann = connect('1', 'ann')
      const bob = connect('2', 'bob')
      await membership.disconnect({ users: ['ann'] }, { reason: 'Banned.' })
      await ann.ended
      expect(ann.sent).to.deep.equal(['{"type":7,"error":"Banned."}'])
      expect(bob.sent).to.deep.equal([])
    })

    it('lets clients come back where that is asked for', async () => {
      const client = connect('1')
      await membership.disconnect({ clients: ['1'] }, { allowReconnect: true })
      await client.ended
      expect(client.sent).to.deep.equal(['{"type":7,"allowReconnect":true}'])
    })

    it('says no reason where none is given', async () => {
      const client = connect('1')
      await membership.disconnect({ all: true })
      await client.ended
      expect(client.sent).to.deep.equal(['{"type":7}'])
    })

    it('takes turns when they are many, and leaves those that come meanwhile', async () => {
      for (let number = 0; number < 1_200; number++) connect(`old${number}`)
      const closed = membership.disconnect({ all: true })
      connect('new')
      await closed
      expect(await all(membership.connections({ all: true }))).to.deep.equal([
        { connectionId: 'new', userId: undefined },
      ])
    })
  })

  describe('watched', () => {
    let changes: MembershipChange[]
    let stop: () => void
    beforeEach(() => {
      changes = []
      stop = membership.watch(change => changes.push(change))
    })

    it('tells who comes, joins, leaves a group and goes, in this order', async () => {
      const client = connect('1', 'ann')
      await join('1', 'ops')
      await join('1', 'ops')
      await join('1', 'dev')
      await server.runtime.groups.removeFromGroup('1', 'dev')
      await server.runtime.groups.removeFromGroup('1', 'dev')
      client.vanish()
      await client.ended
      const who = { connectionId: '1', userId: 'ann' }
      expect(changes).to.deep.equal([
        { type: 'connected', ...who },
        { type: 'joinedGroup', ...who, groupName: 'ops' },
        { type: 'joinedGroup', ...who, groupName: 'dev' },
        { type: 'leftGroup', ...who, groupName: 'dev' },
        { type: 'leftGroup', ...who, groupName: 'ops' },
        { type: 'disconnected', ...who },
      ])
    })

    it('shows what it tells of', async () => {
      const counts: Promise<unknown>[] = []
      membership.watch(() => counts.push(membership.count({ all: true })))
      const client = connect('1')
      client.vanish()
      await client.ended
      expect(await Promise.all(counts)).to.deep.equal([
        { connections: 1, users: 0 },
        { connections: 0, users: 0 },
      ])
    })

    it('tells each watcher until it stops', () => {
      const others: MembershipChange[] = []
      const stopOther = membership.watch(change => others.push(change))
      connect('1')
      stopOther()
      connect('2')
      stop()
      connect('3')
      expect([changes, others].map(({ length }) => length)).to.deep.equal([2, 1])
    })

    for (const [how, fail] of [
      [
        'throws',
        () => {
          throw new Error('no')
        },
      ],
      ['rejects', () => Promise.reject(new Error('no'))],
    ] as const)
      it(`goes on when a watcher ${how}, and logs that`, async () => {
        membership.watch(fail as () => void)
        connect('1')
        await Promise.resolve()
        await Promise.resolve()
        expect(changes).to.have.lengthOf(1)
        expect(server.logger.errors.map(({ message }) => message)).to.deep.equal([
          'EmptyHub: a listener of membership failed.',
        ])
      })
  })

  it('makes nothing of changes that nobody watches', () => {
    const store = new HubConnectionStore()
    const local = new LocalMembership(store, true)
    expect(store.onChange).to.equal(undefined)
    const stops = [local.watch(() => {}), local.watch(() => {})]
    for (const stop of stops) {
      expect(store.onChange).to.be.a('function')
      stop()
    }
    expect(store.onChange).to.equal(undefined)
  })

  describe('says what to write when it', () => {
    for (const [what, ask] of [
      ['is asked for a number', () => membership.connection(5 as never)],
      ['is asked for no audience', () => membership.count('lobby' as never)],
      ['is asked for an empty audience', () => membership.count({} as never)],
      ['is asked for a group that is no list', () => membership.count({ groups: 'lobby' } as never)],
      ['is asked for a list of numbers', () => membership.disconnect({ users: [5] } as never)],
      ['is given exceptions that are no list', () => membership.count({ all: true, except: 'x' } as never)],
      ['is given a reason that is no text', () => membership.disconnect({ all: true }, { reason: 5 as never })],
    ] as const)
      it(what, async () => {
        const error = await Promise.resolve(ask()).catch((error: unknown) => error)
        expect(error).to.be.an.instanceOf(TypeError).with.property('message').that.contains('must be')
      })
  })
})
