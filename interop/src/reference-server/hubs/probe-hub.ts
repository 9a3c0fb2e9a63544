import { authorize, HubException, hubMethod, stream } from 'signalbox'
import { z } from 'zod'
import { InvalidOperationException, NotSupportedException } from './clr-exceptions.js'
import { int, nullableText, text } from './clr-types.js'
import { int32Answer } from './int32-answer.js'
import { gates, journal } from './probe-life-cycle.js'
import { ProbeStreams } from './probe-streams.js'

/**
 * What the conformance lists need from a server besides the other hubs: corners of dispatch, and what happened where no
 * client can look. The life cycle and the streams are in files of their own.
 */
export class ProbeHub extends ProbeStreams {
  static readonly hubName = 'Signalbox.Interop.ProbeHub'

  #field: string | null = null

  @hubMethod(nullableText)
  Echo(message: string | null): string | null {
    return message
  }

  @hubMethod(text)
  GetEvents(key: string): readonly string[] {
    return journal.read(key)
  }

  @hubMethod(text, nullableText)
  SetItem(name: string, value: string | null): void {
    this.context.items.set(name, value)
  }

  @hubMethod(text)
  GetItem(name: string): unknown {
    return this.context.items.get(name) ?? null
  }

  @hubMethod(nullableText)
  SetField(value: string | null): void {
    this.#field = value
  }

  @hubMethod
  GetField(): string | null {
    return this.#field
  }

  @hubMethod(z.unknown())
  EchoValues(values: unknown): unknown {
    return values
  }

  /** To whatever protocol that connection speaks. */
  @hubMethod(text, z.unknown())
  SendValues(connectionId: string, values: unknown): Promise<void> {
    return this.clients.client(connectionId).Values(values)
  }

  @hubMethod({ name: 'renamed' })
  Original(): string {
    return 'renamed'
  }

  @hubMethod(int, text)
  TwoArguments(a: number, b: string): string {
    return `${a}:${b}`
  }

  @hubMethod(int, int)
  WithDefault(a: number, b = 2): number {
    return a + b
  }

  @hubMethod
  VoidMethod(): void {}

  @hubMethod
  async TaskMethod(): Promise<void> {}

  @hubMethod
  ReturnUnserializable(): object {
    return {
      get Value() {
        throw new NotSupportedException('This value cannot be serialized.')
      },
    }
  }

  @hubMethod
  ThrowEmptyMessage(): void {
    throw new InvalidOperationException('')
  }

  @hubMethod(text)
  ThrowSubclassedHubException(message: string): void {
    throw new ProbeHubException(message)
  }

  @hubMethod
  @authorize('admin')
  Guarded(): string {
    return 'guarded'
  }

  @hubMethod
  @authorize('admin')
  async *GuardedStream(): AsyncGenerator<string> {
    yield 'guarded'
  }

  @hubMethod(text)
  async BlockUntilReleased(key: string): Promise<void> {
    journal.record(key, 'blocked')
    await gates.wait(key)
    journal.record(key, 'released')
  }

  /** Never reads, and returns when released. */
  @hubMethod(text, stream(int))
  HoldUpload(key: string): Promise<void> {
    return this.BlockUntilReleased(key)
  }

  @hubMethod(text)
  Release(key: string): void {
    gates.release(key)
  }

  @hubMethod(int)
  async SendThenReturn(count: number): Promise<number> {
    for (let number = 0; number < count; number++) await this.clients.caller.Message(number)
    return count
  }

  /** Gives the question up when released. */
  @hubMethod(text)
  async AskUntilReleased(key: string): Promise<number> {
    const controller = new AbortController()
    const answer = int32Answer(this.clients.caller.invokeWith({ signal: controller.signal }).Ask(0))
    // Whatever comes of it before the release waits for that.
    answer.catch(() => {})
    await gates.wait(key)
    controller.abort()
    return answer
  }
}

class ProbeHubException extends HubException {}
