import { readCompletion, readWhole, writeCompletion, writeInvocation } from '@signalbox/cluster'
import { HubException } from '@signalbox/hubs'
import { type HubProtocol, JsonHubProtocol, MessageType } from '@signalbox/protocol'
import { MessagePackHubProtocol } from '@signalbox/protocol-msgpack'
import { expect } from 'chai'
import type { TestConnection } from '../hubs/test-connection.js'
import { eventually } from '../waiting/eventually.js'
import { capturedPayloads } from './captured-payloads.js'
import { type CreateCluster, type HeardPayload, useTwoNodes } from './test-cluster.js'

const json = new JsonHubProtocol()
const messagePack = new MessagePackHubProtocol()
const protocols = [json, messagePack]

/** What a client makes of the call it got. */
type Answer = (invocationId: string) => Buffer

const jsonAnswer =
  (outcome: string): Answer =>
  invocationId =>
    Buffer.from(`{"type":3,"invocationId":"${invocationId}"${outcome}}\x1e`, 'latin1')

/** @param outcome - hexadecimal: kind and value. */
const messagePackAnswer =
  (outcome: string, length = 5): Answer =>
  invocationId => {
    const id = Buffer.from(invocationId)
    const body = Buffer.concat([Buffer.of(0x90 | length, 3, 0x80, 0xa0 | id.length), id, Buffer.from(outcome, 'hex')])
    return Buffer.concat([Buffer.of(body.length), body])
  }

