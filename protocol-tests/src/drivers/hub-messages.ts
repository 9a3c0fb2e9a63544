/**
 * Hub messages in JSON, with the members in the order in which ASP.NET Core writes them. Checks about the text itself
 * spell theirs out.
 * @source HubProtocol.md, JSON encoding
 */

/** The handshake request, with its record separator. It is answered by `{}`. */
export const handshake = '{"protocol":"json","version":1}\x1e'

export const invocation = (invocationId: string, target: string, ...args: readonly unknown[]) => ({
  type: 1,
  invocationId,
  target,
  arguments: args,
})

/** Nobody waits for its Completion, so it has none. */
export const invocationWithoutId = (target: string, ...args: readonly unknown[]) => ({
  type: 1,
  target,
  arguments: args,
})

/** A call with one stream from the client, whose id is `s`. */
export const uploadInvocation = (invocationId: string, target: string, ...args: readonly unknown[]) => ({
  ...invocation(invocationId, target, ...args),
  streamIds: ['s'],
})

export const streamInvocation = (invocationId: string, target: string, ...args: readonly unknown[]) => ({
  type: 4,
  invocationId,
  target,
  arguments: args,
})

export const cancelInvocation = (invocationId: string) => ({ type: 5, invocationId })

export const streamItem = (invocationId: string, item: unknown) => ({ type: 2, invocationId, item })

/** The end of a stream, from either side. */
export const completed = (invocationId: string) => ({ type: 3, invocationId })

export const completedWith = (invocationId: string, result: unknown) => ({ type: 3, invocationId, result })

export const failedWith = (invocationId: string, error: string) => ({ type: 3, invocationId, error })

export const ack = (sequenceId: number) => ({ type: 8, sequenceId })

export const sequence = (sequenceId: number) => ({ type: 9, sequenceId })
