import { randomFillSync } from 'node:crypto'
import type { Node } from '@signalbox/abstractions'

const idBytes = 16
/** One call into the random generator serves 256 ids. */
const pool = Buffer.allocUnsafeSlow(idBytes * 256)
let used = pool.length

/**
 * 16 random bytes as base64url: 22 characters that need no escaping, since clients paste them into the URL as they are.
 * @source HttpConnectionManager.MakeNewConnectionId
 */
export function newConnectionId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const id = pool.toString('base64url', used, used + idBytes)
  pool.fill(0, used, used + idBytes) // a token must not be found in memory longer than needed
  used += idBytes
  return id
}

/** What a node puts behind its tokens, so that another node knows whose they are: six characters of the alphabet of ids. */
export const nodeTagOf = ({ id }: Node): string => Buffer.from(id.slice(0, 10), 'hex').toString('base64url').slice(0, 6)

/**
 * The secret of a connection. With a tag it names its node as well: `<22 characters>.<tag>`. The random part alone is
 * the secret; whoever invents a tag gets no further than with an unknown id.
 */
export const newConnectionToken = (nodeTag: string | undefined): string =>
  nodeTag === undefined ? newConnectionId() : `${newConnectionId()}.${nodeTag}`

const taggedToken = /^[\w-]{22}\.([\w-]{6})$/

/** @returns the tag of the node that has made a token; undefined for one without, and for what is no token. */
export const nodeTagIn = (token: string): string | undefined => taggedToken.exec(token)?.[1]
