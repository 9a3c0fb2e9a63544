import { setImmediate as turn } from 'node:timers/promises'
import { TestServer } from '@signalbox/conformance'
import { failure, invoke, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { HubException } from '../authoring/hub-exception.js'
import type { HubOptions } from '../authoring/hub-options.js'

class QuotaException extends HubException {}

class NamedException extends HubException {
  override name = 'Renamed'
}

class DomainError extends Error {}

class SelfNamedError extends Error {
  override name = 'SelfNamed'
}

let thrown: unknown

class ErrorHub extends Hub {
  static hubMethods = { throw: 0, reject: 0, ping: 0 }

  throw(): void {
    throw thrown
  }

  reject(): Promise<void> {
    return Promise.reject(thrown)
  }

  ping(): string {
    return 'pong'
  }
}

const base = (method: string) => `An unexpected error occurred invoking '${method}' on the server.`

describe('HubDispatcher, answering with errors', () => {
  function connect(options?: HubOptions) {
    const server = new TestServer(ErrorHub, options)
    return { server, client: server.connect() }
  }

  async function answerTo(method: string, error: unknown, options?: HubOptions): Promise<string> {
    thrown = error
    const { client } = connect(options)
    client.receive(invoke('1', method.toUpperCase()))
    return client.nextSent()
  }

  const detailed = { enableDetailedErrors: true }

  for (const method of ['throw', 'reject']) {
    describe(`of a method that uses ${method}`, () => {
      it('does not tell what went wrong', async () => {
        expect(await answerTo(method, new Error('BOOM!'))).to.equal(failure('1', base(method)))
      })

      it('tells what went wrong when details are on', async () => {
        expect(await answerTo(method, new TypeError('BOOM!'), detailed)).to.equal(
          failure('1', `${base(method)} TypeError: BOOM!`),
        )
      })

      it('always tells a HubException', async () => {
        expect(await answerTo(method, new HubException('no'))).to.equal(
          failure('1', `${base(method)} HubException: no`),
        )
      })

      it('tells a subclass of HubException under its own name', async () => {
        expect(await answerTo(method, new QuotaException('no'))).to.equal(
          failure('1', `${base(method)} QuotaException: no`),
        )
      })

      it('tells a subclass of HubException under the name of its type, whatever it calls itself', async () => {
        expect(await answerTo(method, new NamedException('no'))).to.equal(
          failure('1', `${base(method)} NamedException: no`),
        )
      })

      it('leaves a blank at the end for an empty message', async () => {
        expect(await answerTo(method, new HubException(''))).to.equal(failure('1', `${base(method)} HubException: `))
      })

      it('keeps the cause to itself', async () => {
        const error = new HubException('no', { cause: new Error('the database is down') })
        expect(await answerTo(method, error, detailed)).to.equal(failure('1', `${base(method)} HubException: no`))
      })

      for (const [what, value] of [
        ['a string', 'text'],
        ['undefined', undefined],
        ['null', null],
        ['a number', 5],
        ['a symbol', Symbol('s')],
        ['an object', { message: 'text' }],
        ['an object without prototype', Object.create(null)],
      ] as const) {
        it(`says nothing of ${what} that is thrown`, async () => {
          expect(await answerTo(method, value)).to.equal(failure('1', base(method)))
        })

        it(`calls ${what} that is thrown an Error when details are on`, async () => {
          expect(JSON.parse(await answerTo(method, value, detailed)).error).to.match(/ on the server\. Error: /)
        })
      }

      it('gives the slot back', async () => {
        thrown = new Error('BOOM!')
        const { client } = connect()
        client.receive(invoke('1', method) + invoke('2', 'ping'))
        expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([
          failure('1', base(method)),
          result('2', 'pong'),
        ])
      })

      it('logs the error with the names of hub and method', async () => {
        thrown = new Error('BOOM!')
        const { server, client } = connect()
        client.receive(invoke('1', method))
        await client.nextSent()
        expect(server.logger.errors).to.deep.equal([
          { message: `Hub method ErrorHub.${method} failed.`, error: thrown },
        ])
      })

      it('does not log a HubException, which is no fault', async () => {
        thrown = new HubException('no')
        const { server, client } = connect()
        client.receive(invoke('1', method))
        await client.nextSent()
        expect(server.logger.errors).to.deep.equal([])
      })
    })
  }

  for (const [error, name] of [
    [new DomainError('x'), 'DomainError'],
    [new SelfNamedError('x'), 'SelfNamed'],
    [new RangeError('x'), 'RangeError'],
    [new Error('x'), 'Error'],
    [new DOMException('x', 'AbortError'), 'DOMException'],
  ] as const) {
    it(`calls ${error.constructor.name} ${name} when details are on`, async () => {
      expect(await answerTo('throw', error, detailed)).to.equal(failure('1', `${base('throw')} ${name}: x`))
    })
  }

  it('fails the call when the hub cannot be created', async () => {
    let mayCreate = true
    class FragileHub extends ErrorHub {
      constructor() {
        super()
        if (!mayCreate) throw new HubException('not now')
      }
    }
    const client = new TestServer(FragileHub).connect()
    mayCreate = false
    client.receive(invoke('1', 'ping'))
    mayCreate = true
    client.receive(invoke('2', 'ping'))
    await turn()
    expect(client.sent).to.deep.equal([failure('1', `${base('ping')} HubException: not now`), result('2', 'pong')])
  })
})
