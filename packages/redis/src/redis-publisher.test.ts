import { setImmediate as turn } from 'node:timers/promises'
import { BackplaneError } from '@signalbox/cluster'
import { expect } from 'chai'
import type { Redis } from 'ioredis'
import { RedisPublisher } from './redis-publisher.js'

const mebibyte = Buffer.alloc(1024 * 1024)
/** More than may be under way at once. */
const many = 70

/** Takes whatever it is given. @param answer - when it answers. */
const redisThat = (answer: Promise<void>): Redis => {
  const pipeline = () => {
    const answers: [null, number][] = []
    return { publish: () => answers.push([null, 1]), exec: () => answer.then(() => answers) }
  }
  return { status: 'ready', stream: { writable: true }, pipeline } as unknown as Redis
}

describe('RedisPublisher', () => {
  let publisher: RedisPublisher

  function open(redis: Redis): void {
    publisher = new RedisPublisher(redis, 10_000)
    publisher.open()
  }

  afterEach(() => publisher.close(new BackplaneError('SIGNALR_BACKPLANE_CLOSED', 'The test is over.')))

  const publishMany = () => Array.from({ length: many }, () => publisher.publish('channel', mebibyte))

  it('hands over all that one turn brings, however much', async () => {
    open(redisThat(Promise.resolve()))
    expect(await Promise.all(publishMany())).to.deep.equal(Array.from({ length: many }, () => 1))
  })

  it('refuses what comes while as much is under way', async () => {
    open(redisThat(new Promise(() => {})))
    for (const unanswered of publishMany()) unanswered.catch(() => {})
    await turn()
    const refused = await publisher.publish('channel', mebibyte).catch(error => error)
    expect(refused).to.have.property('code', 'SIGNALR_BACKPLANE_UNREACHABLE')
  })
})
