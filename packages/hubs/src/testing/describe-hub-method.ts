import { failure, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import type { Hub } from '../authoring/hub.js'
import { callHub, cannotBind } from './call-hub.js'

/** Methods that return their argument, or all of them. Each is decorated as its comment says, but for the last. */
export interface DecoratedHub extends Hub {
  /** `@hubMethod` */
  bare(value: unknown): unknown
  /** `@hubMethod()` */
  called(value: unknown): unknown
  /** `@hubMethod(text)` */
  one(value: string): string
  /** `@hubMethod(text, wholeNumber)` */
  two(first: string, second: number): unknown[]
  /** `@hubMethod(text, wholeNumber, text)`: as many as an `experimentalDecorators` call has arguments. */
  three(...args: unknown[]): unknown[]
  /** `@hubMethod({ name: 'Renamed', arguments: [text] })` */
  withOptions(value: string): string
  undeclared(): void
}

/** What holds in either dialect of decorators. The class is written in it: a dialect is a matter of how a file is compiled. */
export function describeHubMethod(title: string, hubClass: new () => DecoratedHub): void {
  describe(title, () => {
    it('may stand bare', () => {
      expect(callHub(hubClass, 'bare', 1)).to.deep.equal([result('1', 1)])
    })

    it('may be called without anything', () => {
      expect(callHub(hubClass, 'called', 1)).to.deep.equal([result('1', 1)])
    })

    it('takes one schema', () => {
      expect(callHub(hubClass, 'one', 'a')).to.deep.equal([result('1', 'a')])
      expect(callHub(hubClass, 'one', 1)).to.deep.equal(cannotBind('one'))
    })

    it('takes two schemas', () => {
      expect(callHub(hubClass, 'two', 'a', 1)).to.deep.equal([result('1', ['a', 1])])
      expect(callHub(hubClass, 'two', 'a', 'b')).to.deep.equal(cannotBind('two'))
    })

    it('takes three schemas', () => {
      expect(callHub(hubClass, 'three', 'a', 1, 'c')).to.deep.equal([result('1', ['a', 1, 'c'])])
      expect(callHub(hubClass, 'three', 'a', 1, 2)).to.deep.equal(cannotBind('three'))
    })

    it('takes a name and schemas as options', () => {
      expect(callHub(hubClass, 'renamed', 'a')).to.deep.equal([result('1', 'a')])
      expect(callHub(hubClass, 'renamed', 1)).to.deep.equal(cannotBind('Renamed'))
    })

    it('leaves the method as it is for the code of the server', () => {
      expect(hubClass.prototype.one.call(new hubClass(), 'a')).to.equal('a')
    })

    it('exposes nothing else', () => {
      const text = "Failed to invoke 'undeclared' due to an error on the server. HubException: Method does not exist."
      expect(callHub(hubClass, 'undeclared')).to.deep.equal([failure('1', text)])
    })

    it('is kept by an override without it', () => {
      class DerivedHub extends hubClass {
        override one(value: string): string {
          return `derived ${value}`
        }
      }
      expect(callHub(DerivedHub, 'one', 'a')).to.deep.equal([result('1', 'derived a')])
      expect(callHub(DerivedHub, 'one', 1)).to.deep.equal(cannotBind('one'))
    })
  })
}
