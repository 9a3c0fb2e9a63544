import { cut, type Fault, type FaultKind, hang, harmless, inWords, type Outage, outageMs, someNodes } from './fault.js'

/** @param act - what a proxy does, until it is healed. */
const network =
  (
    kind: string,
    act: 'partition' | 'swallowReceipts' | 'stall' | 'reset',
    effect: (outage: Outage) => Fault,
  ): FaultKind =>
  random => {
    const nodes = someNodes(random)
    return effect({
      kind,
      where: inWords(nodes),
      durationMs: outageMs(random),
      nodes,
      begin: stage => {
        for (const node of nodes) stage.nodes[node].proxy[act]()
      },
      end: stage => {
        for (const node of nodes) stage.nodes[node].proxy.heal()
      },
    })
  }

export const blackHole = network('network swallows everything', 'partition', hang)
export const receiptsLost = network('network swallows receipts', 'swallowReceipts', harmless)
export const stall = network('network stalls, then delivers', 'stall', hang)
export const resets = network('network resets connections', 'reset', cut)
