import type { Outcome } from './chaos-hub.js'
import type { NodeIndex } from './nodes.js'

/** A message that somebody has sent. */
export interface SentMessage {
  readonly from: string
  readonly number: number
  readonly target: string
  /** The sender's. */
  readonly node: NodeIndex
  /**
   * Who must get it, with their nodes. Nobody else may, unless it is for all: then those who come and go may as well.
   */
  readonly receivers: ReadonlyMap<string, NodeIndex>
  readonly sentAt: number
  readonly receivedBy: Set<string>
  outcome?: Outcome
}

/** What is known of the time in which messages were sent. */
export interface Circumstances {
  /** From then on nothing disturbed. */
  readonly undisturbedSince: number
  /** Nodes that could miss messages before, as they themselves have counted. */
  readonly hadGap: ReadonlySet<NodeIndex>
  /** When these nodes were without Redis and knew it: what they sent then had to wait until they heard again. */
  readonly silence?: { readonly nodes: readonly NodeIndex[]; readonly from: number; readonly to: number }
}

/**
 * Every message that was sent, and who got it. The senders number theirs, so that a message which comes twice, late,
 * out of turn or to the wrong client is seen as it comes; what is missing is seen by `close`.
 */
export class Ledger {
  readonly #messages = new Map<string, SentMessage>()
  readonly #sentBy = new Map<string, number>()
  /** The last number from a sender, by receiver and sender. */
  readonly #last = new Map<string, number>()
  readonly #wrong: string[] = []

  /** To be called just before it is sent. */
  open(message: Pick<SentMessage, 'from' | 'node' | 'target' | 'receivers'>): SentMessage {
    const number = (this.#sentBy.get(message.from) ?? 0) + 1
    this.#sentBy.set(message.from, number)
    const sent = { ...message, number, sentAt: performance.now(), receivedBy: new Set<string>() }
    this.#messages.set(`${message.from} ${number}`, sent)
    return sent
  }

  receive(receiver: string, from: string, number: number): void {
    const message = this.#messages.get(`${from} ${number}`)
    const pair = `${receiver} ${from}`
    const last = this.#last.get(pair) ?? 0
    const text = `${receiver} got number ${number} of ${from}`
    if (message === undefined) this.#wrong.push(`${text} out of time`)
    else if (message.receivedBy.has(receiver)) this.#wrong.push(`${text} twice`)
    else if (!message.receivers.has(receiver) && message.target !== 'all')
      this.#wrong.push(`${text}, sent to ${message.target} without it`)
    else if (number < last) this.#wrong.push(`${text} after number ${last}`)
    message?.receivedBy.add(receiver)
    this.#last.set(pair, Math.max(last, number))
  }

  /** The messages since the last `close`. */
  get messages(): Iterable<SentMessage> {
    return this.#messages.values()
  }

  /** Ends a time in which messages were sent. @returns what was wrong. */
  close(circumstances: Circumstances): string[] {
    const missing = [...this.messages].flatMap(message => [...flawsOf(message, circumstances)])
    this.#messages.clear()
    return [...this.#wrong.splice(0), ...missing]
  }
}

/** Whether everybody has got it who must. */
export function isComplete({ receivers, receivedBy }: SentMessage): boolean {
  return [...receivers.keys()].every(receiver => receivedBy.has(receiver))
}

function* flawsOf(message: SentMessage, circumstances: Circumstances): Iterable<string> {
  const { from, number, target, node, receivers, receivedBy, outcome } = message
  const text = `number ${number} of ${from} to ${target}`
  if (outcome === undefined) yield `${text} was neither sent nor rejected`
  else if (!possibleOutcomes.has(outcome)) yield `${text} ended with ${outcome}`
  if (message.sentAt >= circumstances.undisturbedSince && outcome !== 'done')
    yield `${text} failed without a fault: ${outcome}`
  for (const [receiver, receiversNode] of receivers) {
    const hasIt = receivedBy.has(receiver)
    if (outcome === 'done' && !hasIt && !mayMiss(receiversNode, message, circumstances))
      yield `${receiver} missed ${text}`
    // It never reached Redis: its own node's clients have it, and nobody else.
    if (outcome === 'SIGNALR_BACKPLANE_UNREACHABLE' && hasIt !== (receiversNode === node))
      yield `${receiver} ${hasIt ? 'got' : 'missed'} ${text}, which was unreachable`
  }
}

/** Whether clients of a node may miss a message that has reached Redis. */
function mayMiss(receiversNode: NodeIndex, { node, sentAt }: SentMessage, circumstances: Circumstances): boolean {
  const { undisturbedSince, hadGap, silence } = circumstances
  const hadToWait =
    silence?.nodes.includes(node) === true && node === receiversNode && sentAt > silence.from && sentAt < silence.to
  return hadGap.has(receiversNode) && sentAt < undisturbedSince && !hadToWait
}

const possibleOutcomes: ReadonlySet<Outcome> = new Set<Outcome>([
  'done',
  'SIGNALR_BACKPLANE_UNREACHABLE',
  'SIGNALR_BACKPLANE_UNCONFIRMED',
])
