import type { TransportName } from '../clients/client-kinds.js'

/**
 * A version of Microsoft's .NET client, and what it can be tried with; interop/dotnet/Client/README.md has the table.
 */
export interface ClientVersion {
  readonly version: string
  /** Where Microsoft's MessagePack package of the same version cannot be had. */
  readonly messagePackVersion?: string
  readonly chunks: readonly Chunk[]
}

/** The scenarios of one transport and protocol. */
export interface Chunk {
  readonly transport: TransportName
  readonly protocol: 'json' | 'messagepack'
}

const jsonChunks: readonly Chunk[] = [
  { transport: 'WebSockets', protocol: 'json' },
  { transport: 'ServerSentEvents', protocol: 'json' },
  { transport: 'LongPolling', protocol: 'json' },
]

// Server-Sent Events carry text only.
export const allChunks: readonly Chunk[] = [
  ...jsonChunks,
  { transport: 'WebSockets', protocol: 'messagepack' },
  { transport: 'LongPolling', protocol: 'messagepack' },
]

/** What `dotnet build` builds without being told a version. */
export const defaultVersion: ClientVersion = { version: '10.0.14', chunks: allChunks }

export const clientVersions: readonly ClientVersion[] = [
  { version: '8.0.34', messagePackVersion: '9.0.20', chunks: allChunks },
  { version: '9.0.22', chunks: allChunks },
  defaultVersion,
  { version: '11.0.0', messagePackVersion: '10.0.14', chunks: jsonChunks },
]
