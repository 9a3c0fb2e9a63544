import type { ProtocolName } from '../clients/client-kinds.js'
import type { ClusterName } from './clusters.js'

/** Microsoft's client in one of its languages. */
export interface ClusterClientKind {
  readonly language: 'JavaScript' | '.NET'
  readonly protocol: ProtocolName
}

export const protocolColumns = ['JSON', 'MessagePack', 'mixed'] as const
export type ProtocolColumn = (typeof protocolColumns)[number]

/** Which clients play the parts of a check. */
export interface LineUp {
  readonly title: string
  /** The prefix changes no message, so not everything is tried with and without. */
  readonly clusters: readonly ClusterName[]
  /** The column of the table. */
  readonly protocol: ProtocolColumn
  readonly caller: ClusterClientKind
  /** On the caller's server. */
  readonly near: ClusterClientKind
  /** The two on the other server. */
  readonly far: ClusterClientKind
  readonly other: ClusterClientKind
}

const jsonInJavaScript: ClusterClientKind = { language: 'JavaScript', protocol: 'json' }
const messagePackInJavaScript: ClusterClientKind = { language: 'JavaScript', protocol: 'messagepack' }
const jsonInDotnet: ClusterClientKind = { language: '.NET', protocol: 'json' }
const messagePackInDotnet: ClusterClientKind = { language: '.NET', protocol: 'messagepack' }

const all = (kind: ClusterClientKind) => ({ caller: kind, near: kind, far: kind, other: kind })

export const lineUps: readonly LineUp[] = [
  { title: 'JavaScript clients with JSON', clusters: ['plain'], protocol: 'JSON', ...all(jsonInJavaScript) },
  { title: '.NET clients with JSON', clusters: ['prefixed'], protocol: 'JSON', ...all(jsonInDotnet) },
  {
    title: 'JavaScript clients with MessagePack',
    clusters: ['prefixed'],
    protocol: 'MessagePack',
    ...all(messagePackInJavaScript),
  },
  { title: '.NET clients with MessagePack', clusters: ['plain'], protocol: 'MessagePack', ...all(messagePackInDotnet) },
  {
    title: 'clients of both languages and protocols',
    clusters: ['plain', 'prefixed'],
    protocol: 'mixed',
    caller: jsonInJavaScript,
    near: jsonInDotnet,
    far: messagePackInDotnet,
    other: messagePackInJavaScript,
  },
]
