import { TestServer } from '@signalbox/conformance'
import { failure, invoke, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'
import type { HubOptions } from '../authoring/hub-options.js'
import { schema, slowSchema, standard, text, wholeNumber } from '../testing/standard-schema.js'

const trimmed = schema(value => String(value).trim())
const later = slowSchema(async value => {
  if (typeof value !== 'string') throw new TypeError('not a string')
  return value.toUpperCase()
})
const broken = standard(() => {
  throw new Error('the schema itself is broken')
})
const brokenLater = standard(() => Promise.reject(new Error('the schema itself is broken')))

class BindingHub extends Hub {
  @hubMethod
  pair(first: unknown, second: unknown): unknown[] {
    return [first, second]
  }

  @hubMethod
  optional(first: unknown, second: unknown = 'default'): unknown[] {
    return [first, second]
  }

  @hubMethod(text, wholeNumber)
  checked(first: string, second: number): string {
    return first.repeat(second)
  }

  @hubMethod(trimmed)
  trim(value: string): string {
    return value
  }

  @hubMethod(text, later)
  slow(first: string, second: string): string {
    return first + second
  }

  @hubMethod(broken)
  broken(_value: unknown): void {}

  @hubMethod(brokenLater)
  brokenLater(_value: unknown): void {}
}

describe('HubDispatcher, binding arguments', () => {
  function connect(options?: HubOptions) {
    const server = new TestServer(BindingHub, options)
    return { server, client: server.connect() }
  }

  async function answerTo(message: string, options?: HubOptions): Promise<string> {
    const { client } = connect(options)
    client.receive(message)
    return client.nextSent()
  }

  const base = (method: string) => `Failed to invoke '${method}' due to an error on the server.`
  const cannotBind =
    'InvalidDataException: Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.'

  it('passes every kind of value', async () => {
    const values = [{ a: [1, null, 'é'] }, false]
    expect(await answerTo(invoke('1', 'pair', ...values))).to.equal(result('1', values))
  })

  for (const count of [0, 1, 3]) {
    it(`refuses ${count} arguments for two`, async () => {
      expect(await answerTo(invoke('1', 'PAIR', ...Array(count).fill('x')))).to.equal(failure('1', base('pair')))
    })
  }

  it('tells both numbers when details are on', async () => {
    const answer = await answerTo(invoke('1', 'pair', 'x'), { enableDetailedErrors: true })
    expect(answer).to.equal(
      failure('1', `${base('pair')} InvalidDataException: Invocation provides 1 argument(s) but target expects 2.`),
    )
  })

  it('counts the parameters before the first default', async () => {
    expect(await answerTo(invoke('1', 'optional', 'x'))).to.equal(result('1', ['x', 'default']))
  })

  it('refuses an argument for a parameter with a default', async () => {
    expect(await answerTo(invoke('1', 'optional', 'x', 'y'))).to.equal(failure('1', base('optional')))
  })

  it('calls with arguments that pass their schemas', async () => {
    expect(await answerTo(invoke('1', 'checked', 'ab', 2))).to.equal(result('1', 'abab'))
  })

  it('refuses an argument that does not pass its schema', async () => {
    expect(await answerTo(invoke('1', 'checked', 'ab', 'two'))).to.equal(failure('1', base('checked')))
  })

  it('says no more than .NET when details are on, and not what the schema said', async () => {
    const answer = await answerTo(invoke('1', 'checked', 1, 2), { enableDetailedErrors: true })
    expect(answer).to.equal(failure('1', `${base('checked')} ${cannotBind}`))
  })

  for (const [call, line] of [
    [['checked', 'ab', 'two'], 'A call of BindingHub.checked was refused: Argument 2 does not fit.'],
    [['slow', 'a', 1], 'A call of BindingHub.slow was refused: Argument 2 does not fit.'],
    [['pair'], 'A call of BindingHub.pair was refused: Invocation provides 0 argument(s) but target expects 2.'],
    [['no\nhow'], "BindingHub: a client calls 'no\\u000ahow', and there is no such method."],
  ] as const) {
    it(`tells in the log, not what came, but: ${line}`, async () => {
      const { server, client } = connect()
      const [method, ...args] = call
      client.receive(invoke('1', method, ...args))
      await client.nextSent()
      expect(server.logger.warnings).to.deep.equal([line])
    })
  }

  it('counts the arguments of a method with schemas', async () => {
    const answer = await answerTo(invoke('1', 'checked', 'ab'), { enableDetailedErrors: true })
    expect(answer).to.equal(
      failure('1', `${base('checked')} InvalidDataException: Invocation provides 1 argument(s) but target expects 2.`),
    )
  })

  it('calls with what a schema makes of an argument', async () => {
    expect(await answerTo(invoke('1', 'trim', '  a '))).to.equal(result('1', 'a'))
  })

  it('waits for a schema that answers later', async () => {
    expect(await answerTo(invoke('1', 'slow', 'a', 'b'))).to.equal(result('1', 'aB'))
  })

  it('refuses what a schema that answers later does not pass', async () => {
    expect(await answerTo(invoke('1', 'slow', 'a', 1))).to.equal(failure('1', base('slow')))
  })

  it('refuses what the first schema does not pass although the second answers later', async () => {
    expect(await answerTo(invoke('1', 'slow', 1, 'b'))).to.equal(failure('1', base('slow')))
  })

  it('keeps later calls behind one whose schema answers later', async () => {
    const { client } = connect()
    client.receive(invoke('1', 'slow', 'a', 'b') + invoke('2', 'trim', 'c'))
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([result('1', 'aB'), result('2', 'c')])
  })

  for (const method of ['broken', 'brokenLater']) {
    it(`fails the call and says why in the log when a schema itself fails (${method})`, async () => {
      const { server, client } = connect()
      client.receive(invoke('1', method, 'a'))
      expect(await client.nextSent()).to.equal(failure('1', base(method)))
      expect(server.logger.errors.map(({ error }) => String(error))).to.deep.equal([
        'Error: the schema itself is broken',
      ])
    })

    it(`gives the slot back when a schema itself fails (${method})`, async () => {
      const { client } = connect()
      client.receive(invoke('1', method, 'a') + invoke('2', 'trim', 'b'))
      expect([await client.nextSent(), await client.nextSent()][1]).to.equal(result('2', 'b'))
    })
  }

  it('logs nothing for arguments that do not fit', async () => {
    const { server, client } = connect()
    client.receive(invoke('1', 'checked', 1, 1))
    await client.nextSent()
    expect(server.logger.errors).to.deep.equal([])
  })

  it('refuses streams for a method without any', async () => {
    const message = '{"type":1,"invocationId":"1","target":"trim","arguments":["a"],"streamIds":["s"]}\x1e'
    expect(await answerTo(message)).to.equal(
      failure(
        '1',
        "An unexpected error occurred invoking 'trim' on the server. HubException: Client sent 1 stream(s), Hub method expects 0.",
      ),
    )
  })

  it('takes an empty list of streams for none', async () => {
    const message = '{"type":1,"invocationId":"1","target":"trim","arguments":["a"],"streamIds":[]}\x1e'
    expect(await answerTo(message)).to.equal(result('1', 'a'))
  })

  it('refuses to stream the result of a plain method', async () => {
    const message = '{"type":4,"invocationId":"1","target":"TRIM","arguments":["a"]}\x1e'
    expect(await answerTo(message)).to.equal(
      failure('1', "The client attempted to invoke the non-streaming 'trim' method with a streaming invocation."),
    )
  })
})
