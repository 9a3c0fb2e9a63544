import { hubMethod, type Invocation, stream } from 'signalbox'
import { int, text } from './clr-types.js'
import { concatenate } from './concatenate.js'
import { EndlessChannel } from './endless-channel.js'
import { describeEnd } from './probe-journal.js'
import { gates, journal, ProbeLifeCycle } from './probe-life-cycle.js'
import { whenAborted } from './when-aborted.js'

/** Streams in both directions that wait, fail or are left unread. */
export abstract class ProbeStreams extends ProbeLifeCycle {
  /** Yields one item, then waits for cancellation and records it. */
  @hubMethod(text)
  async *StreamUntilCanceled(key: string, { signal }: Invocation): AsyncGenerator<number> {
    yield 0
    await whenAborted(signal)
    journal.record(key, 'canceled')
  }

  /** Yields one item, waits for the release, yields another, and ignores cancellation meanwhile. */
  @hubMethod(text)
  async *StreamUntilReleased(key: string): AsyncGenerator<number> {
    yield 0
    await gates.wait(key)
    yield 1
  }

  @hubMethod({ streams: true })
  EndlessChannel(): AsyncIterable<number> {
    return new EndlessChannel()
  }

  @hubMethod({ streams: true })
  NullStream(): null {
    return null
  }

  /** Both directions at once. */
  @hubMethod(stream(int))
  async *DoubleEach(numbers: AsyncIterable<number>): AsyncGenerator<number> {
    for await (const number of numbers) yield number * 2
  }

  /** Ordinary arguments on both sides of a stream. */
  @hubMethod(text, stream(text), text)
  async Surround(before: string, parts: AsyncIterable<string>, after: string): Promise<string> {
    return before + (await concatenate(parts)) + after
  }

  @hubMethod(stream(text), stream(text))
  async TwoUploads(first: AsyncIterable<string>, second: AsyncIterable<string>): Promise<string> {
    return `${await concatenate(first)}|${await concatenate(second)}`
  }

  /** Records each item as `item:N` and the end as `ended:null` or `ended:Type:message`, and returns the end. */
  @hubMethod(text, stream(int))
  async ReadUpload(key: string, numbers: AsyncIterable<number>): Promise<string> {
    const end = await readToEnd(key, numbers)
    journal.record(key, end)
    return end
  }

  /** Returns at once without reading. */
  @hubMethod(stream(int))
  IgnoreUpload(): string {
    return 'ignored'
  }
}

async function readToEnd(key: string, numbers: AsyncIterable<number>): Promise<string> {
  try {
    for await (const number of numbers) journal.record(key, `item:${number}`)
    return describeEnd('ended', undefined)
  } catch (error) {
    return describeEnd('ended', error as Error)
  }
}
