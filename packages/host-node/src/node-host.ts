import cluster from 'node:cluster'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, Server as NetServer } from 'node:net'
import type { TlsOptions } from 'node:tls'
import {
  ConfigurationError,
  checkOptions,
  numberFrom,
  type OptionTable,
  type RecurringLog,
  withDefaults,
} from '@signalbox/abstractions'
import {
  type Host,
  type HostHandler,
  type HostOptions,
  hostOptionTable,
  type ListenOptions,
  MessageLimit,
  type MessageNeeds,
  type TlsFiles,
  TrustedProxies,
} from '@signalbox/connections'
import { AttachedServer } from './attached-server.js'
import { BodyRates } from './body-rates.js'
import { ExchangeSource, type ExchangeSourceOptions } from './exchange-source.js'
import type { NodeServer } from './node-server.js'
import { reportRefusedHeads } from './refused-heads.js'

export interface NodeHostOptions extends HostOptions {
  /**
   * How long a client may take to answer a close frame or to end its TCP connection. Default 5,000 ms. .NET:
   * WebSocketOptions.CloseTimeout.
   */
  webSocketCloseTimeoutMs?: number
}

export const nodeHostOptionTable = {
  ...hostOptionTable,
  webSocketCloseTimeoutMs: {
    takes: numberFrom(1, 0x7fff_ffff),
    doc: 'How long a client may take to answer a close frame or to end its TCP connection.',
    default: 5_000,
    dotNetName: 'WebSocketOptions.CloseTimeout',
  },
} satisfies OptionTable<NodeHostOptions>

/** As Kestrel has them; a body that is slow is seen to by `BodyRates`. @source KestrelServerLimits */
const limits = { keepAliveTimeout: 130_000, headersTimeout: 30_000, requestTimeout: 0, maxHeaderSize: 32_768 } as const

/**
 * Serves on node:http and node:https: on ports of its own, or beside the routes of a server that exists.
 * @throws ConfigurationError when an option is unknown or out of range.
 */
export const nodeHost = (options: NodeHostOptions = {}): Required<Host> => new NodeHost(options)

class NodeHost implements Required<Host> {
  readonly name = 'node:http'
  readonly trustedProxies: TrustedProxies | undefined
  readonly #sourceOptions: ExchangeSourceOptions
  readonly #messageLimit: MessageLimit
  readonly #servers: NodeServer[] = []
  readonly #attached: AttachedServer[] = []
  readonly #sources: ExchangeSource[] = []

  constructor(options: NodeHostOptions) {
    checkOptions('nodeHost', nodeHostOptionTable, options)
    const { maximumWebSocketMessageBytes, webSocketCloseTimeoutMs, trustedProxies } = withDefaults<
      NodeHostOptions,
      typeof nodeHostOptionTable
    >(nodeHostOptionTable, options)
    this.#messageLimit = new MessageLimit(maximumWebSocketMessageBytes)
    this.trustedProxies = trustedProxies && new TrustedProxies(trustedProxies)
    this.#sourceOptions = {
      webSockets: {
        messageLimit: this.#messageLimit,
        closeTimeoutMs: webSocketCloseTimeoutMs,
      },
      bodyRates: new BodyRates(),
    }
  }

  admitMessages(needs: MessageNeeds): void {
    this.#messageLimit.admit(needs)
  }

  async listen(
    { port, hostname, tls, shared = false }: ListenOptions,
    handler: HostHandler,
    recurringLog?: RecurringLog,
  ): Promise<number> {
    const sharing = shared ? portSharing() : {}
    const server = tls === undefined ? createServer(limits) : await createTlsServer(tls)
    if (recurringLog !== undefined) reportRefusedHeads(server, limits.maxHeaderSize, recurringLog)
    const source = this.#createSource(server, handler)
    server.on('request', (incoming, response) => source.onRequest(incoming, response))
    server.on('upgrade', (incoming, socket, head) => source.onUpgrade(incoming, socket, head))
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const reason = listenErrors[cause.code ?? ''] ?? cause.message
        reject(new ConfigurationError('port', `Cannot listen on ${hostname}:${port}: ${reason}`, cause))
      })
      server.listen({ port, host: hostname, ...sharing }, resolve)
    })
    this.#servers.push(server)
    return (server.address() as AddressInfo).port
  }

  attach(server: NodeServer, handler: HostHandler, takes: (path: string, method: string) => boolean): void {
    this.#attached.push(new AttachedServer(server, this.#createSource(server, handler), takes))
  }

  stopListening(): void {
    // Not the server's own close, which also cuts the connections that are idle: those go on here.
    for (const server of this.#servers) if (server.listening) NetServer.prototype.close.call(server)
  }

  terminate(): void {
    this.stopListening()
    for (const attached of this.#attached.splice(0)) attached.detach()
    for (const source of this.#sources.splice(0)) source.terminate()
    for (const server of this.#servers.splice(0)) {
      server.close()
      server.closeAllConnections()
    }
  }

  #createSource(server: NodeServer, handler: HostHandler): ExchangeSource {
    const source = new ExchangeSource(server, handler, this.#sourceOptions)
    this.#sources.push(source)
    return source
  }
}

/**
 * A worker of node:cluster shares the ports of its primary; elsewhere the system has to share them, which Node asks it
 * for since 23.1.
 * @throws ConfigurationError where Node can do neither.
 */
function portSharing(): { readonly exclusive: false } | { readonly reusePort: true } {
  if (cluster.isWorker) return { exclusive: false }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 23 || (major === 23 && minor >= 1)) return { reusePort: true }
  throw new ConfigurationError(
    'shared',
    `shared: node:http shares a port only among workers of node:cluster, or on Node 23.1 and later, and this is Node ${process.versions.node}. uwsHost() shares it everywhere.`,
  )
}

const listenErrors: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken.',
  EACCES: 'the port is not allowed.',
  EADDRNOTAVAIL: 'the address is none of this machine.',
  ENOTFOUND: 'the address cannot be found.',
  ENOTSUP: 'this system cannot share a port.',
}

/** What Node takes for a time. */
async function createTlsServer(tls: TlsFiles): Promise<NodeServer> {
  const { certificateFile, keyFile, passphrase } = tls
  try {
    const [cert, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)])
    const clients = await clientCertificates(tls)
    return createSecureServer({ ...limits, cert, key, ...clients, ...(passphrase !== undefined && { passphrase }) })
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause
    throw new ConfigurationError('tls', `The certificate cannot be used: ${(cause as Error).message}`, cause)
  }
}

/** @source ClientCertificateMode */
async function clientCertificates(tls: TlsFiles): Promise<TlsOptions> {
  const { clientCertificateAuthorityFile, clientCertificateMode = 'RequireCertificate' } = tls
  if (clientCertificateMode !== 'RequireCertificate' && clientCertificateMode !== 'AllowCertificate')
    throw new ConfigurationError(
      'clientCertificateMode',
      `clientCertificateMode must be 'AllowCertificate' or 'RequireCertificate', but is '${String(clientCertificateMode)}'.`,
    )
  if (clientCertificateAuthorityFile === undefined) {
    if (tls.clientCertificateMode === undefined) return {}
    throw new ConfigurationError(
      'clientCertificateAuthorityFile',
      'clientCertificateMode needs clientCertificateAuthorityFile: without it no certificate of a client is accepted.',
    )
  }
  const rejectUnauthorized = clientCertificateMode === 'RequireCertificate'
  return { ca: await readFile(clientCertificateAuthorityFile), requestCert: true, rejectUnauthorized }
}
