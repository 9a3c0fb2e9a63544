import type {
  ClaimsPrincipal,
  ConnectionFeatures,
  HttpRequest,
  HttpTransportType,
  StatefulReconnectFeature,
  TransferFormat,
} from '@signalbox/abstractions'
import { supportedFormats } from '../http/negotiate.js'

/** The part of a connection that differs by transport, and what the application may know of it. */
export abstract class ConnectionTransport implements ConnectionFeatures {
  abstract readonly transport: HttpTransportType
  readonly httpRequest: HttpRequest
  activeFormat: TransferFormat = 'Text'
  /** Stays the one of the first GET, whoever polls later; only a refresh replaces it. */
  user: ClaimsPrincipal

  constructor(httpRequest: HttpRequest, user: ClaimsPrincipal) {
    this.httpRequest = httpRequest
    this.user = user
  }

  get statefulReconnect(): StatefulReconnectFeature | undefined {
    return undefined
  }

  get supportedFormats(): readonly TransferFormat[] {
    return supportedFormats(this.transport)
  }

  get hasInherentKeepAlive(): boolean {
    return false
  }

  /** Whether the peer can be kept from sending while the application does not read. */
  get canHoldBack(): boolean {
    return true
  }

  /** The application has ended: what is pending goes out, then the transport ends. */
  abstract finish(error: unknown): void

  /** Cuts it without goodbye. */
  abstract abort(): void

  onHeartbeat(_now: number): void {}
}
