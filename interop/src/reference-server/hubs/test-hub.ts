import { setTimeout as delay } from 'node:timers/promises'
import { Hub, type HubContext, HubException, hubMethod, type Invocation, stream } from 'signalbox'
import { FormatException, InvalidOperationException } from './clr-exceptions.js'
import { int, nullableText, text } from './clr-types.js'
import { concatenate } from './concatenate.js'
import { int32Answer } from './int32-answer.js'
import {
  type ComplexObject,
  type CustomObject,
  complexObject,
  customObject,
  sampleComplexObject,
} from './test-hub-objects.js'
import { whenAborted } from './when-aborted.js'

interface TestClient {
  Message(message: string | null): void
  CustomObject(customObject: CustomObject): void
  StreamCanceled(): void
  Ask(number: number): unknown
  Result(): unknown
}

/** What the functional tests of the official clients call. */
export class TestHub extends Hub<TestClient> {
  static readonly hubName = 'Signalbox.Interop.TestHub'

  /** The hub from outside its calls; here because hubs are created without arguments. */
  static hubContext: HubContext<TestClient>

  @hubMethod(nullableText)
  Echo(message: string | null): string | null {
    return message
  }

  @hubMethod
  GetCallerConnectionId(): string {
    return this.context.connectionId
  }

  @hubMethod
  GetNumRedirects(): number {
    const count = this.context.httpRequest.query('numRedirects') ?? ''
    if (/^\d+$/.test(count)) return Number(count)
    throw new FormatException(`The input string '${count}' was not in a correct format.`)
  }

  @hubMethod(text)
  ThrowException(message: string): void {
    throw new InvalidOperationException(message)
  }

  @hubMethod(text)
  ThrowHubException(message: string): void {
    throw new HubException(message)
  }

  @hubMethod(nullableText)
  InvokeWithString(message: string | null): Promise<void> {
    return this.clients.caller.Message(message)
  }

  @hubMethod(customObject)
  SendCustomObject(object: CustomObject): Promise<void> {
    return this.clients.caller.CustomObject(object)
  }

  @hubMethod
  async *Stream(): AsyncGenerator<string> {
    yield 'a'
    yield 'b'
    yield 'c'
  }

  @hubMethod({ streams: true })
  EmptyStream(): string[] {
    return []
  }

  /** Not the stream fails but the method, before there is one. */
  @hubMethod({ streams: true, arguments: [text] })
  StreamThrowException(message: string): AsyncIterable<string> {
    throw new InvalidOperationException(message)
  }

  @hubMethod(text)
  async *StreamThenThrow(message: string): AsyncGenerator<number> {
    yield 1
    throw new InvalidOperationException(message)
  }

  // biome-ignore lint/correctness/useYield: it never gets to an item
  @hubMethod({ arguments: 0 })
  async *InfiniteStream({ signal }: Invocation): AsyncGenerator<number> {
    await whenAborted(signal)
    await TestHub.hubContext.clients.client(this.context.connectionId).StreamCanceled()
  }

  @hubMethod(stream(nullableText))
  StreamingConcat(parts: AsyncIterable<string | null>): Promise<string> {
    return concatenate(parts)
  }

  @hubMethod
  GetActiveTransportName(): string {
    return this.context.features.transport
  }

  @hubMethod(complexObject)
  EchoComplexObject(object: ComplexObject): ComplexObject {
    return object
  }

  @hubMethod
  SendComplexObject(): ComplexObject {
    return sampleComplexObject
  }

  @hubMethod(text)
  GetHeader(name: string): string | null {
    return this.context.httpRequest.header(name) ?? null
  }

  @hubMethod
  GetContentTypeHeader(): string | null {
    return this.context.httpRequest.header('Content-Type') ?? null
  }

  @hubMethod(text)
  GetCookie(name: string): string | null {
    return this.context.httpRequest.cookie(name) ?? null
  }

  @hubMethod
  Abort(): void {
    this.context.abort()
  }

  @hubMethod(int)
  async Wait(milliseconds: number): Promise<void> {
    await delay(milliseconds)
  }
  @hubMethod(int)
  AskCaller(number: number): Promise<number> {
    return int32Answer(this.clients.caller.invoke.Ask(number))
  }
}
