import { writeAck, writeCompletion, writeGroupCommand, writeInvocation } from '@signalbox/cluster'
import { expect } from 'chai'
import fc from 'fast-check'
import type { TestConnection } from '../hubs/test-connection.js'
import { eventually } from '../waiting/eventually.js'
import { capturedPayloads } from './captured-payloads.js'
import { type CreateCluster, useCluster } from './test-cluster.js'
import type { TestNode } from './test-node.js'

const hub = 'Chat.Hubs.ChatHub'
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const messageOf = (text: string) => writeInvocation(new Map([['json', Buffer.from(text)]]))
const good = messageOf('{"type":1,"target":"Good","arguments":[]}\x1e')

/** That a node survives whatever is published. */
export function describeHostilePayloads(name: string, create: CreateCluster): void {
  describe(`${name}, whatever is published`, () => {
    const cluster = useCluster(create)
    let node: TestNode
    let client: TestConnection
    /** Of this node alone, for answers. */
    let ownChannels: { acks: string; results: string }

    beforeEach(async () => {
      node = await cluster.start({ maximumPayloadBytes: 100_000 })
      client = await node.connect('c', 'ann')
      await node.manager.addToGroup('c', 'g')
      ownChannels = { acks: node.manager.channels.ownAcks, results: node.manager.channels.ownReturn }
    })

    /** @returns what the client was sent besides. */
    async function reachesClient(channel: string): Promise<string[]> {
      await cluster.publish(channel, good)
      await eventually(() => client.sent.includes('{"type":1,"target":"Good","arguments":[]}'))
      return client.sent.splice(0).filter(message => !message.includes('Good'))
    }

    const unreadable: Readonly<Record<string, Buffer>> = {
      nothing: Buffer.alloc(0),
      nil: bytes('c0'),
      garbage: bytes('ff00ff00c1'),
      text: Buffer.from('hello'),
      'an array of one (V35)': bytes('91 90'),
      'nil for the excluded (V35)': bytes('92 c0 80'),
      'no array for the excluded (V35)': bytes('94 a161 80 c0 c0'),
      'a promise of 2^32 ids': bytes('92 ddffffffff'),
      'a promise of 2^32 messages': bytes('92 90 dfffffffff'),
      'a promise of 4 GiB': bytes('92 90 81 a46a736f6e c6ffffffff 2a'),
      'nesting ten thousand deep': Buffer.alloc(10_000, 0x91),
      'more than the limit': messageOf(`{"type":1,"target":"Big","arguments":["${'x'.repeat(100_000)}"]}\x1e`),
      'bytes that are not UTF-8': writeInvocation(new Map([['json', bytes('ff fe 1e')]])),
      'a message without its end': messageOf('{"type":1,"target":"Open","arguments":[]}'),
      'a result that is asked for but not wanted anywhere': writeInvocation(new Map(), [], {
        invocationId: '1',
        returnChannel: '',
      }),
    }

    for (const [kind, channel] of [
      ['all connections', `${hub}:all`],
      ['a group', `${hub}:group:g`],
      ['a user', `${hub}:user:ann`],
      ['a connection', `${hub}:connection:c`],
    ] as const) {
      describe(`on the channel of ${kind}`, () => {
        for (const [what, payload] of Object.entries(unreadable)) {
          if (what.startsWith('a result') && !channel.includes(':connection:')) continue
          it(`counts and skips ${what}`, async () => {
            await cluster.publish(channel, payload)
            expect(await reachesClient(channel)).to.deep.equal([])
            expect(node.backplane.health.hubs[0]!.rejectedPayloads).to.be.at.least(1)
            expect(node.logger.errors).to.deep.equal([])
          })
        }

        it('takes what .NET takes: a third item alone, a fifth, bytes behind the end (V33, V34)', async () => {
          const message = '81 a46a736f6e c40b 7b2274797065223a367d1e'
          for (const hex of [`93 90 ${message} a178`, `95 90 ${message} c0 c0 a16f`, `92 90 ${message} ffff`])
            await cluster.publish(channel, bytes(hex))
          expect(await reachesClient(channel)).to.deep.equal(Array(3).fill('{"type":6}'))
          expect(node.manager.guard.rejectedCount).to.equal(0)
        })

        it('sends nothing for an empty message, and the client stays', async () => {
          await cluster.publish(channel, messageOf(''))
          await cluster.publish(channel, bytes('92 90 81 a46a736f6e c0'))
          expect(await reachesClient(channel)).to.deep.equal([])
          expect(client.closedWith).to.equal(undefined)
        })

        it('keeps the client when a message has none for its protocol (V17)', async () => {
          await cluster.publish(channel, bytes('92 90 80'))
          expect(await reachesClient(channel)).to.deep.equal([])
          expect(client.closedWith).to.equal(undefined)
        })
      })
    }

    for (const [kind, channelOf] of [
      ['group commands', () => `${hub}:internal:groups`],
      ['acks', () => ownChannels.acks],
      ['results', () => ownChannels.results],
      ['checks of questions', () => `${hub}:internal:questions`],
    ] as const) {
      it(`counts and skips what is unreadable among ${kind}`, async () => {
        const payloads = Object.values(unreadable).slice(0, 5)
        for (const payload of payloads) await cluster.publish(channelOf(), payload)
        await eventually(() => node.manager.guard.rejectedCount >= payloads.length)
        expect(await reachesClient(`${hub}:all`)).to.deep.equal([])
        expect(node.logger.errors).to.deep.equal([])
      })
    }

    it('confirms no group command that names no connection', async () => {
      const received = await cluster.listen(`${hub}:internal:ack:S`)
      await cluster.publish(`${hub}:internal:groups`, bytes('95 01 a153 01 a147 c0'))
      const command = { id: 2, serverName: 'S', action: 2, groupName: 'g', connectionId: 'c' }
      await cluster.publish(`${hub}:internal:groups`, writeGroupCommand(command))
      await eventually(() => received.length > 0)
      expect(received.map(({ payload }) => payload)).to.deep.equal([writeAck(2)])
    })

    it('logs once in a while, not each time', async () => {
      for (let count = 0; count < 100; count++) await cluster.publish(`${hub}:all`, bytes('c0'))
      await reachesClient(`${hub}:all`)
      expect(node.manager.guard.rejectedCount).to.equal(100)
      expect(node.logger.warnings).to.have.lengthOf(1)
    })

    it('is survived: real payloads with some bytes changed, on any channel', async function () {
      this.timeout(20_000)
      const channels = [
        `${hub}:all`,
        `${hub}:group:g`,
        `${hub}:user:ann`,
        `${hub}:connection:c`,
        `${hub}:internal:groups`,
        ownChannels.acks,
        ownChannels.results,
        `${hub}:internal:questions`,
      ]
      const payloads = [
        ...capturedPayloads().map(({ payload }) => payload),
        writeCompletion('json', Buffer.from('{"type":3,"invocationId":"1","result":1}\x1e')),
      ]
      const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 })
      const cases = fc.sample(fc.tuple(fc.constantFrom(...channels), fc.constantFrom(...payloads), changes, fc.nat()), {
        seed: 20_260_401,
        numRuns: 1_500,
      })
      const published: Promise<void>[] = []
      for (const [channel, payload, changed, cutAt] of cases) {
        const damaged = Buffer.from(payload)
        for (const [position, value] of changed) damaged[position % damaged.length] = value
        published.push(cluster.publish(channel, damaged.subarray(0, 1 + (cutAt % damaged.length))))
      }
      await Promise.all(published)
      await reachesClient(`${hub}:all`)
      await reachesClient(`${hub}:connection:c`)
      expect(node.manager.guard.rejectedCount).to.be.above(500)
      expect(node.logger.errors).to.deep.equal([])
      expect(node.backplane.isReady).to.equal(true)
    })
  })
}
