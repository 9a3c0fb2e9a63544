import { context, propagation, trace } from '@opentelemetry/api'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'

/**
 * The tracing SDK as an application registers it: spans stay in memory, contexts follow async calls, W3C headers are
 * understood.
 */
export class TraceSdk {
  readonly #exporter = new InMemorySpanExporter()
  readonly #provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.#exporter)] })

  constructor() {
    this.#provider.register()
  }

  /** Spans that have ended, in the order of their ends. */
  get spans(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans()
  }

  /** The only ended span with this name. */
  span(name: string): ReadableSpan {
    const found = this.spans.filter(span => span.name === name)
    if (found.length !== 1)
      throw new Error(`${found.length} spans '${name}' among: ${this.spans.map(({ name }) => name)}`)
    return found[0]!
  }

  async shutdown(): Promise<void> {
    trace.disable()
    context.disable()
    propagation.disable()
    await this.#provider.shutdown()
  }
}
