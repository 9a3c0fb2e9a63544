import { type Context, context, propagation, type TextMapGetter, trace } from '@opentelemetry/api'
import type { HttpRequest } from '@signalbox/abstractions'

/** What a propagator asks for it names; which headers there are besides, none needs to know. */
const requestHeaders: TextMapGetter<HttpRequest> = {
  get: (request, name) => request.header(name),
  keys: () => [],
}

/**
 * The trace of the request that opened a connection: that of its span, where the HTTP server is instrumented
 * (`node:http` can be), else the one its client named. uWebSockets.js is never instrumented.
 */
export function requestContext(request: HttpRequest): Context {
  const active = context.active()
  return trace.getSpan(active) === undefined ? propagation.extract(active, request, requestHeaders) : active
}
