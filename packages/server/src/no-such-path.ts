import { type HttpRequest, printable } from '@signalbox/abstractions'
import { isWebSocketHandshake, notFound, type Refusal } from '@signalbox/connections'

const noSuchPath: Refusal = { cause: 'noSuchPath', response: notFound }
const negotiateEnding = /\/negotiate\/?$/i
const mostPathsNamed = 10

/**
 * Nothing is mapped where a request goes. That is normal in the open internet, but who negotiates, or begins a WebSocket, is a client with
 * another path than `mapHub` has.
 * @param endpointPaths - where hubs are mapped.
 */
export function refuseUnknownPath(request: HttpRequest, endpointPaths: readonly string[]): Refusal {
  const isNegotiate = request.method === 'POST' && negotiateEnding.test(request.path)
  if (endpointPaths.length === 0 || !(isNegotiate || isWebSocketHandshake(request))) return noSuchPath
  const path = isNegotiate ? request.path.replace(negotiateEnding, '') : request.path
  const named = endpointPaths.slice(0, mostPathsNamed).join(', ')
  const more = endpointPaths.length > mostPathsNamed ? '…' : ''
  return {
    ...noSuchPath,
    cause: 'noHubAtPath',
    reason: `no hub is mapped at ${printable(path === '' ? '/' : path)}, there are ${named}${more}. The client's URL and mapHub need the same path.`,
  }
}
