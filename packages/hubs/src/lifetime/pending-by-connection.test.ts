import { expect } from 'chai'
import { ClientResultsManager } from './client-results-manager.js'
import { PendingByConnection } from './pending-by-connection.js'

describe('PendingByConnection', () => {
  it('gives what waits for one connection, once, and leaves the others', () => {
    const pending = new PendingByConnection<number>()
    pending.add('a', 1)
    pending.add('b', 2)
    pending.add('a', 3)
    expect([...pending.take('a')]).to.deep.equal([1, 3])
    expect([...pending.take('a')]).to.deep.equal([])
    expect([...pending.take('b')]).to.deep.equal([2])
  })

  it('names each connection that is waited for once, and none that is not any more', () => {
    const pending = new PendingByConnection<number>()
    pending.add('a', 1)
    pending.add('a', 2)
    pending.add('b', 3)
    pending.delete('b', 3)
    pending.delete('a', 1)
    pending.delete('nobody', 1)
    expect([...pending.connectionIds]).to.deep.equal(['a'])
  })

  it('makes the end of a connection cost what it was asked, whatever others were', () => {
    const results = new ClientResultsManager()
    const connections = 20_000
    const asking = millisecondsOf(connections, number =>
      results.invoke(`asked${number}`, undefined, () => {}).catch(() => {}),
    )
    // The best of three: other processes take their time too.
    const ending = Math.min(
      ...['first', 'second', 'third'].map(round =>
        millisecondsOf(connections, number => results.abandon(`${round}${number}`)),
      ),
    )
    // A look at everybody's calls at each end takes ten times as long as to make them all; this takes a twentieth.
    expect(ending).to.be.below(asking)
  })
})

function millisecondsOf(times: number, run: (number: number) => unknown): number {
  const start = performance.now()
  for (let number = 0; number < times; number++) run(number)
  return performance.now() - start
}
