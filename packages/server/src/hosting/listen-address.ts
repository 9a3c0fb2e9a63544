import {
  ConfigurationError,
  checkOptions,
  type OptionKind,
  type OptionTable,
  printable,
  trueOrFalse,
  withDefaults,
} from '@signalbox/abstractions'
import { type ListenOptions, type TlsFiles, tlsFileTable } from '@signalbox/connections'

/** Where a server listens. */
export interface ServerAddress {
  /** For example `http://127.0.0.1:5000`, or `http://[::1]:5000`. */
  readonly url: string
  readonly hostname: string
  readonly port: number
}

/** Where a server shall listen. */
export interface ListenAddress {
  /** 0 takes a free one. Default 5000. */
  port?: number
  /**
   * This machine only, by default. Every address of it: `0.0.0.0`, or `::` for IPv6 too; in a container it has to be
   * one of these. Default 127.0.0.1.
   */
  hostname?: string
  /** Serves HTTPS and WSS. Default HTTP and WS. */
  tls?: TlsFiles
  /**
   * Several processes listen on the port, each with this option, and the system shares new connections out among them
   * (SO_REUSEPORT); on node:http that takes node:cluster, or Node 23.1. Without it a port that is taken is an error.
   * Default false.
   */
  shared?: boolean
}

/** JavaScript may pass anything, and hosts make something of it: a port modulo 65,536, a Unix socket called 'abc'. */
const takesPort: OptionKind<number> = {
  description: 'a whole number from 0 to 65,535',
  check(port) {
    if (!Number.isInteger(port) || (port as number) < 0 || (port as number) > 65_535)
      throw new ConfigurationError(
        'port',
        `port must be a whole number from 0 to 65,535, but is ${shown(port)}.${portHint(port)}`,
      )
  },
}

const takesHostname: OptionKind<string> = {
  description: "a name or an IP address, such as 'localhost', '0.0.0.0' or '::'",
  check(hostname) {
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
  },
}

export const listenAddressTable = {
  port: { takes: takesPort, doc: '0 takes a free one.', default: 5000, defaultText: '5000' },
  hostname: {
    takes: takesHostname,
    doc:
      'This machine only, by default. Every address of it: `0.0.0.0`, or `::` for IPv6 too; in a container it has to be' +
      ' one of these.',
    default: '127.0.0.1',
  },
  tls: {
    takes: {
      description: 'an object with certificateFile and keyFile',
      check: tls => checkOptions('tls', tlsFileTable, tls),
    },
    doc: 'Serves HTTPS and WSS.',
    defaultText: 'HTTP and WS',
  },
  shared: {
    takes: trueOrFalse,
    doc:
      'Several processes listen on the port, each with this option, and the system shares new connections out among' +
      ' them (SO_REUSEPORT); on node:http that takes node:cluster, or Node 23.1. Without it a port that is taken is an' +
      ' error.',
    default: false,
    otherNames: ['reusePort', 'exclusive'],
  },
} satisfies OptionTable<ListenAddress>

/** @throws ConfigurationError that names what is wrong and what to write instead. */
export function resolveListenAddress(
  address: { [Name in keyof ListenAddress]: ListenAddress[Name] | undefined },
): ListenOptions {
  checkOptions('listen', listenAddressTable, address)
  return withDefaults<ListenAddress, typeof listenAddressTable>(listenAddressTable, address as ListenAddress)
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
