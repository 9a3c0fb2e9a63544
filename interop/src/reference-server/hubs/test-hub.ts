import { setTimeout as delay } from 'node:timers/promises'
import { Hub, HubException, hubMethod } from 'signalbox'
import { FormatException, InvalidOperationException } from './clr-exceptions.js'
import { int, nullableText, text } from './clr-types.js'
import {
  type ComplexObject,
  type CustomObject,
  complexObject,
  customObject,
  sampleComplexObject,
} from './test-hub-objects.js'

interface TestClient {
  Message(message: string | null): void
  CustomObject(customObject: CustomObject): void
}

/** What the functional tests of the official clients call. */
export class TestHub extends Hub<TestClient> {
  static readonly hubName = 'Signalbox.Interop.TestHub'

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
}
