import { expect } from 'chai'
import { Hub } from '../../hub.js'
import { hubMethod } from '../../hub-method.js'
import { failure, invoke, result } from '../json-messages.js'
import { text, wholeNumber } from '../standard-schema.js'
import { TestServer } from '../test-server.js'

// This folder is a project of its own, compiled with `experimentalDecorators`, the dialect of NestJS and of older TypeScript code.

function call(hubClass: ConstructorParameters<typeof TestServer>[0], target: string, ...args: unknown[]): string[] {
  const client = new TestServer(hubClass).connect()
  client.receive(invoke('1', target, ...args))
  return client.sent
}

const cannotBind = (name: string) => [failure('1', `Failed to invoke '${name}' due to an error on the server.`)]

describe('@hubMethod under experimentalDecorators', () => {
  class LegacyHub extends Hub {
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

    @hubMethod({ name: 'Renamed', arguments: [text] })
    async withOptions(value: string): Promise<string> {
      return value
    }

    undeclared(): void {}
  }

  it('may stand bare', () => {
    expect(call(LegacyHub, 'bare', 1)).to.deep.equal([result('1', 1)])
  })

  it('may be called without anything', () => {
    expect(call(LegacyHub, 'called', 1)).to.deep.equal([result('1', 1)])
  })

  it('takes one schema', () => {
    expect(call(LegacyHub, 'one', 'a')).to.deep.equal([result('1', 'a')])
    expect(call(LegacyHub, 'one', 1)).to.deep.equal(cannotBind('one'))
  })

  it('takes two schemas', () => {
    expect(call(LegacyHub, 'two', 'a', 1)).to.deep.equal([result('1', ['a', 1])])
    expect(call(LegacyHub, 'two', 'a', 'b')).to.deep.equal(cannotBind('two'))
  })

  it('takes three schemas', () => {
    class ThreeHub extends Hub {
      @hubMethod(text, wholeNumber, text)
      three(...args: unknown[]): unknown[] {
        return args
      }
    }
    expect(call(ThreeHub, 'three', 'a', 1, 'c')).to.deep.equal([result('1', ['a', 1, 'c'])])
    expect(call(ThreeHub, 'three', 'a', 1, 2)).to.deep.equal(cannotBind('three'))
  })

  it('takes options', async () => {
    const client = new TestServer(LegacyHub).connect()
    client.receive(invoke('1', 'renamed', 'a'))
    expect(await client.nextSent()).to.equal(result('1', 'a'))
  })

  it('exposes nothing else', () => {
    expect(call(LegacyHub, 'undeclared')).to.deep.equal([
      failure('1', "Failed to invoke 'undeclared' due to an error on the server. HubException: Method does not exist."),
    ])
  })

  it('is kept by an override without it', () => {
    class DerivedHub extends LegacyHub {
      override one(value: string): string {
        return `derived ${value}`
      }
    }
    expect(call(DerivedHub, 'one', 'a')).to.deep.equal([result('1', 'derived a')])
    expect(call(DerivedHub, 'one', 1)).to.deep.equal(cannotBind('one'))
  })
})
