import { randomFillSync } from 'node:crypto'

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
