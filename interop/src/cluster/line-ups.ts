import type { ClusterClientKind } from './cluster-client.js'

/** Which clients play the parts of a check. */
export interface LineUp {
  readonly title: string
  /** The column of the table. */
  readonly protocol: 'JSON' | 'MessagePack' | 'mixed'
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
  { title: 'JavaScript clients with JSON', protocol: 'JSON', ...all(jsonInJavaScript) },
  { title: '.NET clients with JSON', protocol: 'JSON', ...all(jsonInDotnet) },
  { title: 'JavaScript clients with MessagePack', protocol: 'MessagePack', ...all(messagePackInJavaScript) },
  { title: '.NET clients with MessagePack', protocol: 'MessagePack', ...all(messagePackInDotnet) },
  {
    title: 'clients of both languages and protocols',
    protocol: 'mixed',
    caller: jsonInJavaScript,
    near: jsonInDotnet,
    far: messagePackInDotnet,
    other: messagePackInJavaScript,
  },
]
