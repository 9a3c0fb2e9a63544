import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import { createClientProxy, type SendInvocation, type UntypedClient } from './client-proxy.js'

describe('a client proxy', () => {
  let failures: { target: string; error: unknown }[]

  beforeEach(() => {
    failures = []
  })

  const proxy = (send: SendInvocation) =>
    createClientProxy<UntypedClient>(send, (target, error) => failures.push({ target, error }))

  it('sends the name exactly as it is called, with its arguments', async () => {
    const sent: unknown[] = []
    await proxy((...invocation) => void sent.push(invocation))['receiveMESSAGE']!('a', 1)
    expect(sent).to.deep.equal([['receiveMESSAGE', ['a', 1]]])
  })

  it('has a method of any name, those of every object included', async () => {
    const sent: string[] = []
    const client = proxy(target => void sent.push(target))
    for (const name of ['toString', 'constructor', 'hasOwnProperty', 'Then']) await client[name]!()
    expect(sent).to.deep.equal(['toString', 'constructor', 'hasOwnProperty', 'Then'])
  })

  it('does not look like a promise, so that an async function may return it', async () => {
    const client = proxy(() => {})
    expect(await (async () => client)()).to.equal(client)
  })

  it('has no methods under symbols, so that it can be printed', () => {
    expect((proxy(() => {}) as { [Symbol.iterator]?: unknown })[Symbol.iterator]).to.equal(undefined)
  })

  it('makes the method of a name once', () => {
    const client = proxy(() => {})
    expect(client['said']).to.equal(client['said'])
  })

  it('resolves when the send does', async () => {
    let isSent = false
    await proxy(async () => {
      await turn()
      isSent = true
    })['said']!()
    expect(isSent).to.equal(true)
  })

  const failingSends: Readonly<Record<string, SendInvocation>> = {
    throws: () => {
      throw new Error('no')
    },
    rejects: () => Promise.reject(new Error('no')),
  }
  for (const [how, send] of Object.entries(failingSends)) {
    it(`rejects when the send ${how}`, async () => {
      const error = await proxy(send)['said']!().catch((error: unknown) => error)
      expect(error).to.have.property('message', 'no')
    })

    it(`reports a send that ${how} and that nobody awaits, and harms nothing`, async () => {
      void proxy(send)['said']!()
      await turn()
      expect(failures.map(({ target, error }) => `${target}: ${String(error)}`)).to.deep.equal(['said: Error: no'])
    })
  }
})
