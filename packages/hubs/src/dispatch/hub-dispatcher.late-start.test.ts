import { setImmediate as turn } from 'node:timers/promises'
import { anonymous } from '@signalbox/abstractions'
import { Deferred, TestServer } from '@signalbox/conformance'
import {
  cancel,
  invoke,
  invokeStream,
  result,
  streamEnd,
  streamItem,
  upload,
  uploadEnd,
  uploadItem,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { HubClass } from '../authoring/hub-descriptor.js'
import type { HubMethodParameter } from '../authoring/hub-method.js'
import { anyValue, stream } from '../authoring/stream-parameter.js'
import { slowSchema } from '../testing/standard-schema.js'

/** Lets the methods start. */
let gate: Deferred
let isReading: boolean
/** What ended the stream a method was reading. */
let ended: Deferred<unknown>

abstract class LateHub extends Hub {
  async join(items: AsyncIterable<string>): Promise<string> {
    isReading = true
    let joined = ''
    try {
      for await (const item of items) joined += item
      ended.resolve('end')
    } catch (error) {
      ended.resolve(error)
    }
    return joined
  }

  async *count(_: unknown, to: number): AsyncGenerator<number> {
    for (let number = 0; number < to; number++) yield number
  }

  late(): string {
    return 'late'
  }

  ping(): string {
    return 'pong'
  }
}

const slow = slowSchema(async value => {
  await gate.promise
  return value
})

/** Every method takes a value first, which a schema looks at slowly or not at all. */
const methods = (first: HubMethodParameter, authorize: { authorize?: string }) => ({
  join: { arguments: [stream(), first], ...authorize },
  count: { arguments: [first, anyValue], ...authorize },
  late: { arguments: [first], ...authorize },
  ping: 0,
})

class SlowlyAuthorizedHub extends LateHub {
  static hubMethods = methods(anyValue, { authorize: 'slow' })
}

class SlowlyCheckedHub extends LateHub {
  static hubMethods = methods(slow, {})
}

const hubs: Readonly<Record<string, HubClass>> = {
  authorized: SlowlyAuthorizedHub,
  'checked by schemas': SlowlyCheckedHub,
}

for (const [how, hubClass] of Object.entries(hubs)) {
  describe(`HubDispatcher, calls that are slowly ${how}`, () => {
    beforeEach(() => {
      gate = new Deferred()
      ended = new Deferred()
      isReading = false
    })

    function connect() {
      const policies = { slow: () => gate.promise.then(() => true) }
      return new TestServer(hubClass, { policies }).connect({ user: { ...anonymous, isAuthenticated: true } })
    }

    it('run in the order they came', async () => {
      const client = connect()
      client.receive(invoke('1', 'late', 0) + invoke('2', 'ping'))
      await turn()
      expect(client.sent).to.deep.equal([])
      gate.resolve()
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([
        result('1', 'late'),
        result('2', 'pong'),
      ])
    })

    it('lose no item of their stream that follows at once', async () => {
      const client = connect()
      client.receive(upload('1', 'join', ['s'], 0) + uploadItem('s', 'a') + uploadItem('s', 'b') + uploadEnd('s'))
      gate.resolve()
      await turn()
      expect(client.sent).to.deep.equal([result('1', 'ab')])
    })

    it('lose no cancel that follows at once', async () => {
      const client = connect()
      client.receive(invokeStream('1', 'count', 0, 3) + cancel('1'))
      gate.resolve()
      const sent = [await client.nextSent()]
      while (sent.at(-1) !== streamEnd('1')) sent.push(await client.nextSent())
      expect(sent.slice(0, -1)).to.deep.equal([streamItem('1', 0)]) // the one that was under way, and none of the others
    })

    it('stream as usual', async () => {
      const client = connect()
      gate.resolve()
      client.receive(invokeStream('1', 'count', 0, 2))
      expect([await client.nextSent(), await client.nextSent(), await client.nextSent()]).to.deep.equal([
        streamItem('1', 0),
        streamItem('1', 1),
        streamEnd('1'),
      ])
    })

    it('read a stream to an end when the connection is lost meanwhile, or are not run at all', async () => {
      const client = connect()
      client.receive(upload('1', 'join', ['s'], 0))
      client.vanish()
      await client.ended
      gate.resolve()
      await turn()
      if (isReading) expect(await ended.promise).to.have.property('message', 'The underlying connection was closed.')
      expect(client.sent).to.deep.equal(['{"type":7,"allowReconnect":true}'])
    })
  })
}
