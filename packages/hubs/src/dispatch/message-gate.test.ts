import { Deferred, TestServer } from '@signalbox/conformance'
import { cancel, failure, invoke, ping, result, send, upload, uploadItem } from '@signalbox/conformance/json-messages'
import { type HubProtocol, HubProtocolError, JsonHubProtocol } from '@signalbox/protocol'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { HubException } from '../authoring/hub-exception.js'
import { hubMethod } from '../authoring/hub-method.js'
import { stream } from '../authoring/stream-parameter.js'
import type { CallMessage, HubExtension, MessageAdmission } from '../hub-extension.js'

class GuardedHub extends Hub {
  @hubMethod
  echo(text: string): string {
    return text
  }

  @hubMethod({ arguments: [stream()] })
  async read(items: AsyncIterable<unknown>): Promise<string> {
    try {
      for await (const _ of items);
      return 'the end'
    } catch (error) {
      return `stopped: ${(error as Error).message}`
    }
  }
}

type Gate = NonNullable<HubExtension['admitMessage']>

const guardedBy = (...gates: Gate[]) =>
  TestServer.extended(GuardedHub, ...gates.map(admitMessage => ({ admitMessage })))

const refused = new HubException('Not now.')

const closing = (error: string) => JSON.stringify({ type: 7, error, allowReconnect: true })

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

