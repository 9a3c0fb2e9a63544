import {
  type Attributes,
  type Context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { ConnectionContext } from '@signalbox/abstractions'
import type { HubActivity, HubConnectionTelemetry, HubTelemetry } from '@signalbox/hubs'
import type { MessageHeaders } from '@signalbox/protocol'
import { requestContext } from './request-context.js'
import { SpanActivity } from './span-activity.js'

/** Spans of what hubs do. @source SignalRServerActivitySource */
export class HubTracing implements HubTelemetry {
  /** Finds the provider when it starts its first span, so it may be taken early. */
  readonly #tracer = trace.getTracer('Microsoft.AspNetCore.SignalR.Server')

  watch(hubName: string, connection: ConnectionContext): HubConnectionTelemetry {
    return new HubConnectionTracing(this.#tracer, hubName, requestContext(connection.features.httpRequest))
  }
}

class HubConnectionTracing implements HubConnectionTelemetry {
  readonly #tracer: Tracer
  readonly #hubName: string
  readonly #request: Context
  readonly #requestSpan: SpanContext | undefined

  constructor(tracer: Tracer, hubName: string, request: Context) {
    this.#tracer = tracer
    this.#hubName = hubName
    this.#request = request
    this.#requestSpan = trace.getSpanContext(request)
  }

  /**
   * A call goes on with the trace its caller was in, or begins one: the request that opened the connection, perhaps
   * hours ago, is no parent of it, and gets a link only.
   */
  startInvocation(methodName: string, headers: MessageHeaders | undefined): HubActivity {
    const caller = headers === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, headers)
    const links = this.#requestSpan === undefined ? [] : [{ context: this.#requestSpan }]
    return this.#start(methodName, SpanKind.SERVER, caller, links)
  }

  /** Named as the methods of .NET, so that the same dashboards show both. */
  startConnected(): HubActivity {
    return this.#start('OnConnectedAsync', SpanKind.INTERNAL, this.#request)
  }

  startDisconnected(): HubActivity {
    return this.#start('OnDisconnectedAsync', SpanKind.INTERNAL, this.#request)
  }

  #start(methodName: string, kind: SpanKind, parent: Context, links: Link[] = []): HubActivity {
    const attributes: Attributes = {
      'rpc.method': methodName,
      'rpc.system': 'signalr',
      'rpc.service': this.#hubName,
    }
    const span = this.#tracer.startSpan(`${this.#hubName}/${methodName}`, { kind, attributes, links }, parent)
    return new SpanActivity(span, trace.setSpan(parent, span))
  }
}
