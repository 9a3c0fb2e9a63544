import { expect } from 'chai'
import type { Outcome } from './chaos-hub.js'
import { Ledger } from './ledger.js'
import type { NodeIndex } from './nodes.js'

describe('the ledger of a fault run', () => {
  let ledger: Ledger

  beforeEach(() => {
    ledger = new Ledger()
  })

  /** A message of a1 on node a to one client of either node, and who gets it. */
  function send(outcome: Outcome | undefined, ...receivedBy: readonly string[]): void {
    const receivers = new Map<string, NodeIndex>([
      ['a2', 0],
      ['b1', 1],
    ])
    const message = ledger.open({ from: 'a1', node: 0, target: 'group', receivers })
    if (outcome !== undefined) message.outcome = outcome
    for (const receiver of receivedBy) ledger.receive(receiver, 'a1', message.number)
  }

  const whileDisturbed = (...hadGap: readonly NodeIndex[]) =>
    ledger.close({ undisturbedSince: Number.POSITIVE_INFINITY, hadGap: new Set(hadGap) })
  const whenAllIsWell = () => ledger.close({ undisturbedSince: 0, hadGap: new Set<NodeIndex>([0, 1]) })

  it('has nothing to say when everybody got everything in order', () => {
    send('done', 'a2', 'b1')
    send('done', 'b1', 'a2')
    expect(whenAllIsWell()).to.deep.equal([])
  })

  it('sees a message that comes twice', () => {
    send('done', 'a2', 'b1', 'a2')
    expect(whenAllIsWell()).to.deep.equal(['a2 got number 1 of a1 twice'])
  })

  it('sees a message that comes after a later one', () => {
    send('done', 'a2')
    send('done', 'a2', 'b1')
    ledger.receive('b1', 'a1', 1)
    expect(whenAllIsWell()).to.deep.equal(['b1 got number 1 of a1 after number 2'])
  })

  it('sees a message that comes to the wrong client', () => {
    send('done', 'a2', 'b1', 'b2')
    expect(whenAllIsWell()).to.deep.equal(['b2 got number 1 of a1, sent to group without it'])
  })

  it('sees a message of a time that is over', () => {
    send('SIGNALR_BACKPLANE_UNCONFIRMED')
    expect(whileDisturbed(1)).to.deep.equal([])
    ledger.receive('b1', 'a1', 1)
    expect(whenAllIsWell()).to.deep.equal(['b1 got number 1 of a1 out of time'])
  })

  it('sees a message that is missing, unless the node of its receiver had a gap then', () => {
    send('done', 'a2')
    expect(whileDisturbed(1)).to.deep.equal([])
    send('done', 'a2')
    expect(whileDisturbed(0)).to.deep.equal(['b1 missed number 2 of a1 to group'])
    send('done', 'a2')
    expect(whenAllIsWell()).to.deep.equal(['b1 missed number 3 of a1 to group'])
  })

  it('sees that a client of the own node misses what its node sent before it listened again', () => {
    const silence = { nodes: [0], from: 0, to: Number.POSITIVE_INFINITY } as const
    send('done')
    expect(
      ledger.close({ undisturbedSince: Number.POSITIVE_INFINITY, hadGap: new Set<NodeIndex>([0, 1]), silence }),
    ).to.deep.equal(['a2 missed number 1 of a1 to group'])
  })

  it('sees a send that failed without a fault', () => {
    send('SIGNALR_BACKPLANE_UNCONFIRMED', 'a2', 'b1')
    expect(whenAllIsWell()).to.deep.equal([
      'number 1 of a1 to group failed without a fault: SIGNALR_BACKPLANE_UNCONFIRMED',
    ])
  })

  it('sees a send that never ended, or ended with an error that is none of a send', () => {
    send(undefined)
    send('SIGNALR_BACKPLANE_NO_ACK')
    expect(whileDisturbed(0, 1)).to.deep.equal([
      'number 1 of a1 to group was neither sent nor rejected',
      'number 2 of a1 to group ended with SIGNALR_BACKPLANE_NO_ACK',
    ])
  })

  it('sees an unreachable message that did not come to a client of the own node, or came to one of another', () => {
    send('SIGNALR_BACKPLANE_UNREACHABLE', 'a2')
    expect(whileDisturbed(0, 1)).to.deep.equal([])
    send('SIGNALR_BACKPLANE_UNREACHABLE', 'b1')
    expect(whileDisturbed(0, 1)).to.deep.equal([
      'a2 missed number 2 of a1 to group, which was unreachable',
      'b1 got number 2 of a1 to group, which was unreachable',
    ])
  })
})
