import { once } from 'node:events'
import { type HubProtocol, JsonHubProtocol, MessageType } from '@signalbox/protocol'
import { MessagePackHubProtocol } from '@signalbox/protocol-msgpack'
import { expect } from 'chai'
import { createServer, Hub, type HubMethodTable, type SignalboxServer, silentLogger } from 'signalbox'
import { WebSocket } from 'ws'
import { describeOnEachHost } from '../hosts/host-kinds.js'

let calls: number

class CountingHub extends Hub {
  static readonly hubMethods = { count: 0, countLater: 0, counted: 0 } satisfies HubMethodTable<CountingHub>

  count(): number {
    work()
    return ++calls
  }

  async countLater(): Promise<number> {
    return this.count()
  }

  counted(): number {
    return calls
  }
}

/** As much as a method may have to do: all calls together take 200 ms. */
function work(): void {
  for (const end = performance.now() + 0.05; performance.now() < end; );
}

const json = new JsonHubProtocol()
const messagePack = new MessagePackHubProtocol()
const many = 4_000

describeOnEachHost('many calls in one WebSocket message', host => {
  let server: SignalboxServer
  let url: string
  const sockets: WebSocket[] = []

  beforeEach(async () => {
    calls = 0
    server = createServer({ host: host.create(), protocols: [messagePack], logger: silentLogger })
    server.mapHub('/counting', CountingHub)
    url = (await server.listen(0)).url.replace('http', 'ws')
  })

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate()
    await server.close()
  })

  async function connect(protocol: HubProtocol): Promise<WebSocket> {
    const socket = new WebSocket(`${url}/counting`)
    sockets.push(socket)
    await once(socket, 'open')
    const answered = once(socket, 'message')
    socket.send(`{"protocol":"${protocol.name}","version":1}\x1e`)
    await answered
    return socket
  }

  for (const protocol of [json, messagePack])
    for (const method of ['count', 'countLater'])
      it(`let another connection have its turn: ${method}, ${protocol.name}`, async () => {
        const busy = await connect(protocol)
        const other = await connect(protocol)
        const answered = once(busy, 'message')
        busy.send(Buffer.concat(Array.from({ length: many }, (_, id) => call(protocol, String(id), method))), {
          binary: protocol.transferFormat === 'Binary',
        })
        await answered // the server has begun
        const answer = once(other, 'message') as Promise<[Buffer]>
        other.send(call(protocol, '1', 'counted'), { binary: protocol.transferFormat === 'Binary' })
        expect(resultIn(protocol, (await answer)[0])).to.be.within(1, many - 1)
      })
})

function call(protocol: HubProtocol, invocationId: string, target: string): Buffer {
  return protocol.writeMessage({
    type: MessageType.Invocation,
    headers: undefined,
    invocationId,
    target,
    arguments: [],
    streamIds: undefined,
  })
}

function resultIn(protocol: HubProtocol, bytes: Buffer): unknown {
  const message = protocol.tryParseMessage({ bytes, offset: 0, end: bytes.length })
  return message?.type === MessageType.Completion ? message.result : undefined
}
