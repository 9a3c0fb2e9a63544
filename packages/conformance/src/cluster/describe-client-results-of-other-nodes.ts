import { readCompletion, readInvocation, writeCompletion, writeInvocation } from '@signalbox/cluster'
import { ClientGoneError, HubException } from '@signalbox/hubs'
import { expect } from 'chai'
import type { TestConnection } from '../hubs/test-connection.js'
import { eventually } from '../waiting/eventually.js'
import { type CreateCluster, useTwoNodes } from './test-cluster.js'

const hub = 'Chat.Hubs.ChatHub'

/** How results of clients come from one node to another. */
export function describeClientResultsOfOtherNodes(name: string, create: CreateCluster): void {
  describe(`${name}, results of clients of the other node`, () => {
    const nodes = useTwoNodes(create)
    let client: TestConnection

    beforeEach(async () => {
      client = await nodes.b.connect('b1')
    })

    /** A call from a to the client, which has arrived there. */
    async function ask(signal?: AbortSignal): Promise<{ result: Promise<unknown>; invocationId: string }> {
      const result = nodes.a.manager.clientResults.invoke('b1', 'Ask', [1], signal)
      result.catch(() => {})
      const { invocationId } = JSON.parse(await client.nextSent())
      return { result, invocationId }
    }

    const answer = (from: TestConnection, invocationId: string, outcome: string) =>
      from.receive(`{"type":3,"invocationId":${JSON.stringify(invocationId)}${outcome}}\x1e`)

    async function failureOf(result: Promise<unknown>): Promise<unknown> {
      return result.then(
        () => expect.fail('It succeeded.'),
        error => error,
      )
    }

    it('come back', async () => {
      const { result, invocationId } = await ask()
      answer(client, invocationId, ',"result":{"a":[1,null,"é"]}')
      expect(await result).to.deep.equal({ a: [1, null, 'é'] })
    })

    it('are asked for and sent in the bytes of .NET (V25, V29)', async () => {
      const asked = await nodes.listen(`${hub}:connection:b1`)
      const { result, invocationId } = await ask()
      await eventually(() => asked.length === 1)
      const invocation = readInvocation(asked[0]!.payload)
      const returned = await nodes.listen(invocation.returnChannel!)
      answer(client, invocationId, ',"result":42')
      await result
      await eventually(() => returned.length === 1)
      expect(invocationId).to.match(/^[A-Za-z0-9+/]{22}$/)
      expect(invocation.invocationId).to.equal(invocationId)
      expect(invocation.returnChannel).to.match(/^Chat\.Hubs\.ChatHub:internal:return:.+_[0-9a-f]{32}$/)
      const completion = Buffer.from(`{"type":3,"invocationId":"${invocationId}","result":42}\x1e`)
      expect(returned[0]!.payload).to.deep.equal(writeCompletion('json', completion))
    })

    it('may be null', async () => {
      const { result, invocationId } = await ask()
      answer(client, invocationId, ',"result":null')
      expect(await result).to.equal(null)
    })

    it("fail with the client's error", async () => {
      const { result, invocationId } = await ask()
      answer(client, invocationId, ',"error":"Error: boom"')
      const error = await failureOf(result)
      expect(error).to.be.an.instanceOf(HubException)
      expect(error).to.have.property('message', 'Error: boom')
    })

    it('fail when the client answers with nothing', async () => {
      const { result, invocationId } = await ask()
      answer(client, invocationId, '')
      expect(await failureOf(result)).to.be.an.instanceOf(HubException)
    })

    it('fail when the client leaves', async () => {
      const { result } = await ask()
      client.leave()
      expect(await failureOf(result)).to.have.property('message', 'Connection disconnected.')
    })

    it('fail at once when nobody has the client', async () => {
      const error = await failureOf(nodes.a.manager.clientResults.invoke('nobody', 'Ask', [], undefined))
      expect(error).to.be.an.instanceOf(ClientGoneError)
      expect(error).to.have.property('message', "Connection 'nobody' does not exist.")
    })

    it('fail when the node of the client dies without a word', async () => {
      const { result } = await ask()
      await nodes.b.close() // its hub still has the client, but the cluster knows of it no more
      const error = await failureOf(result)
      expect(error).to.be.an.instanceOf(ClientGoneError)
      expect(error).to.have.property('message', "Connection 'b1' disconnected.")
    })

    it('are not waited for after the signal; a late answer harms nobody', async () => {
      const controller = new AbortController()
      const { result, invocationId } = await ask(controller.signal)
      controller.abort()
      expect(await failureOf(result)).to.have.property('message', 'Invocation canceled by the server.')
      answer(client, invocationId, ',"result":42')
      const next = await ask()
      answer(client, next.invocationId, ',"result":43')
      expect(await next.result).to.equal(43)
    })

    it('cannot be given by another client of its node, which is closed for trying', async () => {
      const other = await nodes.b.connect('b2')
      const { result, invocationId } = await ask()
      answer(other, invocationId, ',"result":"forged"')
      await other.ended
      answer(client, invocationId, ',"result":42')
      expect(await result).to.equal(42)
    })

    it('cannot be given by a client of the node that asks, which is closed for trying', async () => {
      const other = await nodes.a.connect('a1')
      const { result, invocationId } = await ask()
      answer(other, invocationId, ',"result":"forged"')
      await other.ended
      answer(client, invocationId, ',"result":42')
      expect(await result).to.equal(42)
    })

    it('are waited for on, whatever else arrives in their place', async () => {
      const asked = await nodes.listen(`${hub}:connection:b1`)
      const { result, invocationId } = await ask()
      await eventually(() => asked.length === 1)
      const { returnChannel } = readInvocation(asked[0]!.payload)
      const json = `{"type":3,"invocationId":${JSON.stringify(invocationId)},"result":1}`
      for (const payload of [
        writeCompletion('json', Buffer.from(json)), // unframed (V27)
        writeCompletion('json', Buffer.from('{"type":6}\x1e')),
        writeCompletion('json', Buffer.from(`${json.slice(0, -1)},"error":"both"}\x1e`)),
        writeCompletion('custom', Buffer.from(`${json}\x1e`)),
        writeCompletion('json', Buffer.from('{"type":3,"invocationId":"unknown","result":1}\x1e')),
        Buffer.from('garbage'),
      ])
        await nodes.publish(returnChannel!, payload)
      await eventually(() => nodes.a.manager.guard.rejectedCount === 5)
      answer(client, invocationId, ',"result":42')
      expect(await result).to.equal(42)
    })

    describe('asked for by a node we know nothing of', () => {
      const message = (invocationId: string) =>
        new Map([
          ['json', Buffer.from(`{"type":1,"invocationId":"${invocationId}","target":"Ask","arguments":[]}\x1e`)],
        ])

      async function publish(invocationId: string, returnChannel: string): Promise<void> {
        const payload = writeInvocation(message(invocationId), [], { invocationId, returnChannel })
        await nodes.publish(`${hub}:connection:b1`, payload)
        await client.nextSent()
      }

      it('go where it wants them', async () => {
        const received = await nodes.listen('My.Return')
        await publish('n1', 'My.Return')
        answer(client, 'n1', ',"result":10')
        await eventually(() => received.length === 1)
        const { protocolName, completion } = readCompletion(received[0]!.payload)
        expect([protocolName, completion.toString()]).to.deep.equal([
          'json',
          '{"type":3,"invocationId":"n1","result":10}\x1e',
        ])
      })

      it('go nowhere when it does not say where it wants them', async () => {
        await publish('n2', '')
        answer(client, 'n2', ',"result":10')
        await nodes.b.send({ clients: ['b1'] }, 'Said', [])
        expect(await client.nextSent()).to.contain('Said')
        expect(nodes.b.manager.guard.rejectedCount).to.equal(1)
      })

      it('fail at once when it uses an id twice, and the first is answered', async () => {
        const received = await nodes.listen('My.Return')
        await publish('n8', 'My.Return')
        await publish('n8', 'My.Return')
        answer(client, 'n8', ',"result":10')
        await eventually(() => received.length === 2)
        expect(received.map(({ payload }) => readCompletion(payload).completion.toString())).to.deep.equal([
          '{"type":3,"invocationId":"n8","error":"ID collision occurred when using client results. This is likely a bug in SignalR."}\x1e',
          '{"type":3,"invocationId":"n8","result":10}\x1e',
        ])
      })
    })
  })
}
