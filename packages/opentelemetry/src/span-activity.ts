import { type Context, context, type Span, SpanStatusCode } from '@opentelemetry/api'
import { errorTypeName, type HubActivity } from '@signalbox/hubs'

/** One call as a span. */
export class SpanActivity implements HubActivity {
  readonly #span: Span
  readonly #context: Context

  /** @param within - the context that holds the span. */
  constructor(span: Span, within: Context) {
    this.#span = span
    this.#context = within
  }

  /** Spans that user code starts in there become children. */
  run<T>(part: () => T): T {
    return context.with(this.#context, part)
  }

  succeed(): void {
    this.#span.end()
  }

  fail(error: unknown): void {
    this.#span.setAttribute('error.type', errorTypeName(error))
    this.#span.setStatus({ code: SpanStatusCode.ERROR })
    this.#span.end()
  }
}
