import { TestServer } from '@signalbox/conformance'
import {
  failure,
  invoke,
  invokeStream,
  result,
  send,
  streamEnd,
  streamItem,
  upload,
  uploadEnd,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import type { Invocation } from '../dispatch/hub-invocation.js'
import { text } from '../testing/standard-schema.js'
import { Hub } from './hub.js'
import { HubException } from './hub-exception.js'
import type { HubFilter, HubInvocationContext } from './hub-filter.js'
import { hubMethod } from './hub-method.js'
import { stream } from './stream-parameter.js'

type InvokeMethod = NonNullable<HubFilter['invokeMethod']>

let calls: string[]

class FilteredHub extends Hub {
  static hubMethods = {
    fail: 0,
    original: { name: 'Renamed', arguments: 0 },
    guarded: { arguments: 0, authorize: true as const },
  }

  @hubMethod(text)
  echo(value: string): string {
    calls.push(`echo ${value}`)
    return value
  }

  @hubMethod
  async *count(to: number): AsyncGenerator<number> {
    for (let number = 0; number < to; number++) {
      calls.push(`item ${number}`)
      yield number
    }
  }

  @hubMethod(stream(), text)
  upload(_items: AsyncIterable<unknown>, name: string, _invocation: Invocation): string {
    return name
  }

  fail(): never {
    throw new RangeError('BOOM!')
  }

  original(): string {
    return 'renamed'
  }

  guarded(): void {}
}

describe('HubFilter around hub methods', () => {
  beforeEach(() => {
    calls = []
  })

  function connect(...invokeMethods: InvokeMethod[]) {
    const filters = invokeMethods.map(invokeMethod => ({ invokeMethod }))
    return new TestServer(FilteredHub, { filters }).connect()
  }

  const noting =
    (name: string): InvokeMethod =>
    async (context, next) => {
      calls.push(`${name} before ${context.hubMethodName}`)
      const result = await next(context)
      calls.push(`${name} after`)
      return result
    }

  it('nests filters in the order given', async () => {
    const client = connect(noting('outer'), noting('inner'))
    client.receive(invoke('1', 'echo', 'a'))
    expect(await client.nextSent()).to.equal(result('1', 'a'))
    expect(calls).to.deep.equal(['outer before echo', 'inner before echo', 'echo a', 'inner after', 'outer after'])
  })

  it('passes through a filter that has no such hook', async () => {
    const other: HubFilter = { onConnected: (_, next) => next() }
    const client = new TestServer(FilteredHub, { filters: [other, { invokeMethod: noting('only') }, other] }).connect()
    client.receive(invoke('1', 'echo', 'a'))
    expect(await client.nextSent()).to.equal(result('1', 'a'))
    expect(calls).to.deep.equal(['only before echo', 'echo a', 'only after'])
  })

  it('tells the filter of connection, hub, method and arguments', async () => {
    const seen: HubInvocationContext[] = []
    const client = connect((context, next) => {
      seen.push(context)
      return next(context)
    })
    client.receive(invoke('1', 'ECHO', 'a'))
    await client.nextSent()
    expect(seen).to.have.lengthOf(1)
    expect(seen[0]!.hub).to.be.an.instanceOf(FilteredHub)
    expect(seen[0]!.context.connectionId).to.equal(client.connectionId)
    expect(seen[0]!.hubMethodName).to.equal('echo')
    expect(seen[0]!.hubMethodArguments).to.deep.equal(['a'])
  })

  it('names a renamed method as the class does', async () => {
    const client = connect(noting('only'))
    client.receive(invoke('1', 'Renamed'))
    expect(await client.nextSent()).to.equal(result('1', 'renamed'))
    expect(calls[0]).to.equal('only before original')
  })

  it('shows streams and the invocation among the arguments, in place', async () => {
    let args: readonly unknown[] = []
    const client = connect((context, next) => {
      args = context.hubMethodArguments
      return next(context)
    })
    client.receive(upload('1', 'upload', ['s'], 'Ada') + uploadEnd('s'))
    expect(await client.nextSent()).to.equal(result('1', 'Ada'))
    expect(args).to.have.lengthOf(3)
    expect(args[0]).to.have.property(Symbol.asyncIterator)
    expect(args[1]).to.equal('Ada')
    expect(args[2]).to.have.property('signal').that.is.an.instanceOf(AbortSignal)
  })

  it('calls the method with the arguments the filter passes on', async () => {
    const client = connect((context, next) => next({ ...context, hubMethodArguments: ['changed'] }))
    client.receive(invoke('1', 'echo', 'a'))
    expect(await client.nextSent()).to.equal(result('1', 'changed'))
  })

  it('sends what the filter returns', async () => {
    const client = connect(async (context, next) => `<${await next(context)}>`)
    client.receive(invoke('1', 'echo', 'a'))
    expect(await client.nextSent()).to.equal(result('1', '<a>'))
  })

  it('sends null when the filter does not call next', async () => {
    const client = connect(async () => undefined)
    client.receive(invoke('1', 'echo', 'a'))
    expect(await client.nextSent()).to.equal(result('1', null))
    expect(calls).to.deep.equal([])
  })

  it('lets the filter swallow an error', async () => {
    const client = connect((context, next) => next(context).catch(() => 'swallowed'))
    client.receive(invoke('1', 'fail'))
    expect(await client.nextSent()).to.equal(result('1', 'swallowed'))
  })

  it('lets the filter replace an error', async () => {
    const client = connect((context, next) =>
      next(context).catch(error => {
        throw new HubException(`no ${error.message}`)
      }),
    )
    client.receive(invoke('1', 'fail'))
    expect(await client.nextSent()).to.equal(
      failure('1', "An unexpected error occurred invoking 'fail' on the server. HubException: no BOOM!"),
    )
  })

  const refusals: Readonly<Record<string, InvokeMethod>> = {
    throws: () => {
      throw new HubException('not you')
    },
    rejects: () => Promise.reject(new HubException('not you')),
  }
  for (const [how, refuse] of Object.entries(refusals)) {
    it(`fails the call when the filter ${how}, and gives its slot back`, async () => {
      const client = connect((context, next) =>
        context.hubMethodName === 'echo' ? refuse(context, next) : next(context),
      )
      client.receive(invoke('1', 'echo', 'a') + invoke('2', 'Renamed'))
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([
        failure('1', "An unexpected error occurred invoking 'echo' on the server. HubException: not you"),
        result('2', 'renamed'),
      ])
      expect(calls).to.deep.equal([])
    })
  }

  it('hides an error that is no HubException', async () => {
    const client = connect(() => Promise.reject(new RangeError('BOOM!')))
    client.receive(invoke('1', 'echo', 'a'))
    expect(await client.nextSent()).to.equal(
      failure('1', "An unexpected error occurred invoking 'echo' on the server."),
    )
  })

  it('stands around the call of a streaming method, not around its items', async () => {
    const client = connect(noting('only'))
    client.receive(invokeStream('1', 'count', 1))
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([streamItem('1', 0), streamEnd('1')])
    expect(calls).to.deep.equal(['only before count', 'only after', 'item 0'])
  })

  it('lets the filter wrap a stream', async () => {
    const client = connect(async (context, next) => {
      const items = (await next(context)) as AsyncIterable<number>
      return (async function* () {
        for await (const item of items) yield item * 10
      })()
    })
    client.receive(invokeStream('1', 'count', 2))
    expect([await client.nextSent(), await client.nextSent(), await client.nextSent()]).to.deep.equal([
      streamItem('1', 0),
      streamItem('1', 10),
      streamEnd('1'),
    ])
  })

  it('runs for calls without an id', async () => {
    const client = connect(noting('only'))
    client.receive(send('echo', 'a') + invoke('2', 'echo', 'b'))
    await client.nextSent()
    expect(calls.filter(call => call.startsWith('only before'))).to.have.lengthOf(2)
  })

  const unreached: Readonly<Record<string, string>> = {
    'an unknown method': invoke('1', 'nope'),
    'a wrong number of arguments': invoke('1', 'echo'),
    'an argument that does not fit': invoke('1', 'echo', 5),
    'an unauthorized call': invoke('1', 'guarded'),
    'a wrong mode': invoke('1', 'count', 1),
    'a wrong number of streams': upload('1', 'upload', [], 'Ada'),
  }
  for (const [what, message] of Object.entries(unreached)) {
    it(`is not reached by ${what}`, async () => {
      const client = connect(noting('only'))
      client.receive(message)
      expect(await client.nextSent()).to.contain('"error"')
      expect(calls).to.deep.equal([])
    })
  }
})
