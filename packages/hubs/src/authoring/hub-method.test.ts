import { anonymous, type ClaimsPrincipal } from '@signalbox/abstractions'
import { TestServer } from '@signalbox/conformance'
import { failure, invoke, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { callHub, cannotBind } from '../testing/call-hub.js'
import { type DecoratedHub, describeHubMethod } from '../testing/describe-hub-method.js'
import { text, wholeNumber } from '../testing/standard-schema.js'
import { Hub } from './hub.js'
import { authorize, classAuthorizationOf, type HubMethodTable, hubMethod } from './hub-method.js'

const ada: ClaimsPrincipal = { ...anonymous, isAuthenticated: true }

class StandardHub extends Hub implements DecoratedHub {
  @hubMethod
  bare(value: unknown): unknown {
    return value
  }

  @hubMethod()
  called(value: unknown): unknown {
    return value
  }

  @hubMethod(text)
  one(value: string): string {
    return value
  }

  @hubMethod(text, wholeNumber)
  two(first: string, second: number): unknown[] {
    return [first, second]
  }

  @hubMethod(text, wholeNumber, text)
  three(...args: unknown[]): unknown[] {
    return args
  }

  @hubMethod({ name: 'Renamed', arguments: [text] })
  withOptions(value: string): string {
    return value
  }

  undeclared(): void {}
}

describeHubMethod('@hubMethod', StandardHub)

describe('what @hubMethod takes besides', () => {
  /** Some libraries make schemas that are functions. */
  const functionSchema: typeof text = Object.assign(() => {}, text)

  class ParticularHub extends Hub {
    @hubMethod(text, wholeNumber, text, wholeNumber)
    four(...args: unknown[]): unknown[] {
      return args
    }

    @hubMethod(functionSchema)
    oneFunction(value: string): string {
      return value
    }

    @hubMethod(functionSchema, functionSchema)
    twoFunctions(first: string, second: string): unknown[] {
      return [first, second]
    }

    @hubMethod(text, wholeNumber, functionSchema)
    threeWithAFunction(...args: unknown[]): unknown[] {
      return args
    }

    @hubMethod({ name: 'onlyRenamed' })
    withName(value: unknown): unknown {
      return value
    }

    @hubMethod({ arguments: 2 })
    withCount(...args: unknown[]): unknown[] {
      return args
    }

    @hubMethod({ arguments: [] })
    withNone(): string {
      return 'none'
    }
  }

  const arities: readonly (readonly [method: string, good: unknown[], bad: unknown[]])[] = [
    ['four', ['a', 1, 'c', 2], ['a', 1, 'c', 'd']],
    ['oneFunction', ['a'], [1]],
    ['twoFunctions', ['a', 'b'], ['a', 1]],
    ['threeWithAFunction', ['a', 1, 'c'], ['a', 1, 2]],
  ]
  for (const [method, good, bad] of arities) {
    it(`a schema per argument: ${method}`, () => {
      expect(callHub(ParticularHub, method, ...good)).to.deep.equal([result('1', good.length === 1 ? good[0] : good)])
      expect(callHub(ParticularHub, method, ...bad)).to.deep.equal(cannotBind(method))
    })
  }

  it('a name alone', () => {
    expect(callHub(ParticularHub, 'onlyRenamed', 1)).to.deep.equal([result('1', 1)])
  })

  it('a number of arguments as option', () => {
    expect(callHub(ParticularHub, 'withCount', 1, 2)).to.deep.equal([result('1', [1, 2])])
    expect(callHub(ParticularHub, 'withCount', 1)).to.deep.equal(cannotBind('withCount'))
  })

  it('an empty list for no arguments', () => {
    expect(callHub(ParticularHub, 'withNone')).to.deep.equal([result('1', 'none')])
    expect(callHub(ParticularHub, 'withNone', 1)).to.deep.equal(cannotBind('withNone'))
  })
})

describe('static hubMethods', () => {
  class TableHub extends Hub {
    static hubMethods = {
      schemas: [text, wholeNumber],
      count: 1,
      options: { name: 'Renamed', arguments: [text] },
      defaults: {},
    } satisfies HubMethodTable<TableHub>

    schemas(first: string, second: number): unknown[] {
      return [first, second]
    }

    count(value: unknown): unknown {
      return value
    }

    options(value: string): string {
      return value
    }

    defaults(value: unknown): unknown {
      return value
    }

    undeclared(): void {}
  }

  it('takes schemas', () => {
    expect(callHub(TableHub, 'schemas', 'a', 1)).to.deep.equal([result('1', ['a', 1])])
    expect(callHub(TableHub, 'schemas', 'a', 'b')).to.deep.equal(cannotBind('schemas'))
  })

  it('takes a number of arguments', () => {
    expect(callHub(TableHub, 'count', 'a')).to.deep.equal([result('1', 'a')])
    expect(callHub(TableHub, 'count')).to.deep.equal(cannotBind('count'))
  })

  it('takes options', () => {
    expect(callHub(TableHub, 'renamed', 'a')).to.deep.equal([result('1', 'a')])
    expect(callHub(TableHub, 'renamed', 1)).to.deep.equal(cannotBind('Renamed'))
  })

  it('takes empty options, and counts the parameters then', () => {
    expect(callHub(TableHub, 'defaults', 1)).to.deep.equal([result('1', 1)])
    expect(callHub(TableHub, 'defaults')).to.deep.equal(cannotBind('defaults'))
  })

  it('exposes nothing else', () => {
    expect(callHub(TableHub, 'undeclared')).to.deep.equal([
      failure('1', "Failed to invoke 'undeclared' due to an error on the server. HubException: Method does not exist."),
    ])
  })
})

describe('@authorize', () => {
  it('leaves on a class what is asked of every request', () => {
    @authorize()
    class MembersHub extends Hub {}
    @authorize('even', 'odd')
    class PolicyHub extends Hub {}
    class OpenHub extends Hub {}
    expect([MembersHub, PolicyHub, OpenHub].map(classAuthorizationOf)).to.deep.equal([true, ['even', 'odd'], undefined])
  })

  it('exposes no method by itself', async () => {
    class SilentHub extends Hub {
      @authorize()
      hidden(): void {}
    }
    const client = new TestServer(SilentHub).connect({ user: ada })
    client.receive(invoke('1', 'hidden'))
    expect(await client.nextSent()).to.contain('Method does not exist.')
  })
})
