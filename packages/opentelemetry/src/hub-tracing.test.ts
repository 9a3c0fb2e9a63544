import { context, propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { anonymous } from '@signalbox/abstractions'
import { type TestConnection, TestServer } from '@signalbox/conformance'
import { TraceSdk } from '@signalbox/conformance/opentelemetry'
import { Hub, HubException } from '@signalbox/hubs'
import { expect } from 'chai'
import { HubTracing } from './hub-tracing.js'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'
const traceparent = `00-${traceId}-${spanId}-01`

class OutOfStock extends Error {}

const startChild = (name: string): void => trace.getTracer('application').startSpan(name).end()

class ShopHub extends Hub {
  static readonly hubName = 'Shop.ShopHub'
  static readonly hubMethods = {
    buy: { name: 'Buy', arguments: 1 },
    work: 0,
    baggage: 0,
    failNow: 0,
    failLater: 0,
    failOddly: 0,
    refuse: 0,
    count: 0,
    countAndFail: 0,
    countForEver: 0,
    secret: { authorize: true },
    notAStream: { streams: true },
  } as const

  buy(item: string): string {
    return item
  }
  async work(): Promise<void> {
    startChild('before')
    await new Promise(setImmediate)
    startChild('after')
  }
  baggage(): string | undefined {
    return propagation.getActiveBaggage()?.getEntry('tenant')?.value
  }
  failNow(): void {
    throw new OutOfStock()
  }
  async failLater(): Promise<void> {
    throw new OutOfStock()
  }
  failOddly(): void {
    throw undefined
  }
  refuse(): void {
    throw new HubException('no')
  }
  async *count(): AsyncGenerator<number> {
    yield 1
    await new Promise(setImmediate)
    startChild('while streaming')
    yield 2
  }
  async *countAndFail(): AsyncGenerator<number> {
    yield 1
    throw new OutOfStock()
  }
  async *countForEver(): AsyncGenerator<number> {
    for (let number = 1; ; number++) {
      yield number
      await new Promise(setImmediate)
    }
  }
  secret(): void {}
  notAStream(): number {
    return 1
  }
}

describe('hub tracing', () => {
  let sdk: TraceSdk
  let connection: TestConnection

  beforeEach(() => {
    sdk = new TraceSdk()
  })

  afterEach(() => sdk.shutdown())

  const serve = (hubClass: new () => Hub = ShopHub): TestServer =>
    new TestServer(hubClass, {}, undefined, new HubTracing())

  /** A message goes out and the answer comes; returns the answer. */
  async function roundTrip(message: object): Promise<string> {
    connection.receive(`${JSON.stringify({ arguments: [], ...message })}\x1e`)
    return connection.nextSent()
  }

  const call = (target: string, more: object = {}): Promise<string> =>
    roundTrip({ type: 1, invocationId: '1', target, ...more })

  async function stream(target: string): Promise<string[]> {
    const messages = [await roundTrip({ type: 4, invocationId: '1', target })]
    while (!messages.at(-1)!.startsWith('{"type":3')) messages.push(await connection.nextSent())
    return messages
  }

  /** Connects while the request that opens the connection has a span of its own. */
  function connectWithin(request: Span, server: TestServer): TestConnection {
    return context.with(trace.setSpan(ROOT_CONTEXT, request), () => server.connect())
  }

  describe('a call', () => {
    beforeEach(() => {
      connection = serve().connect()
    })

    it('is a server span with the names ASP.NET Core gives it', async () => {
      await call('Buy', { arguments: ['tea'] })
      const span = sdk.span('Shop.ShopHub/Buy')
      expect(span.instrumentationScope.name).to.equal('Microsoft.AspNetCore.SignalR.Server')
      expect(span.kind).to.equal(SpanKind.SERVER)
      expect(span.attributes).to.deep.equal({
        'rpc.system': 'signalr',
        'rpc.service': 'Shop.ShopHub',
        'rpc.method': 'Buy',
      })
      expect(span.status).to.deep.equal({ code: SpanStatusCode.UNSET })
      expect(span.links).to.deep.equal([])
    })

    it('is named as registered, whatever case the client used', async () => {
      await call('bUY', { arguments: ['tea'] })
      expect(sdk.span('Shop.ShopHub/Buy').attributes['rpc.method']).to.equal('Buy')
    })

    it('has a span also when it wants no answer', async () => {
      connection.receive('{"type":1,"target":"Buy","arguments":["tea"]}\x1e')
      await call('work')
      expect(sdk.span('Shop.ShopHub/Buy').ended).to.equal(true)
    })

    it('has ended its span when its answer is written', async () => {
      const endedAtAnswer: number[] = []
      const send = connection.sendText.bind(connection)
      connection.sendText = text => {
        endedAtAnswer.push(sdk.spans.filter(({ name }) => name.endsWith('work')).length)
        send(text)
      }
      await call('work')
      expect(endedAtAnswer).to.deep.equal([1])
    })

    it('continues the trace that its headers name', async () => {
      await call('work', { headers: { traceparent, tracestate: 'vendor=1' } })
      const span = sdk.span('Shop.ShopHub/work')
      expect(span.spanContext().traceId).to.equal(traceId)
      expect(span.parentSpanContext).to.include({ spanId, isRemote: true })
      expect(span.spanContext().traceState?.serialize()).to.equal('vendor=1')
    })

    it('lets its method see the baggage that its headers bring', async () => {
      const answer = await call('baggage', { headers: { traceparent, baggage: 'tenant=acme' } })
      expect(answer).to.equal('{"type":3,"invocationId":"1","result":"acme"}')
    })

    it('begins a trace without headers, and with such as make no sense', async () => {
      await call('Buy', { arguments: ['tea'] })
      await call('work', { headers: { traceparent: 'nonsense' } })
      for (const name of ['Buy', 'work']) expect(sdk.span(`Shop.ShopHub/${name}`).parentSpanContext).to.equal(undefined)
    })

    it('is the parent of spans its method starts, before and after it has waited', async () => {
      await call('work')
      const { spanId } = sdk.span('Shop.ShopHub/work').spanContext()
      expect(sdk.span('before').parentSpanContext?.spanId).to.equal(spanId)
      expect(sdk.span('after').parentSpanContext?.spanId).to.equal(spanId)
    })

    const failures = { failNow: 'OutOfStock', failLater: 'OutOfStock', failOddly: 'Error', refuse: 'HubException' }
    for (const [target, errorType] of Object.entries(failures)) {
      it(`has status Error and the type ${errorType} after ${target}`, async () => {
        await call(target)
        const span = sdk.span(`Shop.ShopHub/${target}`)
        expect(span.status.code).to.equal(SpanStatusCode.ERROR)
        expect(span.attributes['error.type']).to.equal(errorType)
      })
    }

    const refused = {
      'to a method that does not exist': { target: 'nothing' },
      'with too few arguments': { target: 'Buy' },
      'of a user who may not': { target: 'secret' },
      'of a streaming method without wanting a stream': { target: 'count' },
    }
    for (const [what, message] of Object.entries(refused)) {
      it(`has no span ${what}`, async () => {
        expect(await roundTrip({ type: 1, invocationId: '1', ...message })).to.include('"error"')
        expect(sdk.spans.map(({ name }) => name)).to.deep.equal(['Shop.ShopHub/OnConnectedAsync'])
      })
    }
  })

  describe('a streaming call', () => {
    beforeEach(() => {
      connection = serve().connect()
    })

    it('spans the whole enumeration', async () => {
      expect(await stream('count')).to.have.length(3)
      const streaming = sdk.span('Shop.ShopHub/count')
      expect(sdk.span('while streaming').parentSpanContext?.spanId).to.equal(streaming.spanContext().spanId)
      expect(sdk.spans.indexOf(streaming)).to.be.greaterThan(sdk.spans.indexOf(sdk.span('while streaming')))
      expect(streaming.status.code).to.equal(SpanStatusCode.UNSET)
    })

    for (const [target, errorType] of Object.entries({ countAndFail: 'OutOfStock', notAStream: 'TypeError' })) {
      it(`has status Error when it fails: ${target}`, async () => {
        await stream(target)
        const span = sdk.span(`Shop.ShopHub/${target}`)
        expect(span.status.code).to.equal(SpanStatusCode.ERROR)
        expect(span.attributes['error.type']).to.equal(errorType)
      })
    }

    it('is no error when the client cancels it', async () => {
      await roundTrip({ type: 4, invocationId: '1', target: 'countForEver' })
      connection.receive('{"type":5,"invocationId":"1"}\x1e')
      while (!(await connection.nextSent()).startsWith('{"type":3'));
      expect(sdk.span('Shop.ShopHub/countForEver').status.code).to.equal(SpanStatusCode.UNSET)
    })
  })

  describe('on a connection whose request has a span', () => {
    let request: Span

    beforeEach(() => {
      request = trace.getTracer('http').startSpan('GET /shop')
      connection = connectWithin(request, serve())
    })

    it('links a call to that span instead of making it the parent', async () => {
      await call('work')
      const span = sdk.span('Shop.ShopHub/work')
      expect(span.parentSpanContext).to.equal(undefined)
      expect(span.links.map(({ context }) => context)).to.deep.equal([request.spanContext()])
    })

    it('links a call that continues the trace of its caller too', async () => {
      await call('work', { headers: { traceparent } })
      const span = sdk.span('Shop.ShopHub/work')
      expect(span.parentSpanContext?.spanId).to.equal(spanId)
      expect(span.links.map(({ context }) => context)).to.deep.equal([request.spanContext()])
    })

    it('has spans of connecting and disconnecting, internal children of that span without a link', async () => {
      connection.leave()
      await connection.ended
      for (const method of ['OnConnectedAsync', 'OnDisconnectedAsync']) {
        const span = sdk.span(`Shop.ShopHub/${method}`)
        expect(span.kind, method).to.equal(SpanKind.INTERNAL)
        expect(span.parentSpanContext, method).to.deep.equal(request.spanContext())
        expect(span.links, method).to.deep.equal([])
        expect(span.attributes, method).to.deep.equal({
          'rpc.system': 'signalr',
          'rpc.service': 'Shop.ShopHub',
          'rpc.method': method,
        })
      }
    })
  })

  describe('connecting and disconnecting', () => {
    class LifeHub extends Hub {
      override async onConnected(): Promise<void> {
        await new Promise(setImmediate)
        startChild('while connecting')
        if (this.context.user !== anonymous) throw new OutOfStock()
      }
      override onDisconnected(): void {
        startChild('while disconnecting')
        throw new OutOfStock()
      }
    }

    it('are the parents of spans their methods start', async () => {
      const connection = serve(LifeHub).connect()
      connection.leave()
      await connection.ended
      for (const [method, child] of [
        ['OnConnectedAsync', 'while connecting'],
        ['OnDisconnectedAsync', 'while disconnecting'],
      ] as const) {
        const { spanId } = sdk.span(`LifeHub/${method}`).spanContext()
        expect(sdk.span(child).parentSpanContext?.spanId).to.equal(spanId)
      }
    })

    it('have status Error when they fail', async () => {
      const server = serve(LifeHub)
      const one = server.connect({ user: { ...anonymous } })
      await one.ended
      const failed = sdk.span('LifeHub/OnConnectedAsync')
      expect(failed.status.code).to.equal(SpanStatusCode.ERROR)
      expect(failed.attributes['error.type']).to.equal('OutOfStock')

      const other = server.connect()
      other.leave()
      await other.ended
      expect(sdk.span('LifeHub/OnDisconnectedAsync').status.code).to.equal(SpanStatusCode.ERROR)
    })
  })

  it('finds a provider that was registered after it was made', async () => {
    await sdk.shutdown()
    const server = serve()
    sdk = new TraceSdk()
    connection = server.connect()
    await call('work')
    expect(sdk.span('Shop.ShopHub/work').ended).to.equal(true)
  })

  it('leaves calls as they are when nobody has registered a provider', async () => {
    await sdk.shutdown()
    connection = serve().connect()
    expect(await call('Buy', { arguments: ['tea'] })).to.equal('{"type":3,"invocationId":"1","result":"tea"}')
    expect(sdk.spans).to.deep.equal([])
    sdk = new TraceSdk()
  })
})
