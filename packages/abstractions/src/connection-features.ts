import type { ClaimsPrincipal } from './claims-principal.js'
import type { HttpRequest } from './http-request.js'
import type { HttpTransportType } from './http-transport-type.js'
import type { TransferFormat } from './transfer-format.js'

/** There on a connection whose client asked, at negotiate, to be able to resume it after the loss of its socket. */
export interface StatefulReconnectFeature {
  /** Bytes of sent messages worth keeping for a replay; default 1,048,576. */
  readonly maximumBufferBytes: number
  /** From now on the loss of the socket is the end, and the token is refused. */
  disable(): void
}

/**
 * Names a value that some part of a server keeps with each connection: `const quota = new FeatureKey<Quota>('quota')`.
 * A key is equal to itself only, so two parts cannot meet by a name.
 */
export class FeatureKey<T> {
  readonly name: string
  /** For the compiler alone: what is kept by this key. */
  declare readonly value: T

  /** @param name - for a debugger. */
  constructor(name: string) {
    this.name = name
  }
}

/**
 * What a connection can do, where it came from, and what parts of the server keep with it. One object for the whole
 * life of a connection, whatever sockets carry it. @source IFeatureCollection
 */
export interface ConnectionFeatures {
  readonly transport: HttpTransportType
  readonly supportedFormats: readonly TransferFormat[]
  /** Format of outgoing frames; starts as Text, and the hub handshake sets it before the answer is written. */
  activeFormat: TransferFormat
  /** True on long polling: the poll itself is the life sign, so no pings are sent. */
  readonly hasInherentKeepAlive: boolean
  /**
   * The request that opened the transport (long polling: the first poll; after a reconnect the one that brought the new
   * socket).
   */
  readonly httpRequest: HttpRequest
  /** Who made it, with the credentials that are in force: a refresh brings others of the same user. */
  readonly user: ClaimsPrincipal
  readonly statefulReconnect: StatefulReconnectFeature | undefined
  /** @returns what was set by this very key, else undefined. */
  get<T>(key: FeatureKey<T>): T | undefined
  /** Keeps a value for as long as the connection is there; undefined takes it away. */
  set<T>(key: FeatureKey<T>, value: T | undefined): void
}

/** What was kept by `FeatureKey`. No connection that nobody keeps anything with pays for more than an empty field. */
export class FeatureCollection {
  #values: Map<FeatureKey<unknown>, unknown> | undefined

  get<T>(key: FeatureKey<T>): T | undefined {
    return this.#values?.get(key) as T | undefined
  }

  set<T>(key: FeatureKey<T>, value: T | undefined): void {
    if (value === undefined) {
      this.#values?.delete(key)
      return
    }
    this.#values ??= new Map()
    this.#values.set(key, value)
  }
}
