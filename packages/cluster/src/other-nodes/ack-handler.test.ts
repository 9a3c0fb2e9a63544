import { expect } from 'chai'
import { BackplaneError } from '../backplane-error.js'
import { AckHandler } from './ack-handler.js'

describe('AckHandler', () => {
  const lost = new BackplaneError('SIGNALR_BACKPLANE_LOST', 'lost')
  const codeOf = (promise: Promise<void>) =>
    promise.then(
      () => 'acknowledged',
      (error: BackplaneError) => error.code,
    )

  it('numbers from 1', () => {
    const acks = new AckHandler(1_000)
    const ids = [acks.expect('c').id, acks.expect('c').id]
    acks.acknowledge(1)
    acks.acknowledge(2)
    expect(ids).to.deep.equal([1, 2])
  })

  it('resolves what is acknowledged, and nothing else', async () => {
    const acks = new AckHandler(1_000)
    const [first, second] = [acks.expect('c'), acks.expect('c')]
    acks.acknowledge(second.id)
    acks.acknowledge(99)
    expect(await codeOf(second.acknowledged)).to.equal('acknowledged')
    expect([...acks.connectionIds]).to.deep.equal(['c'])
    acks.acknowledge(first.id)
    expect(await codeOf(first.acknowledged)).to.equal('acknowledged')
  })

  it('fails what is not acknowledged in time', async () => {
    const { acknowledged } = new AckHandler(10).expect('c')
    expect(await codeOf(acknowledged)).to.equal('SIGNALR_BACKPLANE_NO_ACK')
  })

  it('fails everything when Redis is lost', async () => {
    const acks = new AckHandler(1_000)
    const pending = [acks.expect('c'), acks.expect('d')]
    acks.failAll(lost)
    expect(await Promise.all(pending.map(({ acknowledged }) => codeOf(acknowledged)))).to.deep.equal([
      lost.code,
      lost.code,
    ])
  })

  it('has nothing to wait for when the connection is gone', async () => {
    const acks = new AckHandler(1_000)
    const [gone, here] = [acks.expect('gone'), acks.expect('here')]
    acks.onConnectionGone('gone')
    acks.failAll(lost)
    expect(await codeOf(gone.acknowledged)).to.equal('acknowledged')
    expect(await codeOf(here.acknowledged)).to.equal(lost.code)
    expect([...acks.connectionIds]).to.deep.equal([])
  })
})
