import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { clientKinds } from './client-kinds.js'
import { within } from './deadline.js'
import { RawSocket } from './raw-socket.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { type TestClient, useClients } from './test-client.js'

const handshake = '{"protocol":"json","version":1}\u001e'

interface Attack {
  readonly title: string
  /**
   * Whether the server throws the attacker out. Else the attacker leaves: the server has no objection, or may wait for
   * more.
   */
  readonly isThrownOut: boolean
  /** On an open WebSocket of the hub. */
  readonly attack: (socket: RawSocket) => void
}

const attacks: readonly Attack[] = [
  { title: 'a text in place of the handshake', isThrownOut: true, attack: it => it.sendMessage('hello?\u001e') },
  {
    title: 'a handshake for a protocol that is none',
    isThrownOut: true,
    attack: it => it.sendMessage('{"protocol":"__proto__","version":1}\u001e'),
  },
  {
    title: 'broken JSON after the handshake',
    isThrownOut: true,
    attack: it => it.sendMessage(`${handshake}{"type":1,"target":\u001e`),
  },
  {
    title: 'JSON that is no message',
    isThrownOut: true,
    attack: it => it.sendMessage(`${handshake}[1,2,3]\u001e`),
  },
  {
    title: 'random bytes',
    isThrownOut: true,
    attack: it => it.sendMessage(Buffer.concat([Buffer.from(handshake), randomBytes(2_000), Buffer.from('\u001e')]), 2),
  },
  {
    title: 'a message without an end',
    isThrownOut: true,
    attack: it => it.sendMessage(`${handshake}{"type":1,"target":"${'x'.repeat(40_000)}`),
  },
  {
    title: 'arguments that nest too deep',
    isThrownOut: true,
    attack: it => it.sendMessage(`${handshake}{"type":1,"target":"Echo","arguments":[${'['.repeat(10_000)}\u001e`),
  },
  {
    title: 'calls of what JavaScript objects inherit',
    isThrownOut: false,
    attack: it => {
      it.sendMessage(handshake)
      for (const target of ['constructor', '__proto__', 'toString', 'onConnected', 'context'])
        it.sendMessage(`{"type":1,"invocationId":"1","target":"${target}","arguments":[]}\u001e`)
    },
  },
  {
    title: 'objects that want to change every object',
    isThrownOut: false,
    attack: it =>
      it.sendMessage(
        `${handshake}{"type":1,"target":"SendCustomObject","arguments":[{"__proto__":{"polluted":1}}],"__proto__":{}}\u001e`,
      ),
  },
  {
    title: 'answers to questions that nobody asked',
    isThrownOut: false,
    attack: it =>
      it.sendMessage(
        `${handshake}{"type":3,"invocationId":"7","result":1}\u001e{"type":2,"invocationId":"7","item":1}\u001e{"type":5,"invocationId":"7"}\u001e`,
      ),
  },
  {
    title: 'a text frame that is not UTF-8',
    isThrownOut: true,
    attack: it => it.sendMessage(Buffer.concat([Buffer.from(handshake), Buffer.from([0xff, 0xfe, 0xc0, 0x1e])])),
  },
  {
    title: 'a frame without a mask',
    isThrownOut: false,
    attack: it => it.send(Buffer.concat([Buffer.from([0x81, 12]), Buffer.from('hello, world')])),
  },
  {
    title: 'a frame of a reserved kind',
    isThrownOut: true,
    attack: it => it.sendMessage('hi', 0x7),
  },
  {
    title: 'a frame that claims to be gigantic',
    isThrownOut: false,
    attack: it => it.send(Buffer.from([0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])),
  },
]

describeOnEachServer('twenty clients that work, while another one misbehaves', serverKind => {
  const server = useReferenceServer(serverKind)
  const clients = useClients(server)
  let peaceful: readonly TestClient[]
  beforeEach(async () => {
    const kinds = Array.from({ length: 20 }, (_, number) => clientKinds[number % clientKinds.length]!)
    peaceful = await Promise.all(kinds.map(kind => clients.connect('/testhub', kind)))
  })

  /** Everyone calls as long as the misbehaviour lasts, and a little longer. */
  async function expectPeaceWhile(misbehaviour: Promise<unknown>): Promise<void> {
    let isOver = false
    const over = within(misbehaviour, 'the end of the misbehaving connection').finally(() => {
      isOver = true
    })
    const works = peaceful.map(async (client, number) => {
      for (let round = 0, last = false; !last; round++) {
        last = isOver
        const text = `client ${number}, round ${round}`
        expect(await client.invoke('Echo', text)).to.equal(text)
      }
    })
    await Promise.all([over, ...works])
  }

  for (const { title, isThrownOut, attack } of attacks) {
    it(`do not notice ${title}`, async () => {
      const socket = await RawSocket.webSocket(server.url, '/testhub')
      attack(socket)
      if (isThrownOut) await expectPeaceWhile(socket.thrownOut)
      socket.end()
      await expectPeaceWhile(socket.closed)
    })
  }

  it('do not notice who vanishes in the middle of a message', async () => {
    const socket = await RawSocket.webSocket(server.url, '/testhub')
    socket.sendMessage(`${handshake}{"type":1,"tar`)
    socket.reset()
    await expectPeaceWhile(socket.closed)
  })

  it('do not notice a request that is no HTTP', async () => {
    const socket = await RawSocket.connect(server.url)
    socket.send(Buffer.concat([randomBytes(500), Buffer.from('\r\n\r\n')]))
    await expectPeaceWhile(socket.closed)
  })

  it('do not notice POSTs to connections that are not there', async () => {
    const statuses = Promise.all(
      Array.from({ length: 20 }, async () => {
        const answer = await fetch(`${server.url}/testhub?id=guess`, { method: 'POST', body: randomBytes(1_000) })
        return answer.status
      }),
    )
    await expectPeaceWhile(statuses)
    expect(new Set(await statuses)).to.deep.equal(new Set([404]))
  })
})
