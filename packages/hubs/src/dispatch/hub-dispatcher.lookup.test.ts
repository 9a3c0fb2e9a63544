import { TestServer } from '@signalbox/conformance'
import { failure, invoke, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'

class LookupHub extends Hub {
  @hubMethod
  echo(text: string): string {
    return text
  }

  @hubMethod({ name: 'Renamed' })
  original(): string {
    return 'renamed'
  }

  undeclared(): string {
    return 'never'
  }
}

const notThere = (name: string) =>
  failure('1', `Failed to invoke '${name}' due to an error on the server. HubException: Method does not exist.`)

describe('HubDispatcher, finding methods', () => {
  function answerTo(target: string, ...args: unknown[]): string[] {
    const client = new TestServer(LookupHub).connect()
    client.receive(invoke('1', target, ...args))
    return client.sent
  }

  for (const target of ['echo', 'Echo', 'ECHO', 'eCHO']) {
    it(`finds echo as ${target}`, () => {
      expect(answerTo(target, 'a')).to.deep.equal([result('1', 'a')])
    })
  }

  it('finds a renamed method by its new name in any case', () => {
    expect(answerTo('rENAMED')).to.deep.equal([result('1', 'renamed')])
  })

  it('does not find a renamed method by its own name', () => {
    expect(answerTo('original')).to.deep.equal([notThere('original')])
  })

  it('quotes an unknown method as the client wrote it', () => {
    expect(answerTo('nOpE')).to.deep.equal([notThere('nOpE')])
  })

  it('quotes a known method as it is registered', () => {
    expect(answerTo('rENAMED', 'too many')).to.deep.equal([
      failure('1', "Failed to invoke 'Renamed' due to an error on the server."),
    ])
  })

  for (const target of [
    'undeclared',
    'toString',
    'constructor',
    'hasOwnProperty',
    '__proto__',
    'prototype',
    'onConnected',
    'onDisconnected',
    'OnConnectedAsync',
    'context',
    'clients',
    'groups',
    'hubMethods',
    '',
  ]) {
    it(`does not let a client call '${target}'`, () => {
      expect(answerTo(target)).to.deep.equal([notThere(target)])
    })
  }

  it('goes on after an unknown method', () => {
    const client = new TestServer(LookupHub).connect()
    client.receive(invoke('1', 'nope') + invoke('2', 'echo', 'a'))
    expect(client.sent[1]).to.equal(result('2', 'a'))
  })
})
