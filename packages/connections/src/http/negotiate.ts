import type { HttpTransportType, TransferFormat } from '@signalbox/abstractions'
import type { HttpResponse } from '../host/host-port.js'
import { json } from './http-responses.js'

/** Highest version the server speaks; a client that asks for more gets this one. */
const maximumVersion = 1

export type NegotiateVersion = { readonly version: number } | { readonly error: string }

/**
 * The version a negotiate request gets.
 * @param requested - the `negotiateVersion` of the query; absent means 0.
 * @source HttpConnectionDispatcher.ProcessNegotiate; texts seen on ASP.NET Core 10.0.12
 */
export function chooseNegotiateVersion(requested: string | undefined, minimum: number): NegotiateVersion {
  const version = requested === undefined ? 0 : parseInt32(requested)
  if (version === undefined) return { error: 'The client requested a non-integer protocol version.' }
  if (version < minimum)
    return { error: `The client requested version '${version}', but the server does not support this version.` }
  return { version: Math.min(version, maximumVersion) }
}

/** As .NET's int.TryParse: blanks around, a sign, decimal digits, 32 bits. */
function parseInt32(text: string): number | undefined {
  if (!/^[\t-\r ]*[+-]?\d+[\t-\r ]*$/.test(text)) return undefined
  const value = Number(text)
  return value >= -(2 ** 31) && value < 2 ** 31 ? value : undefined
}

const transferFormats: Readonly<Record<HttpTransportType, readonly TransferFormat[]>> = {
  WebSockets: ['Text', 'Binary'],
  ServerSentEvents: ['Text'],
  LongPolling: ['Text', 'Binary'],
}

export const supportedFormats = (transport: HttpTransportType): readonly TransferFormat[] => transferFormats[transport]

/** The order of members and of transports is behaviour: clients try the transports as listed. */
export function negotiateAnswer(
  version: number,
  connectionId: string,
  connectionToken: string,
  transports: readonly HttpTransportType[],
  useStatefulReconnect: boolean,
  tokenLifetimeSeconds?: number,
): HttpResponse {
  return json({
    // Only when it was asked for: the JavaScript client fails on an answer it did not ask for.
    ...(useStatefulReconnect ? { useStatefulReconnect } : undefined),
    negotiateVersion: version,
    connectionId,
    ...(version > 0 ? { connectionToken } : undefined),
    availableTransports: (Object.keys(transferFormats) as HttpTransportType[])
      .filter(transport => transports.includes(transport))
      .map(transport => ({ transport, transferFormats: transferFormats[transport] })),
    ...(tokenLifetimeSeconds === undefined ? undefined : { tokenLifetimeSeconds }),
  })
}

/** Sends a client elsewhere, to a service that serves in place of this server. @source NegotiationResponse */
export interface NegotiateRedirect {
  /** Where the client negotiates again. */
  readonly url: string
  /** What the client authenticates itself with there. */
  readonly accessToken?: string
  /** How long that token is valid. @source NegotiationResponse.TokenLifetimeSeconds, .NET 11 */
  readonly tokenLifetimeSeconds?: number
}

/** The members and their order are those of the negotiate of Azure SignalR. */
export const negotiateRedirect = ({ url, accessToken, tokenLifetimeSeconds }: NegotiateRedirect): HttpResponse =>
  json({ negotiateVersion: 0, url, accessToken, availableTransports: [], tokenLifetimeSeconds })

/** A refused version is not an HTTP error: the clients read the text from a 200. */
export const negotiateRefusal = (error: string): HttpResponse => json({ error })
