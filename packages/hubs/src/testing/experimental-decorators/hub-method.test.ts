import { Hub } from '../../authoring/hub.js'
import { hubMethod } from '../../authoring/hub-method.js'
import { type DecoratedHub, describeHubMethod } from '../describe-hub-method.js'
import { text, wholeNumber } from '../standard-schema.js'

// This folder is a project of its own, compiled with `experimentalDecorators`, the dialect of NestJS and of older TypeScript code.

class LegacyHub extends Hub implements DecoratedHub {
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

describeHubMethod('@hubMethod under experimentalDecorators', LegacyHub)
