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

// Streams

export function invokeStream(invocationId: string, target: string, ...args: readonly unknown[]): string {
  return record(JSON.stringify({ type: 4, invocationId, target, arguments: args }))
}

/** A call whose streams come behind it. */
export function upload(
  invocationId: string,
  target: string,
  streamIds: readonly string[],
  ...args: readonly unknown[]
): string {
  return record(JSON.stringify({ type: 1, invocationId, target, arguments: args, streamIds }))
}

export const uploadItem = (streamId: string, item: unknown): string =>
  record(JSON.stringify({ type: 2, invocationId: streamId, item }))

export const uploadEnd = (streamId: string, error?: string): string =>
  record(JSON.stringify({ type: 3, invocationId: streamId, error }))

export const cancel = (invocationId: string): string => record(JSON.stringify({ type: 5, invocationId }))

/** What the server sends of a stream. */
export const streamItem = (invocationId: string, item: unknown): string =>
  JSON.stringify({ type: 2, invocationId, item })

/** The end of a stream that succeeded: neither error nor result. */
export const streamEnd = (invocationId: string): string => JSON.stringify({ type: 3, invocationId })

// Client results

/** What the server asks a client. */
export const question = (invocationId: string, target: string, ...args: readonly unknown[]): string =>
  JSON.stringify({ type: 1, invocationId, target, arguments: args })

export const answer = (invocationId: string, value: unknown): string => record(result(invocationId, value))

export const refusal = (invocationId: string, error: string): string => record(failure(invocationId, error))

// Stateful reconnect

/** The handshake of a client that can resume. */
export const resumableHandshakeRequest = record('{"protocol":"json","version":2}')

/** As both sides write it, without the separator. */
export const ack = (sequenceId: number): string => JSON.stringify({ type: 8, sequenceId })

export const sequence = (sequenceId: number): string => JSON.stringify({ type: 9, sequenceId })
