import { metrics, type Observable, type ObservableResult } from '@opentelemetry/api'
import type { Node } from '@signalbox/abstractions'

/** How long a server runs, with its id: tells the runs of one service apart, and which of them a number is of. */
export class NodeUptime {
  #gauge: Observable | undefined
  #observe: ((result: ObservableResult) => void) | undefined

  start(node: Node): void {
    this.stop()
    this.#gauge = metrics.getMeter('Signalbox').createObservableGauge('signalbox.server.uptime', {
      description: 'Time since the server was created.',
      unit: 's',
    })
    this.#observe = result => result.observe((Date.now() - node.startedAt) / 1000, { 'signalbox.node.id': node.id })
    this.#gauge.addCallback(this.#observe)
  }

  stop(): void {
    if (this.#observe !== undefined) this.#gauge?.removeCallback(this.#observe)
  }
}
