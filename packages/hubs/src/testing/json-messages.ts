// What a client writes and reads, as text and apart from the codec, so that a test shows the wire.

export const record = (json: string): string => `${json}\x1e`

export const handshakeRequest = record('{"protocol":"json","version":1}')
export const ping = record('{"type":6}')
export const close = record('{"type":7}')

export function invoke(invocationId: string, target: string, ...args: readonly unknown[]): string {
  return record(JSON.stringify({ type: 1, invocationId, target, arguments: args }))
}

/** A call that is never answered. */
export function send(target: string, ...args: readonly unknown[]): string {
  return record(JSON.stringify({ type: 1, target, arguments: args }))
}

/** The answer to a call that succeeded. */
export const result = (invocationId: string, value: unknown): string =>
  JSON.stringify({ type: 3, invocationId, result: value })

/** The answer to a call that failed. */
export const failure = (invocationId: string, error: string): string => JSON.stringify({ type: 3, invocationId, error })

/** What the server calls on a client. */
export const invocation = (target: string, ...args: readonly unknown[]): string =>
  JSON.stringify({ type: 1, target, arguments: args })
