import {
  type ClaimsPrincipal,
  type ConnectionFeatures,
  FeatureCollection,
  type HttpRequest,
  type HttpTransportType,
  type TransferFormat,
} from '@signalbox/abstractions'
import { supportedFormats } from '../http/negotiate.js'
import type { StatefulReconnect } from './stateful-reconnect.js'

/** What an application may know of its connection, from the first request of the transport to the end. */
export class HttpConnectionFeatures extends FeatureCollection implements ConnectionFeatures {
  readonly transport: HttpTransportType
  readonly statefulReconnect: StatefulReconnect | undefined
  httpRequest: HttpRequest
  /** Stays the one of the first GET, whoever polls later; only a refresh replaces it. */
  user: ClaimsPrincipal
  activeFormat: TransferFormat = 'Text'

  constructor(
    transport: HttpTransportType,
    httpRequest: HttpRequest,
    user: ClaimsPrincipal,
    statefulReconnect: StatefulReconnect | undefined,
  ) {
    super()
    this.transport = transport
    this.httpRequest = httpRequest
    this.user = user
    this.statefulReconnect = statefulReconnect
  }

  get supportedFormats(): readonly TransferFormat[] {
    return supportedFormats(this.transport)
  }

  get hasInherentKeepAlive(): boolean {
    return this.transport === 'LongPolling'
  }

  /** What they would be if somebody else were signed in. */
  withUser(user: ClaimsPrincipal): ConnectionFeatures {
    return new HttpConnectionFeatures(this.transport, this.httpRequest, user, this.statefulReconnect)
  }
}
