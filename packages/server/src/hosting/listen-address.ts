import { ConfigurationError, checkOptions, type OptionTable, oneOf, printable, text } from '@signalbox/abstractions'
import type { TlsFiles } from '@signalbox/connections'

/** Where a server listens. */
export interface ServerAddress {
  /** For example `http://127.0.0.1:5000`, or `http://[::1]:5000`. */
  readonly url: string
  readonly hostname: string
  readonly port: number
}

/**
 * JavaScript may pass anything, and hosts make something of it: a port modulo 65,536, a Unix socket called 'abc'.
 * @throws ConfigurationError that names what is wrong and what to write instead.
 */
export function checkListenAddress(port: unknown, hostname: unknown): void {
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
export function checkTls(tls: TlsFiles | undefined): void {
  if (tls === undefined) return
  checkOptions('tls', tlsTable, tls)
  for (const name of ['certificateFile', 'keyFile'] as const)
    if (tls[name] === undefined) throw new ConfigurationError(name, `tls needs ${name}, the path of a PEM file.`)
}

export const serverAddress = (scheme: 'http' | 'https', hostname: string, port: number): ServerAddress => ({
  url: `${scheme}://${hostname.includes(':') ? `[${withoutZone(hostname)}]` : hostname}:${port}`,
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
  if (typeof port === 'object' && port !== null) return ' Write listen(port, hostname).'
  return ''
}

const hostnameHint = (hostname: unknown): string =>
  typeof hostname === 'function' ? ' There is no callback: listen returns a promise.' : ''
