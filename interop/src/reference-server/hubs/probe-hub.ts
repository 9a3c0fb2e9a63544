import { HubException, hubMethod } from 'signalbox'
import { InvalidOperationException, NotSupportedException } from './clr-exceptions.js'
import { int, nullableText, text } from './clr-types.js'
import { gates, journal, ProbeLifeCycle } from './probe-life-cycle.js'

/**
 * What the conformance lists need from a server besides the other hubs: corners of dispatch, and what happened where no client
 * can look.
 */
export class ProbeHub extends ProbeLifeCycle {
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

  @hubMethod(text)
  async BlockUntilReleased(key: string): Promise<void> {
    journal.record(key, 'blocked')
    await gates.wait(key)
    journal.record(key, 'released')
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
}

class ProbeHubException extends HubException {}
