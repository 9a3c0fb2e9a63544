import type { ConnectionFeatures } from '@signalbox/abstractions'
import type { HandshakeRequest, HubProtocol } from '@signalbox/protocol'

/**
 * The protocol a handshake gets, or why it gets none; texts quote the client's spelling.
 * @source DefaultHubProtocolResolver, HubConnectionContext.HandshakeAsync
 */
export function chooseProtocol(
  request: HandshakeRequest,
  protocols: readonly HubProtocol[],
  supportedProtocols: readonly string[] | undefined,
  features: ConnectionFeatures,
): { readonly protocol: HubProtocol } | { readonly error: string } {
  const name = request.protocol.toLowerCase()
  const isSupported = supportedProtocols === undefined || supportedProtocols.some(one => one.toLowerCase() === name)
  const protocol = isSupported ? protocols.find(one => one.name.toLowerCase() === name) : undefined
  if (protocol === undefined) return { error: `The protocol '${request.protocol}' is not supported.` }
  if (request.version > protocol.version)
    return { error: `The server does not support version ${request.version} of the '${request.protocol}' protocol.` }
  const format = protocol.transferFormat
  if (!features.supportedFormats.includes(format))
    return {
      error: `Cannot use the '${request.protocol}' protocol on the current transport. The transport does not support '${format}' transfer format.`,
    }
  return { protocol }
}
