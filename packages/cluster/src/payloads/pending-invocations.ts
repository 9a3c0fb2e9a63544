import { InvalidPayloadError, PayloadReader } from './payload-reader.js'
import { PayloadWriter } from './payload-writer.js'

/** A client of another node has been invoked, and its result is waited for. */
export interface PendingInvocation {
  readonly connectionId: string
  readonly invocationId: string
}

/**
 * The invocations a node waits for. The bus may have taken one for a node that then lost its connection, and was back
 * before anybody missed it: then only that node can tell that the invocation has not arrived. Only nodes of Signalbox
 * write and read this.
 */
export interface PendingInvocations {
  /** Where the results are waited for. */
  readonly returnChannel: string
  readonly invocations: readonly PendingInvocation[]
}

export function writePendingInvocations({ returnChannel, invocations }: PendingInvocations): Buffer {
  const writer = new PayloadWriter()
    .arrayLength(2)
    .string(returnChannel)
    .arrayLength(2 * invocations.length)
  for (const { connectionId, invocationId } of invocations) writer.string(connectionId).string(invocationId)
  return writer.bytes
}

/** @throws InvalidPayloadError */
export function readPendingInvocations(payload: Buffer): PendingInvocations {
  const reader = new PayloadReader(payload)
  reader.arrayOfAtLeast(2)
  const returnChannel = reader.string()
  if (returnChannel === undefined) throw new InvalidPayloadError('A node does not say where it waits for results.')
  const invocations: PendingInvocation[] = []
  for (let left = reader.arrayLength(); left >= 2; left -= 2)
    invocations.push({ connectionId: reader.string() ?? '', invocationId: reader.string() ?? '' })
  return { returnChannel, invocations }
}
