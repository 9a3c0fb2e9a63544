import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, TestServer } from '@signalbox/conformance'
import { failure, invoke, result, upload, uploadItem } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { HubException } from '../authoring/hub-exception.js'
import type { HubBindingFailureContext, HubFilter } from '../authoring/hub-filter.js'
import { hubMethod } from '../authoring/hub-method.js'
import type { HubOptions } from '../authoring/hub-options.js'
import { stream } from '../authoring/stream-parameter.js'
import { standard, text } from '../testing/standard-schema.js'

/** Finds fault with two parts of a value. */
const user = standard(() => ({
  issues: [
    { message: 'Too short', path: ['user', { key: 'name' }] },
    { message: 'Not an e-mail\naddress', path: ['mails', 0] },
  ],
}))
const faulty = standard(() => ({ issues: Array.from({ length: 12 }, (_, index) => ({ message: `No ${index}` })) }))
const slow = standard(async () => ({ issues: [{ message: 'Too late' }] }))
const broken = standard(() => {
  throw new Error('a secret of the server')
})

class ValidatedHub extends Hub {
  static hubMethods = {
    add: { name: 'AddUser', arguments: [text, user] },
    fault: [faulty],
    slow: [slow],
    broken: [broken],
    fail: 0,
    ping: 0,
  }

  add(): void {}
  fault(): void {}
  slow(): void {}
  broken(): void {}

  fail(): never {
    throw new Error('a secret of the server')
  }

  ping(): string {
    return 'pong'
  }

  @hubMethod(stream(user))
  async upload(items: AsyncIterable<unknown>): Promise<void> {
    for await (const item of items) void item
  }
}

const failed = (method: string, details = ''): string =>
  failure('1', `Failed to invoke '${method}' due to an error on the server.${details}`)

describe('HubDispatcher, telling what is wrong with arguments', () => {
  let server: TestServer

  function answerTo(message: string, options: HubOptions): Promise<string> {
    server = new TestServer(ValidatedHub, options)
    const client = server.connect()
    client.receive(message)
    return client.nextSent()
  }

  describe('with enableValidationErrors', () => {
    const options = { enableValidationErrors: true }
    const told = (message: string) => answerTo(message, options)

    it('tells which argument, where in it, and what its schema says', async () => {
      expect(await told(invoke('1', 'addUser', 'x', {}))).to.equal(
        failed(
          'AddUser',
          ' InvalidDataException: Error binding arguments. Argument 2, user.name: Too short; Argument 2, mails[0]: Not an e-mail\\u000aaddress',
        ),
      )
    })

    it('tells ten of many', async () => {
      const answer = await told(invoke('1', 'fault', 'x'))
      expect(answer).to.contain('Argument 1: No 9; and 2 more').and.not.to.contain('No 10')
    })

    it('tells what a schema says that answers later', async () => {
      expect(await told(invoke('1', 'slow', 'x'))).to.contain('Argument 1: Too late')
    })

    it('tells how many arguments there have to be', async () => {
      const text = 'Invocation provides 1 argument(s) but target expects 2.'
      expect(await told(invoke('1', 'addUser', 'x'))).to.equal(failed('AddUser', ` InvalidDataException: ${text}`))
    })

    it('tells the reader of a stream, and by its exception the client', async () => {
      const answer = await told(upload('1', 'upload', ['s']) + uploadItem('s', {}))
      expect(answer).to.contain('Failed to bind Stream message.').and.to.contain('Item, user.name: Too short')
    })

    it('tells nothing of what a schema or a method throws', async () => {
      for (const method of ['broken', 'fail'])
        expect(await told(invoke('1', method, ...(method === 'fail' ? [] : ['x'])))).not.to.contain('secret')
    })
  })

  it('tells nothing without it, and ASP.NET Core’s text with detailed errors', async () => {
    const message = invoke('1', 'addUser', 'x', {})
    expect(await answerTo(message, {})).to.equal(failed('AddUser'))
    expect(await answerTo(message, { enableDetailedErrors: true })).to.contain('Make sure that the types')
  })

  describe('with a filter’s onBindingFailure', () => {
    let seen: HubBindingFailureContext[]
    const filterThat = (act: (context: HubBindingFailureContext) => void | Promise<void>): HubFilter => ({
      onBindingFailure: context => {
        seen.push(context)
        return act(context)
      },
      invokeMethod: () => expect.fail('it never hears of it'),
    })

    beforeEach(() => {
      seen = []
    })

    it('shows the call and the issues', async () => {
      await answerTo(invoke('1', 'addUser', 'x', { a: 1 }), { filters: [filterThat(() => {})] })
      expect(seen[0]).to.deep.include({
        target: 'addUser',
        hubMethodName: 'add',
        hubMethodArguments: ['x', { a: 1 }],
        issues: [
          { argumentIndex: 1, path: ['user', 'name'], message: 'Too short' },
          { argumentIndex: 1, path: ['mails', 0], message: 'Not an e-mail\naddress' },
        ],
      })
      expect(seen[0]!.context.connectionId).to.be.a('string')
    })

    it('shows a call of a method that does not exist', async () => {
      expect(await answerTo(invoke('1', 'nope', 1), { filters: [filterThat(() => {})] })).to.equal(
        failed('nope', ' HubException: Method does not exist.'),
      )
      expect(seen[0]).to.deep.include({ target: 'nope', hubMethodName: undefined, hubMethodArguments: [1], issues: [] })
    })

    it('tells the client what a HubException of the filter says', async () => {
      const filter = filterThat(({ issues }) => {
        throw new HubException(JSON.stringify(issues.map(({ path }) => path.join('.'))))
      })
      expect(await answerTo(invoke('1', 'addUser', 'x', {}), { filters: [filter] })).to.equal(
        failed('AddUser', ' HubException: ["user.name","mails.0"]'),
      )
    })

    it('logs what else it throws, and answers as without it', async () => {
      const filter = filterThat(() => Promise.reject(new RangeError('BOOM!')))
      expect(await answerTo(invoke('1', 'fault', 1), { filters: [filter] })).to.equal(failed('fault'))
      expect(server.logger.errors.map(({ message }) => message)).to.deep.equal([
        'ValidatedHub: onBindingFailure of a filter failed.',
      ])
    })

    it('reads nothing more of the client before it is done, so that no number of them piles up', async () => {
      const done = new Deferred()
      const client = new TestServer(ValidatedHub, { filters: [{ onBindingFailure: () => done.promise }] }).connect()
      client.receive(invoke('1', 'nope') + invoke('2', 'nope') + invoke('3', 'ping'))
      await turn()
      expect(client.sent).to.deep.equal([])
      done.resolve()
      expect([await client.nextSent(), await client.nextSent(), await client.nextSent()].at(-1)).to.equal(
        result('3', 'pong'),
      )
    })
  })
})