/** That results of clients pass nodes byte for byte. */
export function describeRawResults(name: string, create: CreateCluster): void {
  describe(`${name}, bytes of results for another node`, () => {
    const nodes = useTwoNodes(create, { protocols })
    let jsonClient: TestConnection
    let messagePackClient: TestConnection
    let returned: readonly HeardPayload[]

    beforeEach(async () => {
      jsonClient = await nodes.b.connectSpeaking(json, 'json')
      messagePackClient = await nodes.b.connectSpeaking(messagePack, 'messagepack')
      returned = await nodes.listen(nodes.a.manager.channels.ownReturn, 'Other.Return')
    })

    const clientOf = (protocol: HubProtocol) => (protocol === json ? jsonClient : messagePackClient)

    async function nextInvocationId(protocol: HubProtocol): Promise<string> {
      const sent = await clientOf(protocol).nextSent()
      const bytes = protocol === json ? Buffer.from(`${sent}\x1e`) : Buffer.from(sent, 'hex')
      const message = readWhole(protocol, bytes)
      if (message?.type !== MessageType.Invocation) return expect.fail('The client got no invocation.')
      return message.invocationId!
    }

    async function published(): Promise<Buffer> {
      await eventually(() => returned.length > 0)
      return returned[0]!.payload
    }

    /**
     * A call from a to the client on b, whose answer must go from b to a as it is.
     * @returns the outcome of the call.
     */
    async function ask(protocol: HubProtocol, answer: Answer): Promise<PromiseSettledResult<unknown>> {
      const asked = Promise.allSettled([nodes.a.manager.clientResults.invoke(protocol.name, 'Ask', [1], undefined)])
      const answered = answer(await nextInvocationId(protocol))
      clientOf(protocol).receive(answered)
      expect(await published()).to.deep.equal(writeCompletion(protocol.name, answered))
      return (await asked)[0]
    }

    for (const [result, value] of [
      ['12345678901234567890', 12345678901234567890n],
      ['-9007199254740993', -9007199254740993n],
      ['1.0', 1],
      ['1e3', 1000],
      ['{"b":1,"10":2,"a":{"2":3}}', { b: 1, a: { 2: 3 }, 10: 2 }],
      ['{"a":1,"a":2}', { a: 2 }],
      ['[ [ { "a" : [ 1.50 ] } ] ]', [[{ a: [1.5] }]]],
      ['"\\u00e9\\/"', 'é/'],
      ['null', null],
    ] as const) {
      it(`are those of the client: ${result} in JSON`, async () => {
        const outcome = await ask(json, jsonAnswer(`,"result":${result}`))
        expect(outcome).to.deep.equal({ status: 'fulfilled', value })
      })
    }

    for (const [name, result, value] of [
      ['an integer of 64 bits', 'cffffffffffffffff0', 0xffff_ffff_ffff_fff0n],
      ['an integer wider than it needs', 'cf0000000000000001', 1],
      ['a float that is an integer', 'ca3f800000', 1],
      ['a map with keys in no order', '82a16201a13102', { b: 1, 1: 2 }],
      ['a map with a key twice', '82a16101a16102', { a: 2 }],
      ['arrays of every width', 'dc0001dd0000000192c0c3', [[[null, true]]]],
      ['a timestamp', 'd6ff00000000', new Date(0)],
      ['nil', 'c0', null],
    ] as const) {
      it(`are those of the client: ${name} in MessagePack`, async () => {
        const outcome = await ask(messagePack, messagePackAnswer(`03${result}`))
        expect(outcome).to.deep.equal({ status: 'fulfilled', value })
      })
    }

    for (const [name, protocol, answer, message] of [
      ['an error in JSON', json, jsonAnswer(',"error":"no"'), 'no'],
      ['an error in MessagePack', messagePack, messagePackAnswer('01a26e6f'), 'no'],
      ['no result in JSON', json, jsonAnswer(''), 'HubException'],
      ['no result in MessagePack', messagePack, messagePackAnswer('02', 4), 'HubException'],
      [
        'bytes that are no UTF-8, which only the node that asks sees',
        json,
        jsonAnswer(',"result":"\xff"'),
        'transcode',
      ],
      ['an extension nobody knows', messagePack, messagePackAnswer('03d40500'), "for 'argument' failed."],
    ] as const) {
      it(`are those of the client: ${name}`, async () => {
        const outcome = await ask(protocol, answer)
        if (outcome.status === 'fulfilled') expect.fail('The call succeeded.')
        expect(outcome.reason).to.be.an.instanceOf(HubException)
        expect(outcome.reason.message).to.contain(message)
      })
    }

    it('that are no MessagePack end the connection, and the call with it', async () => {
      const client = await nodes.b.connectSpeaking(messagePack, 'broken')
      const asked = Promise.allSettled([nodes.a.manager.clientResults.invoke('broken', 'Ask', [1], undefined)])
      const sent = readWhole(messagePack, Buffer.from(await client.nextSent(), 'hex'))
      client.receive(messagePackAnswer('03c1')((sent as { invocationId: string }).invocationId))
      await client.ended
      const [outcome] = await asked
      expect(outcome.status === 'rejected' && outcome.reason.message).to.equal('Connection disconnected.')
    })

    describe('that a node of ASP.NET Core asks for', () => {
      const captures = capturedPayloads().filter(({ kind }) => kind === 'completion')

      /** @returns what b publishes when the client answers a call of that node. */
      async function passedOn(protocol: HubProtocol, invocationId: string, answer: Uint8Array): Promise<Buffer> {
        const call = {
          type: MessageType.Invocation,
          headers: undefined,
          invocationId,
          target: 'Ask',
          arguments: [1],
        } as const
        const messages = new Map(
          protocols.map(each => [each.name, each.writeMessage({ ...call, streamIds: undefined })]),
        )
        const asking = writeInvocation(messages, [], { invocationId, returnChannel: 'Other.Return' })
        await nodes.publish(nodes.b.manager.channels.connection(protocol.name), asking)
        expect(await nextInvocationId(protocol)).to.equal(invocationId)
        clientOf(protocol).receive(answer)
        return published()
      }

      for (const { description, payload } of captures) {
        it(`are published as ASP.NET Core published them: ${description}`, async () => {
          const { protocolName, completion } = readCompletion(payload)
          const protocol = protocolName === 'json' ? json : messagePack
          const message = readWhole(protocol, completion)
          if (message?.type !== MessageType.Completion) return expect.fail('It is no completion.')
          expect(await passedOn(protocol, message.invocationId, completion)).to.deep.equal(payload)
        })
      }

      it('keep what ASP.NET Core keeps of an unusual spelling, and lose what it loses', async () => {
        const [capture] = captures.filter(({ description }) => description.startsWith('raw passthrough'))
        const answer =
          '{"type":3,"invocationId":"p","result" : { "x" : 1.50 ,"y":"\\u00e9\\u003c" } ,"headers":{"a":"b"}}\x1e'
        expect(await passedOn(json, 'p', Buffer.from(answer))).to.deep.equal(capture?.payload)
      })
    })
  })
}
