import { expect } from 'chai'
import { Hub } from './hub.js'
import { type HubMethodTable, hubMethod } from './hub-method.js'
import { failure, invoke, result } from './testing/json-messages.js'
import { text, wholeNumber } from './testing/standard-schema.js'
import { TestServer } from './testing/test-server.js'

/** Some libraries make schemas that are functions. */
const functionSchema: typeof text = Object.assign(() => {}, text)

function call(hubClass: ConstructorParameters<typeof TestServer>[0], target: string, ...args: unknown[]): string[] {
  const client = new TestServer(hubClass).connect()
  client.receive(invoke('1', target, ...args))
  return client.sent
}

const cannotBind = (name: string) => [failure('1', `Failed to invoke '${name}' due to an error on the server.`)]

describe('@hubMethod', () => {
  class DecoratedHub extends Hub {
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

    @hubMethod({ name: 'Renamed', arguments: [text] })
    withOptions(value: string): string {
      return value
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

  it('may stand bare', () => {
    expect(call(DecoratedHub, 'bare', 1)).to.deep.equal([result('1', 1)])
  })

  it('may be called without anything', () => {
    expect(call(DecoratedHub, 'called', 1)).to.deep.equal([result('1', 1)])
  })

  const arities: readonly (readonly [method: string, good: unknown[], bad: unknown[]])[] = [
    ['one', ['a'], [1]],
    ['two', ['a', 1], ['a', 'b']],
    ['four', ['a', 1, 'c', 2], ['a', 1, 'c', 'd']],
    ['oneFunction', ['a'], [1]],
    ['twoFunctions', ['a', 'b'], ['a', 1]],
  ]
  for (const [method, good, bad] of arities) {
    it(`takes a schema per argument: ${method}`, () => {
      expect(call(DecoratedHub, method, ...good)).to.deep.equal([result('1', good.length === 1 ? good[0] : good)])
    })

    it(`checks every argument: ${method}`, () => {
      expect(call(DecoratedHub, method, ...bad)).to.deep.equal(cannotBind(method))
    })
  }

  // As many as an `experimentalDecorators` call has arguments.
  for (const [what, third] of [
    ['three objects', text],
    ['three, one a function', functionSchema],
  ] as const) {
    it(`takes a schema per argument: ${what}`, () => {
      class ThreeHub extends Hub {
        @hubMethod(text, wholeNumber, third)
        three(...args: unknown[]): unknown[] {
          return args
        }
      }
      expect(call(ThreeHub, 'three', 'a', 1, 'c')).to.deep.equal([result('1', ['a', 1, 'c'])])
      expect(call(ThreeHub, 'three', 'a', 1, 2)).to.deep.equal(cannotBind('three'))
    })
  }

  it('takes a name and schemas as options', () => {
    expect(call(DecoratedHub, 'renamed', 'a')).to.deep.equal([result('1', 'a')])
    expect(call(DecoratedHub, 'renamed', 1)).to.deep.equal(cannotBind('Renamed'))
  })

  it('takes a name alone', () => {
    expect(call(DecoratedHub, 'onlyRenamed', 1)).to.deep.equal([result('1', 1)])
  })

  it('takes a number of arguments as option', () => {
    expect(call(DecoratedHub, 'withCount', 1, 2)).to.deep.equal([result('1', [1, 2])])
    expect(call(DecoratedHub, 'withCount', 1)).to.deep.equal(cannotBind('withCount'))
  })

  it('takes an empty list for no arguments', () => {
    expect(call(DecoratedHub, 'withNone')).to.deep.equal([result('1', 'none')])
    expect(call(DecoratedHub, 'withNone', 1)).to.deep.equal(cannotBind('withNone'))
  })

  it('leaves the method as it is for the code of the server', () => {
    expect(DecoratedHub.prototype.one.call(new DecoratedHub(), 'a')).to.equal('a')
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
    expect(call(TableHub, 'schemas', 'a', 1)).to.deep.equal([result('1', ['a', 1])])
    expect(call(TableHub, 'schemas', 'a', 'b')).to.deep.equal(cannotBind('schemas'))
  })

  it('takes a number of arguments', () => {
    expect(call(TableHub, 'count', 'a')).to.deep.equal([result('1', 'a')])
    expect(call(TableHub, 'count')).to.deep.equal(cannotBind('count'))
  })

  it('takes options', () => {
    expect(call(TableHub, 'renamed', 'a')).to.deep.equal([result('1', 'a')])
    expect(call(TableHub, 'renamed', 1)).to.deep.equal(cannotBind('Renamed'))
  })

  it('takes empty options, and counts the parameters then', () => {
    expect(call(TableHub, 'defaults', 1)).to.deep.equal([result('1', 1)])
    expect(call(TableHub, 'defaults')).to.deep.equal(cannotBind('defaults'))
  })

  it('exposes nothing else', () => {
    expect(call(TableHub, 'undeclared')).to.deep.equal([
      failure('1', "Failed to invoke 'undeclared' due to an error on the server. HubException: Method does not exist."),
    ])
  })
})
