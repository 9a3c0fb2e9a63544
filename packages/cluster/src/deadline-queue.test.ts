import { expect } from 'chai'
import { DeadlineQueue } from './deadline-queue.js'

describe('DeadlineQueue', () => {
  it('lets items expire in the order they came', async () => {
    const expired: number[] = []
    await new Promise<void>(resolve => {
      const queue = new DeadlineQueue<number>(10, item => {
        expired.push(item)
        if (item === 3) resolve()
      })
      for (const item of [1, 2, 3]) queue.add(item)
    })
    expect(expired).to.deep.equal([1, 2, 3])
  })

  it('spares what has been taken out', async () => {
    const expired: number[] = []
    await new Promise<void>(resolve => {
      const queue = new DeadlineQueue<number>(10, item => {
        expired.push(item)
        resolve()
      })
      for (const item of [1, 2]) queue.add(item)
      expect(queue.delete(1)).to.equal(true)
      expect(queue.delete(1)).to.equal(false)
    })
    expect(expired).to.deep.equal([2])
  })

  it('gives a later item its whole time', async () => {
    const added = new Map<number, number>()
    const lived = await new Promise<number>(resolve => {
      const queue = new DeadlineQueue<number>(30, item => {
        if (item === 2) resolve(performance.now() - added.get(item)!)
      })
      const add = (item: number) => {
        added.set(item, performance.now())
        queue.add(item)
      }
      add(1)
      setTimeout(() => add(2), 15)
    })
    expect(lived).to.be.at.least(29)
  })

  it('takes items in while others expire', async () => {
    const expired: number[] = []
    await new Promise<void>(resolve => {
      const queue: DeadlineQueue<number> = new DeadlineQueue(5, item => {
        expired.push(item)
        if (item < 3) queue.add(item + 1)
        else resolve()
      })
      queue.add(1)
    })
    expect(expired).to.deep.equal([1, 2, 3])
  })

  it('keeps no timer when it is empty', () => {
    const before = process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    const queue = new DeadlineQueue<number>(60_000, () => {})
    queue.add(1)
    queue.delete(1)
    queue.add(2)
    expect(queue.clear()).to.deep.equal([2])
    expect(process.getActiveResourcesInfo().filter(name => name === 'Timeout').length).to.equal(before)
  })
})
