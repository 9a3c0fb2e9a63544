/**
 * The three transports, spelled as on the wire and in the order the server offers them (clients try them in this
 * order).
 * @source TransportProtocols.md, `availableTransports`
 */
export type HttpTransportType = 'WebSockets' | 'ServerSentEvents' | 'LongPolling'

export const httpTransportTypes: readonly HttpTransportType[] = ['WebSockets', 'ServerSentEvents', 'LongPolling']
