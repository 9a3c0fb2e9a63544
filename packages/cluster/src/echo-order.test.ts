import { expect } from 'chai'
import { EchoOrder } from './echo-order.js'

describe('EchoOrder', () => {
  let order: EchoOrder
  let written: string[]

  beforeEach(() => {
    order = new EchoOrder()
    written = []
  })

  afterEach(() => order.clear())

  const payload = (text: string) => Buffer.from(text)
  const expectEcho = (channel: string, text: string) => order.expect(channel, payload(text))
  const arrive = (channel: string, text: string) => order.onDelivered(channel, payload(text))
  const write = (text: string) => order.write(() => written.push(text))

  it('writes at once when nothing is on its way', () => {
    expect(write('1')).to.equal(undefined)
    expect(written).to.deep.equal(['1'])
  })

  it('writes after what was published before, and before anything that comes later', async () => {
    expectEcho('all', 'a')
    const done = write('1')
    expectEcho('all', 'b')
    void write('2')
    expect(written).to.deep.equal([])
    arrive('all', 'a')
    expect(written).to.deep.equal(['1'])
    arrive('all', 'b')
    expect(written).to.deep.equal(['1', '2'])
    await done
  })

  it('keeps the order of those that wait for the same', () => {
    expectEcho('all', 'a')
    for (const text of ['1', '2', '3']) void write(text)
    arrive('all', 'a')
    expect(written).to.deep.equal(['1', '2', '3'])
  })

  it('takes no message of another node for the echo', () => {
    expectEcho('all', 'a')
    void write('1')
    arrive('all', 'b')
    arrive('group', 'a')
    expect(written).to.deep.equal([])
  })

  it('waits no longer for what will not come', () => {
    const forget = expectEcho('all', 'a')
    void write('1')
    forget()
    expect(written).to.deep.equal(['1'])
  })

  it('still waits for what was before something that will not come', () => {
    expectEcho('all', 'a')
    const forget = expectEcho('all', 'b')
    void write('1')
    forget()
    void write('2')
    expect(written).to.deep.equal([])
    arrive('all', 'a')
    expect(written).to.deep.equal(['1', '2'])
  })

  it('writes in the place of what will not come, neither before nor after its turn', () => {
    expectEcho('all', 'a')
    const forget = expectEcho('all', 'b')
    void write('3')
    expectEcho('all', 'c')
    void write('4')
    forget(() => written.push('2'))
    expect(written).to.deep.equal([])
    arrive('all', 'a')
    expect(written).to.deep.equal(['2', '3'])
    arrive('all', 'c')
    expect(written).to.deep.equal(['2', '3', '4'])
  })

  it('writes at once in the place of what it has lost patience with', () => {
    const forget = expectEcho('all', 'a')
    order.clear()
    forget(() => written.push('1'))
    expect(written).to.deep.equal(['1'])
  })

  it('does not mind being told twice that something will not come', () => {
    const forget = expectEcho('all', 'a')
    forget()
    expectEcho('all', 'b')
    void write('1')
    forget()
    expect(written).to.deep.equal([])
  })

  it('writes everything when Redis is lost', () => {
    expectEcho('all', 'a')
    void write('1')
    expectEcho('all', 'b')
    void write('2')
    order.clear()
    expect(written).to.deep.equal(['1', '2'])
  })

  it('loses patience with a Redis that does not answer', async () => {
    expectEcho('all', 'a')
    await write('1')
    expect(written).to.deep.equal(['1'])
  })
})
