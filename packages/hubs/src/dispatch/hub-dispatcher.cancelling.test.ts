import { Deferred, TestServer } from '@signalbox/conformance'
import { cancel, invoke, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { Invocation } from './hub-invocation.js'

let started: Deferred
let plainGate: Deferred<string>

class PatientHub extends Hub {
  static hubMethods = { wait: { arguments: 1 }, plain: 0, echo: 1 }

  wait(answer: string, { signal }: Invocation): Promise<string> {
    started.resolve()
    return new Promise(resolve => signal.addEventListener('abort', () => resolve(`cancelled ${answer}`)))
  }

  plain(): Promise<string> {
    started.resolve()
    return plainGate.promise
  }

  echo(text: string): string {
    return text
  }
}

describe('HubDispatcher, cancelling plain calls', () => {
  let client: ReturnType<TestServer['connect']>

  beforeEach(() => {
    started = new Deferred()
    plainGate = new Deferred()
    client = new TestServer(PatientHub, {}).connect()
  })

  it('fires the signal of the call with that id, and sends what the method then returns', async () => {
    client.receive(invoke('1', 'wait', 'a'))
    await started.promise
    client.receive(cancel('1'))
    expect(await client.nextSent()).to.equal(result('1', 'cancelled a'))
  })

  it('leaves calls with other ids alone', async () => {
    client.receive(invoke('1', 'wait', 'a'))
    await started.promise
    client.receive(cancel('2') + cancel('1'))
    expect(await client.nextSent()).to.equal(result('1', 'cancelled a'))
  })

  it('does nothing to a method that does not listen', async () => {
    client.receive(invoke('1', 'plain'))
    await started.promise
    client.receive(cancel('1'))
    plainGate.resolve('done')
    expect(await client.nextSent()).to.equal(result('1', 'done'))
  })

  it('comes too late for a call that has ended', async () => {
    client.receive(invoke('1', 'echo', 'a') + cancel('1') + invoke('1', 'echo', 'b'))
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([result('1', 'a'), result('1', 'b')])
  })
})
