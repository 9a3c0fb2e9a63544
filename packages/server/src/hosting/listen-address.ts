import {
  ConfigurationError,
  checkOptions,
  type Option,
  type OptionTable,
  oneOf,
  printable,
  text,
  trueOrFalse,
} from '@signalbox/abstractions'
import type { ListenOptions, TlsFiles } from '@signalbox/connections'

/** Where a server listens. */
export interface ServerAddress {
  /** For example `http://127.0.0.1:5000`, or `http://[::1]:5000`. */
  readonly url: string
  readonly hostname: string
  readonly port: number
}

/** Where a server shall listen. */
export interface ListenAddress {
  /** Default 5000; 0 takes a free one. */
  port?: number
  /**
   * Default 127.0.0.1, this machine only. Every address of it: `0.0.0.0`, or `::` for IPv6 too; in a container it has to be one of these.
   */
  hostname?: string
  /** Serves HTTPS and WSS; default HTTP and WS. */
  tls?: TlsFiles
  /**
   * Several processes listen on the port, each with this option, and the system shares new connections out among them (SO_REUSEPORT). On
   * node:http that takes node:cluster, or Node 23.1. Default false: a port that is taken is an error.
   */
  shared?: boolean
}

/** Has a check of its own, with more to say. */
const checkedBelow: Option<never> = { takes: { description: 'as it has to be', check() {} } }

const table: OptionTable<ListenAddress> = {
  port: checkedBelow,
  hostname: checkedBelow,
  tls: checkedBelow,
  shared: { takes: trueOrFalse, otherNames: ['reusePort', 'exclusive'] },
}

/** @throws ConfigurationError that names what is wrong and what to write instead. */
export function resolveListenAddress(
  address: { [Name in keyof ListenAddress]: ListenAddress[Name] | undefined },
): ListenOptions {
  checkOptions('listen', table, address)
  const { port = 5000, hostname = '127.0.0.1', tls, shared = false } = address
  checkListenAddress(port, hostname)
  checkTls(tls)
  return { port, hostname, tls, shared }
}

/**
 * JavaScript may pass anything, and hosts make something of it: a port modulo 65,536, a Unix socket called 'abc'.
 * @throws ConfigurationError that names what is wrong and what to write instead.
 */
function checkListenAddress(port: unknown, hostname: unknown): void {
  if (!Number.isInteger(port) || (port as number) < 0 || (port as number) > 65_535)
    throw new ConfigurationError(
      'port',
      `port must be a whole number from 0 to 65,535, but is ${shown(port)}.${portHint(port)}`,
    )
  if (typeof hostname !== 'string')
    throw new ConfigurationError(
      'hostname',
      `hostname must be a text such as '0.0.0.0', but is ${shown(hostname)}.${hostnameHint(hostname)}`,
    )
  if (hostname === '' || /[\s/[\]]/.test(hostname))
    throw new ConfigurationError(
      'hostname',
      `hostname must be a name or an IP address without anything around it, such as 'localhost', '0.0.0.0' or '::', but is ${shown(hostname)}.`,
    )
}

const tlsTable: OptionTable<TlsFiles> = {
  certificateFile: { takes: text('the path of a PEM file'), otherNames: ['cert', 'crt'] },
  keyFile: { takes: text('the path of a PEM file') },
  passphrase: { takes: text() },
  clientCertificateAuthorityFile: { takes: text('the path of a PEM file'), otherNames: ['ca'] },
  clientCertificateMode: { takes: oneOf('AllowCertificate', 'RequireCertificate') },
}

/**
 * Node takes `key` and `cert` with their contents; without files a host would listen and fail every handshake.
 * @throws ConfigurationError that names what is wrong and what to write instead.
 */
function checkTls(tls: TlsFiles | undefined): void {
  if (tls === undefined) return
  checkOptions('tls', tlsTable, tls)
  for (const name of ['certificateFile', 'keyFile'] as const)
    if (tls[name] === undefined) throw new ConfigurationError(name, `tls needs ${name}, the path of a PEM file.`)
}

/** @param port - where it listens in fact. */
export const serverAddress = ({ hostname, tls }: ListenOptions, port: number): ServerAddress => ({
  url: `${tls === undefined ? 'http' : 'https'}://${hostname.includes(':') ? `[${withoutZone(hostname)}]` : hostname}:${port}`,
  hostname,
  port,
})

/** The interface of a link-local address has no place in a URL. */
const withoutZone = (address: string): string => address.split('%', 1)[0]!

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${printable(value)}'`
  return typeof value === 'number' || value === null || value === undefined ? String(value) : `of type ${typeof value}`
}

function portHint(port: unknown): string {
  if (typeof port === 'string') return ' A variable of the environment is a text: write Number(process.env.PORT).'
  return ''
}

const hostnameHint = (hostname: unknown): string =>
  typeof hostname === 'function' ? ' There is no callback: listen returns a promise.' : ''
