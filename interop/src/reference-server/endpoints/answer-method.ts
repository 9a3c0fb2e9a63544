import type { RequestHandler } from 'signalbox'

/** A path that knows one method refuses the others, as ASP.NET Core's routing does. */
export function answerMethod(method: 'GET' | 'POST', handler: RequestHandler): RequestHandler {
  return request => (request.method === method ? handler(request) : { status: 405, headers: { Allow: method } })
}
