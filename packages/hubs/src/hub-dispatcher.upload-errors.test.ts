import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import { Hub } from './hub.js'
import { HubException } from './hub-exception.js'
import { hubMethod } from './hub-method.js'
import { stream } from './stream-parameter.js'
import type { Deferred } from './testing/deferred.js'
import {
  failure,
  invoke,
  invokeStream,
  record,
  result,
  upload,
  uploadEnd,
  uploadItem,
} from './testing/json-messages.js'
import { slowSchema, text, wholeNumber } from './testing/standard-schema.js'
import { TestServer } from './testing/test-server.js'

/** What the method that reads found at the end of its stream. */
let found: Deferred<unknown>
let items: unknown[]

async function read(source: AsyncIterable<unknown>): Promise<string> {
  try {
    for await (const item of source) items.push(item)
    found.resolve('the end')
  } catch (error) {
    found.resolve(error)
  }
  return 'read'
}

const slowText = slowSchema(async value => {
  if (typeof value !== 'string') throw new TypeError('not a string')
  return value
})

class UploadHub extends Hub {
  static hubMethods = { read: [stream(text)], readSlowly: [stream(slowText)], none: 0, ping: 0 }

  read = read
  readSlowly = read

  @hubMethod(stream(wholeNumber))
  async sum(numbers: AsyncIterable<number>): Promise<number> {
    let sum = 0
    for await (const number of numbers) sum += number
    return sum
  }

  none(): void {}

  ping(): string {
    return 'pong'
  }
}
