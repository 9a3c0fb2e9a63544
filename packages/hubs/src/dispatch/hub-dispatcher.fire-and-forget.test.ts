import { TestServer } from '@signalbox/conformance'
import { invoke, record, result, send } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'
import { slowSchema, text } from '../testing/standard-schema.js'

class SilentHub extends Hub {
  @hubMethod
  echo(value: unknown): unknown {
    return value
  }

  @hubMethod
  fail(): void {
    throw new Error('BOOM!')
  }

  @hubMethod
  async failLater(): Promise<void> {
    throw new Error('BOOM!')
  }

  @hubMethod(text)
  checked(_value: string): void {}

  @hubMethod(slowSchema(() => Promise.reject(new Error('no'))))
  checkedLater(_value: unknown): void {}

  @hubMethod
  cyclic(): unknown {
    const value: unknown[] = []
    value.push(value)
    return value
  }
}

const calls: Readonly<Record<string, string>> = {
  'a method that succeeds': send('echo', 'a'),
  'a method that throws': send('fail'),
  'a method that rejects': send('failLater'),
  'a method that does not exist': send('nope'),
  'a method with the wrong number of arguments': send('echo'),
  'a method with an argument that does not pass its schema': send('checked', 1),
  'a method with an argument that does not pass a schema that answers later': send('checkedLater', 1),
  'a method with a stream it does not take': record('{"type":1,"target":"fail","arguments":[],"streamIds":["1"]}'),
  'a method whose result cannot be serialized': send('cyclic'),
  'a method with an empty invocation id': record('{"type":1,"invocationId":"","target":"fail","arguments":[]}'),
}

describe('HubDispatcher, fire and forget', () => {
  for (const [what, message] of Object.entries(calls)) {
    it(`sends nothing for ${what}, and lives on`, async () => {
      const client = new TestServer(SilentHub).connect()
      client.receive(message + invoke('1', 'echo', 'alive'))
      expect(await client.nextSent()).to.equal(result('1', 'alive'))
    })
  }

  it('runs the method', () => {
    const values: unknown[] = []
    class CollectingHub extends SilentHub {
      override echo(value: unknown): unknown {
        return values.push(value)
      }
    }
    const client = new TestServer(CollectingHub).connect()
    client.receive(send('ECHO', 'a'))
    expect(values).to.deep.equal(['a'])
  })

  it('logs a method that throws', () => {
    const server = new TestServer(SilentHub)
    server.connect().receive(send('fail'))
    expect(server.logger.errors.map(({ message }) => message)).to.deep.equal(['Hub method SilentHub.fail failed.'])
  })
})
