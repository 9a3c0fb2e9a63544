import type {
  AppOptions,
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_listen_socket,
  us_socket_context_t,
} from 'uWebSockets.js'
import { ConfigurationError, checkOptions, type RecurringLog } from '@signalbox/abstractions'
import {
  type Host,
  type HostHandler,
  type HostOptions,
  hostOptionTable,
  type ListenOptions,
  MessageLimit,
  type MessageNeeds,
  TrustedProxies,
} from '@signalbox/connections'
import { loadUws } from './load-uws.js'
import { ProxyWarning } from './proxy-warning.js'
import { UwsExchange } from './uws-exchange.js'
import { copyRequest } from './uws-request.js'
import { socketBehavior } from './uws-socket.js'

export type UwsHostOptions = HostOptions

/**
 * Serves on uWebSockets.js.
 * @throws ConfigurationError when its native module cannot be loaded, or an option is unknown or out of range.
 */
export function uwsHost(options: UwsHostOptions = {}): Host {
  checkOptions('uwsHost', hostOptionTable, options)
  const uws = loadUws()
  const messageLimit = new MessageLimit(options.maximumWebSocketMessageBytes)
  const apps: TemplatedApp[] = []
  let listenTokens: us_listen_socket[] = []

  return {
    name: 'uWebSockets.js',
    trustedProxies: options.trustedProxies && new TrustedProxies(options.trustedProxies),

    admitMessages(needs: MessageNeeds): void {
      messageLimit.admit(needs, apps.length > 0)
    },

    async listen(options: ListenOptions, handler: HostHandler, log?: RecurringLog): Promise<number> {
      const { port, hostname, tls, shared = false } = options
      const app = tls === undefined ? uws.App() : uws.SSLApp(tlsOptions(tls))
      const proxyWarning = new ProxyWarning(log)
      const scheme = tls === undefined ? 'http' : 'https'
      const serve = (response: HttpResponse, request: HttpRequest, context?: us_socket_context_t) => {
        const copy = copyRequest(response, request, scheme)
        if (context === undefined) proxyWarning.look(copy)
        const exchange = new UwsExchange(response, copy, context)
        handler(exchange)
        // Before the callback returns a request must have been answered or have someone to tell when the peer goes
        // away.
        if (!exchange.isOver) exchange.outliveRequest()
      }
      app.ws('/*', { ...socketBehavior(messageLimit.bytes), upgrade: serve })
      app.any('/*', (response, request) => serve(response, request))
      const listen = (wanted: number) =>
        new Promise<us_listen_socket | false>(resolve =>
          (app.listen as unknown as ListenWithOptions).call(
            app,
            hostname,
            wanted,
            shared ? portOptions.shared : portOptions.exclusive,
            resolve,
          ),
        )
      let token = await listen(port)
      if (port === 0 && token !== false) {
        // A port that the system chose cannot be bound again for a minute, one that was asked for can: so ask for it.
        const chosen = uws.us_socket_local_port(token)
        uws.us_listen_socket_close(token)
        token = await listen(chosen)
      }
      if (token === false)
        throw new ConfigurationError(
          'port',
          `Cannot listen on ${hostname}:${port}: the port is taken or not allowed, or the address is none of this machine.`,
        )
      apps.push(app)
      listenTokens.push(token)
      return uws.us_socket_local_port(token)
    },

    stopListening(): void {
      for (const token of listenTokens) uws.us_listen_socket_close(token)
      listenTokens = []
    },

    terminate(): void {
      this.stopListening()
      for (const app of apps) app.close()
      apps.length = 0
    },
  }
}

/**
 * Values of the native module: LIBUS_LISTEN_DEFAULT and LIBUS_LISTEN_EXCLUSIVE_PORT, by which a taken port is an error.
 */
const portOptions = { shared: 0, exclusive: 1 } as const

/** Its types leave out the form with a host and options. */
type ListenWithOptions = (
  hostname: string,
  port: number,
  options: number,
  done: (token: us_listen_socket | false) => void,
) => TemplatedApp

function tlsOptions({
  certificateFile,
  keyFile,
  passphrase,
  ...others
}: NonNullable<ListenOptions['tls']>): AppOptions {
  // It could ask for certificates (`ca_file_name`), and then there is no way to see them.
  for (const option of ['clientCertificateAuthorityFile', 'clientCertificateMode'] as const)
    if (others[option] !== undefined)
      throw new ConfigurationError(
        option,
        `${option}: uWebSockets.js does not show the certificates of clients. Set host to nodeHost().`,
      )
  return {
    cert_file_name: certificateFile,
    key_file_name: keyFile,
    ...(passphrase === undefined ? undefined : { passphrase }),
  }
}