describe('The gate of messages', () => {
  it('sees a call before its method is looked up, and who calls', () => {
    const seen: unknown[] = []
    const client = guardedBy(({ connectionId, hubName }, message) => {
      seen.push([connectionId, hubName, (message as { target?: string }).target])
      return 'pass'
    }).connect({ connectionId: 'one' })
    client.receive(invoke('1', 'noSuchMethod') + invoke('2', 'echo', 'a'))
    expect(seen).to.deep.equal([
      ['one', 'GuardedHub', 'noSuchMethod'],
      ['one', 'GuardedHub', 'echo'],
    ])
    expect(client.sent).to.have.lengthOf(2)
    expect(client.sent[1]).to.equal(result('2', 'a'))
  })

  it('sees calls, items and cancels, but no ping', () => {
    const seen: CallMessage['type'][] = []
    const client = guardedBy((_, { type }) => {
      seen.push(type)
      return 'pass'
    }).connect()
    client.receive(send('echo', 'a') + ping + uploadItem('s', 1) + cancel('1'))
    expect(seen).to.deep.equal([1, 2, 5])
  })

  it('sees a call whose arguments cannot be read, and answers it', () => {
    const { version, transferFormat, writeMessage } = new JsonHubProtocol()
    const unreadable: HubProtocol = {
      name: 'json',
      version,
      transferFormat,
      writeMessage,
      tryParseMessage(cursor) {
        cursor.offset = cursor.end
        return { type: 'invocationBindingFailure', invocationId: '1', target: 'echo', error: new HubProtocolError('?') }
      },
    }
    const gate: HubExtension = { name: 'gate', admitMessage: () => ({ refuse: refused }) }
    const client = new TestServer(GuardedHub, {}, undefined, undefined, [unreadable], [gate]).connect()
    client.receive(invoke('1', 'echo', 'a'))
    expect(client.sent).to.deep.equal([failure('1', 'Not now.')])
  })

  it('answers a call that it refuses with the text of the HubException as it is', () => {
    const client = guardedBy(() => ({ refuse: refused })).connect()
    client.receive(invoke('1', 'noSuchMethod'))
    expect(client.sent).to.deep.equal([failure('1', 'Not now.')])
  })

  it('tells nothing of another error', () => {
    const client = guardedBy(() => ({ refuse: new Error('secret') })).connect()
    client.receive(invoke('1', 'echo', 'a'))
    expect(client.sent).to.deep.equal([failure('1', "Failed to invoke 'echo' due to an error on the server.")])
  })

  it('answers no call that wants no answer, which is said at debug', () => {
    const server = guardedBy(() => ({ refuse: refused }))
    const client = server.connect()
    client.receive(send('echo', 'a'))
    expect(client.sent).to.deep.equal([])
    expect(server.logger.details).to.deep.equal(["GuardedHub: a call of 'echo' was refused by an extension."])
  })

  it('ends a stream of which it refuses an item', async () => {
    const client = guardedBy((_, { type }) => (type === 2 ? { refuse: refused } : 'pass')).connect()
    client.receive(upload('1', 'read', ['s']) + uploadItem('s', 1))
    expect(await client.nextSent()).to.equal(result('1', 'stopped: Not now.'))
  })

  it('closes a connection with the error', async () => {
    const server = guardedBy(() => ({ close: refused }))
    const client = server.connect()
    client.receive(invoke('1', 'echo', 'a') + invoke('2', 'echo', 'b'))
    await client.ended
    expect(client.sent).to.deep.equal([closing('Connection closed with an error. HubException: Not now.')])
    expect(server.logger.warnings).to.deep.equal(['GuardedHub: a client was disconnected by an extension: Not now.'])
  })

  for (const [what, gate] of [
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['returns nothing', () => undefined as unknown as MessageAdmission],
    ['returns a promise of nothing', () => Promise.resolve(undefined as unknown as MessageAdmission)],
  ] satisfies [string, Gate][]) {
    it(`lets nothing in when it ${what}`, async () => {
      const server = guardedBy(gate)
      const client = server.connect()
      client.receive(invoke('1', 'echo', 'a'))
      expect(await client.nextSent()).to.equal(failure('1', "Failed to invoke 'echo' due to an error on the server."))
      expect(server.logger.errors[0]!.message).to.equal("admitMessage of the extension 'extension 1' failed.")
    })
  }

  it('asks the next gate only for what the one before it lets pass', async () => {
    const seen: string[] = []
    const client = guardedBy(
      (_, { type }) => {
        seen.push(`first ${type}`)
        return type === 5 ? { refuse: refused } : Promise.resolve('pass')
      },
      (_, { type }) => {
        seen.push(`second ${type}`)
        return 'pass'
      },
    ).connect()
    client.receive(cancel('1') + invoke('1', 'echo', 'a'))
    expect(await client.nextSent()).to.equal(result('1', 'a'))
    expect(seen).to.deep.equal(['first 5', 'first 1', 'second 1'])
  })

  describe('that lets a message wait', () => {
    const decided = (admission: MessageAdmission) => {
      const admissions = new Map<string, Deferred<MessageAdmission>>()
      const server = guardedBy((_, message) => {
        const { invocationId = '' } = message as { invocationId?: string }
        if (invocationId !== '1') return 'pass'
        const pending = new Deferred<MessageAdmission>()
        admissions.set(invocationId, pending)
        return pending.promise
      })
      const client = server.connect()
      client.receive(invoke('1', 'echo', 'a') + invoke('2', 'echo', 'b'))
      return { server, client, decide: () => admissions.get('1')!.resolve(admission) }
    }

    it('reads nothing behind it meanwhile', async () => {
      const { client, decide } = decided('pass')
      await turn()
      expect(client.sent).to.deep.equal([])
      expect(client.isPaused).to.equal(true)
      decide()
      await turn()
      expect(client.sent).to.deep.equal([result('1', 'a'), result('2', 'b')])
      expect(client.isPaused).to.equal(false)
    })

    it('may refuse it then', async () => {
      const { client, decide } = decided({ refuse: refused })
      decide()
      await turn()
      expect(client.sent).to.deep.equal([failure('1', 'Not now.'), result('2', 'b')])
    })

    it('may close the connection then', async () => {
      const { client, decide } = decided({ close: refused })
      decide()
      await client.ended
      expect(client.sent).to.deep.equal([closing('Connection closed with an error. HubException: Not now.')])
    })

    it('is done with when the connection ends', async () => {
      const { client, decide } = decided('pass')
      client.vanish()
      await client.ended
      client.sent.length = 0
      decide()
      await turn()
      expect(client.sent).to.deep.equal([])
    })

    it('asks once, also for a call that then waits for its turn', async () => {
      let asked = 0
      const release = new Deferred()
      class SlowHub extends Hub {
        @hubMethod
        async wait(): Promise<void> {
          await release.promise
        }
      }
      const admitMessage = async (): Promise<MessageAdmission> => {
        asked++
        return 'pass'
      }
      const client = TestServer.extended(SlowHub, { admitMessage }).connect()
      client.receive(invoke('1', 'wait') + invoke('2', 'wait'))
      await turn()
      release.resolve()
      await turn()
      expect(client.sent).to.deep.equal([result('1', null), result('2', null)])
      expect(asked).to.equal(2)
    })
  })
})
