import { BackplaneError, type ClusterBus } from '@signalbox/cluster'
import { expect } from 'chai'
import { eventually } from '../waiting/eventually.js'

/** What is tested: the buses of three nodes of one cluster, all of them ready. */
export interface TestedCluster {
  readonly buses: readonly [ClusterBus, ClusterBus, ClusterBus]
  /** Takes the first node's way to the others, and gives it back. Absent where a bus cannot lose it. */
  readonly way?: { cut(): void | Promise<void>; mend(): void | Promise<void> }
  dispose(): Promise<void>
}

const holder = 'the test'
const ignore = () => {}

async function codeOf(promise: Promise<unknown> | undefined): Promise<string> {
  try {
    await promise
  } catch (error) {
    expect(error).to.be.an.instanceOf(BackplaneError)
    return (error as BackplaneError).code
  }
  return 'none'
}

/** What every bus must do, see `ClusterBus`: declares the tests for one. */
export function describeClusterBus(name: string, create: () => Promise<TestedCluster>): void {
  describe(`${name} as a cluster bus`, () => {
    let cluster: TestedCluster
    let [a, b, c]: readonly ClusterBus[] = []
    let numberOfLast: number

    beforeEach(async () => {
      cluster = await create()
      ;[a, b, c] = cluster.buses
      numberOfLast = 0
    })

    afterEach(() => cluster.dispose())

    /** @returns what arrives on a channel from now on. */
    async function listen(bus: ClusterBus, channel: string, by = holder): Promise<string[]> {
      const heard: string[] = []
      await bus.subscribe(channel, by, payload => heard.push(payload.toString('latin1')))
      return heard
    }

    const publish = (bus: ClusterBus, channel: string, payload: string) =>
      bus.publish(channel, Buffer.from(payload, 'latin1'))

    /** Resolves when everything that a node has published before has arrived at another, or will never. */
    async function lastOf(from: ClusterBus, at: ClusterBus): Promise<void> {
      const channel = `last ${++numberOfLast}`
      const heard = await listen(at, channel)
      await publish(from, channel, 'last')
      await eventually(() => heard.length > 0)
      at.release(channel, holder)
    }

    describe('a payload', () => {
      it('reaches every node that listens, its own among them, once', async () => {
        const heard = await Promise.all([a, b, c].map(bus => listen(bus!, 'news')))
        await publish(a!, 'news', 'hello')
        await Promise.all([a, b, c].map(bus => lastOf(a!, bus!)))
        expect(heard).to.deep.equal([['hello'], ['hello'], ['hello']])
      })

      it('reaches no node that does not listen, and no other channel', async () => {
        const others = await listen(b!, 'newspaper')
        const heard = await listen(c!, 'news')
        await publish(a!, 'news', 'hello')
        await Promise.all([lastOf(a!, b!), lastOf(a!, c!)])
        expect([others, heard]).to.deep.equal([[], ['hello']])
      })

      it('may be any bytes', async () => {
        const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1')
        const heard = await listen(b!, 'bytes')
        await publish(a!, 'bytes', bytes)
        await publish(a!, 'bytes', '')
        await lastOf(a!, b!)
        expect(heard).to.deep.equal([bytes, ''])
      })

      it('may be 1 MiB long', async () => {
        const text = 'x'.repeat(1024 * 1024)
        const heard = await listen(b!, 'long')
        await publish(a!, 'long', text)
        await lastOf(a!, b!)
        expect(heard[0] === text).to.equal(true)
      })

      it('does not come back before its publisher is done with publishing', async () => {
        const heard = await listen(a!, 'news')
        const published = publish(a!, 'news', 'hello')
        expect(heard).to.deep.equal([])
        await published
        await lastOf(a!, a!)
        expect(heard).to.deep.equal(['hello'])
      })

      for (const channel of ['*', 'a?[b]\\', '__proto__', ' ', '\n', 'é☕😀', 'x'.repeat(300)])
        it(`may go on a channel called ${JSON.stringify(channel.slice(0, 10))}`, async () => {
          const heard = await listen(b!, channel)
          const others = await Promise.all([listen(b!, `${channel}x`), listen(b!, 'ax[b]x')])
          await publish(a!, channel, 'hello')
          await lastOf(a!, b!)
          expect([heard, ...others]).to.deep.equal([['hello'], [], []])
        })

      it('reaches the channel in whose letters it was published, upper and lower case', async () => {
        const heard = await listen(b!, 'News')
        const others = await listen(b!, 'news')
        await publish(a!, 'News', 'hello')
        await lastOf(a!, b!)
        expect([heard, others]).to.deep.equal([['hello'], []])
      })
    })

    describe('payloads of one node', () => {
      it('arrive in the order of the calls, whatever the channels, at every node', async () => {
        const heard: string[][] = [[], [], []]
        for (const [index, bus] of [a!, b!, c!].entries())
          for (const channel of ['x', 'y', 'z'])
            await bus.subscribe(channel, holder, payload => heard[index]!.push(payload.toString()))
        const sent = Array.from({ length: 300 }, (_, number) => `${number}`)
        await Promise.all(sent.map((text, number) => publish(a!, ['x', 'y', 'z'][number % 3]!, text)))
        await Promise.all([a, b, c].map(bus => lastOf(a!, bus!)))
        expect(heard).to.deep.equal([sent, sent, sent])
      })

      it('arrive in order when they are published in several turns', async () => {
        const heard = await listen(b!, 'x')
        for (let number = 0; number < 10; number++) {
          void publish(a!, 'x', `${number}`)
          await new Promise(resolve => setImmediate(resolve))
        }
        await lastOf(a!, b!)
        expect(heard.join('')).to.equal('0123456789')
      })
    })

    describe('the number of nodes that hear', () => {
      /** Where a publish does not tell, a question does. */
      const hearing = async (channel: string) =>
        (await publish(a!, channel, 'hello')) ?? (await a!.countSubscribers([channel]))?.[0]

      it('is none when nobody listens', async () => {
        expect(await hearing('nobody')).to.equal(0)
      })

      it('is that of nodes, not of holders', async () => {
        await Promise.all([
          b!.subscribe('news', '1', ignore),
          b!.subscribe('news', '2', ignore),
          c!.subscribe('news', '1', ignore),
        ])
        expect(await a!.countSubscribers(['news'])).to.deep.equal([2])
        expect(await hearing('news')).to.be.within(1, 2)
      })

      it('has the node that asks', async () => {
        await a!.subscribe('news', holder, ignore)
        expect(await a!.countSubscribers(['news'])).to.deep.equal([1])
      })

      it('can be asked of many channels at once', async () => {
        await Promise.all([b!.subscribe('x', holder, ignore), c!.subscribe('z', holder, ignore)])
        expect(await a!.countSubscribers(['x', 'y', 'z'])).to.deep.equal([1, 0, 1])
      })

      it('falls when a node lets go, and when one is closed', async () => {
        await Promise.all([b, c].map(bus => bus!.subscribe('news', holder, ignore)))
        b!.release('news', holder)
        await eventually(async () => (await a!.countSubscribers(['news']))?.[0] === 1)
        await c!.close()
        await eventually(async () => (await a!.countSubscribers(['news']))?.[0] === 0)
      })
    })

    describe('a channel', () => {
      it('is heard from the moment it is confirmed, two hundred times', async () => {
        for (let number = 0; number < 200; number++) {
          const heard = await listen(b!, `room ${number}`)
          expect(b!.isSubscribed(`room ${number}`)).to.equal(true)
          await publish(a!, `room ${number}`, 'hello')
          await eventually(() => heard.length === 1)
          b!.release(`room ${number}`, holder)
        }
      })

      it('needs no wait when it is subscribed', async () => {
        await b!.subscribe('news', '1', ignore)
        expect(b!.subscribe('news', '2', ignore)).to.equal(undefined)
        expect(b!.pending('news', '2')).to.equal(undefined)
      })

      it('gives a holder that asks again what it waits for', () => {
        const held = b!.subscribe('news', '1', ignore)
        expect(b!.pending('news', '1')).to.equal(held)
        expect(b!.pending('news', 'nobody')).to.equal(undefined)
        return held
      })

      it('is heard once for all of its holders, by the first', async () => {
        const first = await listen(b!, 'news', '1')
        const second = await listen(b!, 'news', '2')
        await publish(a!, 'news', 'hello')
        await lastOf(a!, b!)
        expect([first, second]).to.deep.equal([['hello'], []])
      })

      it('is heard as long as anybody holds it', async () => {
        const heard = await listen(b!, 'news', '1')
        await listen(b!, 'news', '2')
        b!.release('news', '1')
        await publish(a!, 'news', 'hello')
        await lastOf(a!, b!)
        expect(heard).to.deep.equal(['hello'])
      })

      it('is not heard any more once nobody does', async () => {
        const heard = await listen(b!, 'news')
        b!.release('news', holder)
        await eventually(async () => (await a!.countSubscribers(['news']))?.[0] === 0)
        await publish(a!, 'news', 'hello')
        await lastOf(a!, b!)
        expect(heard).to.deep.equal([])
        expect(b!.isSubscribed('news')).to.equal(false)
      })

      it('that is held and released in one turn leaves nothing behind, and lets its holder go on', async () => {
        const held = b!.subscribe('news', holder, ignore)
        b!.release('news', holder)
        await held
        await lastOf(a!, b!)
        expect(await a!.countSubscribers(['news'])).to.deep.equal([0])
      })

      it('that is released and held in one turn is heard by its new holder', async () => {
        await listen(b!, 'news', '1')
        b!.release('news', '1')
        const heard = await listen(b!, 'news', '2')
        await publish(a!, 'news', 'hello')
        await lastOf(a!, b!)
        expect(heard).to.deep.equal(['hello'])
      })

      it('may be held again after it was released', async () => {
        await listen(b!, 'news')
        b!.release('news', holder)
        await eventually(async () => (await a!.countSubscribers(['news']))?.[0] === 0)
        const heard = await listen(b!, 'news')
        await publish(a!, 'news', 'hello')
        await eventually(() => heard.length === 1)
      })

      it('that nobody holds may be released', () => {
        expect(() => b!.release('nothing', holder)).not.to.throw()
      })
    })

    describe('that is closed', () => {
      it('publishes nothing more, and says so', async () => {
        const pending = codeOf(a!.publish('news', Buffer.from('pending')))
        await a!.close()
        expect(await codeOf(a!.publish('news', Buffer.from('late')))).to.equal('SIGNALR_BACKPLANE_CLOSED')
        expect(await pending).to.be.oneOf(['none', 'SIGNALR_BACKPLANE_CLOSED'])
      })

      it('subscribes nothing more, and says so', async () => {
        await a!.close()
        expect(await codeOf(a!.subscribe('news', holder, ignore))).to.equal('SIGNALR_BACKPLANE_CLOSED')
        expect(() => a!.release('news', holder)).not.to.throw()
      })

      it('leaves the others as they are', async () => {
        const heard = await listen(b!, 'news')
        await a!.close()
        await publish(c!, 'news', 'hello')
        await eventually(() => heard.length === 1)
      })

      it('may be closed twice', async () => {
        await a!.close()
        await a!.close()
      })
    })

    describe('that loses the others', () => {
      let losses: BackplaneError[]

      beforeEach(async function () {
        if (cluster.way === undefined) this.skip()
        losses = []
        a!.onLost(error => losses.push(error))
      })

      async function lose(): Promise<void> {
        await cluster.way!.cut()
        await eventually(() => !a!.isReady)
      }

      async function findAgain(): Promise<void> {
        let isReopened = false
        a!.onceReady(() => {
          isReopened = true
        })
        await cluster.way!.mend()
        await eventually(() => isReopened)
      }

      it('says so once', async () => {
        const second: BackplaneError[] = []
        a!.onLost(error => second.push(error))
        await lose()
        expect(losses.map(({ code }) => code)).to.deep.equal(['SIGNALR_BACKPLANE_LOST'])
        expect(second).to.deep.equal(losses)
      })

      it('publishes nothing, and says that it is certain', async () => {
        const heard = await listen(b!, 'news')
        await lose()
        expect(await codeOf(a!.publish('news', Buffer.from('lost')))).to.equal('SIGNALR_BACKPLANE_UNREACHABLE')
        await findAgain()
        await publish(a!, 'news', 'found')
        await eventually(() => heard.length > 0)
        expect(heard).to.deep.equal(['found'])
      })

      it('is not heard of any more', async () => {
        await a!.subscribe('news', holder, ignore)
        await lose()
        await eventually(async () => (await b!.countSubscribers(['news']))?.[0] === 0)
        expect(a!.isSubscribed('news')).to.equal(false)
      })

      it('cannot tell how many hear', async () => {
        await lose()
        expect(await a!.countSubscribers(['news'])).to.equal(undefined)
      })

      it('leaves the others as they are', async () => {
        const heard = await listen(b!, 'news')
        await lose()
        await publish(c!, 'news', 'hello')
        await eventually(() => heard.length === 1)
        expect(b!.isReady).to.equal(true)
      })

      it('hears what it heard before, and nothing twice, once it is ready again', async () => {
        const heard = await listen(a!, 'news')
        await lose()
        await publish(b!, 'news', 'missed')
        await findAgain()
        expect([a!.isReady, a!.isSubscribed('news')]).to.deep.equal([true, true])
        await publish(b!, 'news', 'heard')
        await lastOf(b!, a!)
        expect(heard).to.deep.equal(['heard'])
      })

      it('hears then what it could not subscribe before, if its holder has kept it', async () => {
        await lose()
        const heard: string[] = []
        const held = a!.subscribe('kept', holder, payload => heard.push(payload.toString()))
        expect(await codeOf(held)).to.equal('SIGNALR_BACKPLANE_UNREACHABLE')
        await codeOf(a!.subscribe('given up', holder, ignore))
        a!.release('given up', holder)
        await findAgain()
        await publish(b!, 'kept', 'hello')
        await lastOf(b!, a!)
        expect(heard).to.deep.equal(['hello'])
        expect(await b!.countSubscribers(['kept', 'given up'])).to.deep.equal([1, 0])
      })

      it('has forgotten then what was released meanwhile', async () => {
        await a!.subscribe('news', holder, ignore)
        await lose()
        a!.release('news', holder)
        await findAgain()
        await lastOf(b!, a!)
        expect(await b!.countSubscribers(['news'])).to.deep.equal([0])
      })

      it('calls back once for each return that it was asked to tell of', async () => {
        let calls = 0
        a!.onceReady(() => calls++)
        await lose()
        expect(calls).to.equal(0)
        await findAgain()
        await lose()
        await findAgain()
        expect(calls).to.equal(1)
        expect(losses).to.have.length(2)
      })
    })
  })
}
