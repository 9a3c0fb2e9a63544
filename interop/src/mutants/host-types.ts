import type { Host } from 'signalbox'

/** The parts of the host port, by way of the one that the package exports. */
export type HttpExchange = Parameters<Parameters<Host['listen']>[1]>[0]
export type HttpRequest = HttpExchange['request']
export type HttpResponse = Parameters<HttpExchange['respond']>[0]
export type HostStream = ReturnType<HttpExchange['stream']>
export type HostStreamHandler = Parameters<HttpExchange['stream']>[1]
export type HostSocketHandler = Parameters<HttpExchange['acceptWebSocket']>[0]
export type HostSocket = Parameters<HostSocketHandler['onOpen']>[0]
export type BodyResult = Parameters<Parameters<HttpExchange['readBody']>[1]>[0]
