import { ReadableStream } from 'node:stream/web'
import type { HubInvocation } from '../dispatch/hub-invocation.js'

/** Anything that yields items one after another: async iterables, ReadableStream among them, and plain iterables. */
export function asAsyncIterator(value: unknown): AsyncIterator<unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof ReadableStream) return readEach(value)
  const { [Symbol.asyncIterator]: asynchronous, [Symbol.iterator]: synchronous } = value as Partial<
    AsyncIterable<unknown> & Iterable<unknown>
  >
  if (asynchronous !== undefined) return asynchronous.call(value)
  return synchronous === undefined ? undefined : awaitEach(value as Iterable<unknown>)
}

/** Its own iterator could not return while a read waits; a reader that cancels can. */
function readEach(stream: ReadableStream): AsyncIterator<unknown> {
  const reader = stream.getReader()
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    return: async () => {
      await reader.cancel()
      return { done: true, value: undefined }
    },
  }
}

/** Items of a plain iterable may be promises. */
async function* awaitEach(items: Iterable<unknown>): AsyncGenerator<unknown> {
  yield* items
}

/**
 * Sends the items of a stream, each only once the connection has taken those before it: a slow client slows the
 * producer.
 * @returns at the end, also at one that the client asked for or that its leaving caused; rejects with what the producer
 * throws otherwise, or with why an item cannot be serialized.
 * @source DefaultHubDispatcher.StreamAsync
 */
export async function streamItems(invocation: HubInvocation, iterator: AsyncIterator<unknown>): Promise<void> {
  const { connection, invocationId = '' } = invocation
  const write = connection.output.createStreamItemWriter(invocationId)
  // An iterator that knows nothing of the signal is told to return; what it does in reply is its own affair.
  let isStopped = false
  const stop = () => {
    isStopped = true
    void returnQuietly(iterator)
  }
  if (invocation.isCancelled) stop()
  else invocation.onCancelled = stop
  try {
    for (let item = await iterator.next(); item.done !== true; item = await iterator.next()) {
      if (connection.isAborted) return
      try {
        write(item.value)
      } catch (error) {
        void returnQuietly(iterator) // the producer must not wait for a next that never comes
        throw error
      }
      const drained = connection.output.drained()
      if (drained !== undefined) await drained
      if (isStopped) return // asked once more after its return, an iterator may never answer
    }
  } catch (error) {
    if (!isCancellation(invocation, error)) throw error
  } finally {
    invocation.onCancelled = undefined
  }
}

/** What ends a stream because it was cancelled is no error; any other error after a cancel is reported as usual. */
const isCancellation = (invocation: HubInvocation, error: unknown): boolean =>
  invocation.isCancelled &&
  (error === invocation.signal.reason || (error instanceof Error && error.name === 'AbortError'))

async function returnQuietly(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.()
  } catch {
    // It was told to stop, and nobody is left to hear how it took it.
  }
}
