import type { InvocationMessage } from '@microsoft/signalr'
import { expect } from 'chai'
import { type ClientKind, clientKinds } from './client-kinds.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { useClients } from './test-client.js'

/** The argument with which an invocation of Echo, its first one on a connection, has this many bytes. */
function echoArgument(bytes: number, kind: ClientKind): string {
  const text = 'x'.repeat(bytes)
  const message = { type: kind.signalR.MessageType.Invocation, target: 'Echo', arguments: [text], invocationId: '0' }
  const written = kind.createProtocol().writeMessage(message as InvocationMessage)
  const length = typeof written === 'string' ? written.length : written.byteLength
  return text.slice(length - bytes)
}

const limit = 32_768

describeOnEachServer('the size limit of messages', serverKind => {
  const server = useReferenceServer(serverKind)
  const clients = useClients(server)

  for (const kind of clientKinds) {
    it(`lets ${kind.title} send a message of exactly the limit`, async () => {
      const client = await clients.connect('/testhub', kind)
      const text = echoArgument(limit, kind)
      expect(await client.invoke('Echo', text)).to.equal(text)
    })

    it(`closes ${kind.title} for one byte more, and says why`, async () => {
      const client = await clients.connect('/testhub', kind)
      const explanation =
        'Server returned an error on close: Connection closed with an error. InvalidDataException: ' +
        'The maximum message size of 32768B was exceeded. The message size can be configured in AddHubOptions.'
      expect(await client.errorOf('Echo', echoArgument(limit + 1, kind))).to.equal(explanation)
      expect((await client.closed)?.message).to.equal(explanation)
    })

    it(`does not count several messages of ${kind.title} together`, async () => {
      const client = await clients.connect('/testhub', kind)
      const texts = ['a', 'b', 'c', 'd'].map(letter => letter.repeat(limit - 200))
      expect(await Promise.all(texts.map(text => client.invoke('Echo', text)))).to.deep.equal(texts)
    })
  }
})

describeOnEachServer('the size limit of messages, without detailed errors', serverKind => {
  const server = useReferenceServer(serverKind, '--no-detailed-errors')
  const clients = useClients(server)

  for (const kind of clientKinds) {
    it(`closes ${kind.title} and keeps the reason to itself`, async () => {
      const client = await clients.connect('/testhub', kind)
      const text = await client.errorOf('Echo', echoArgument(limit + 1, kind))
      expect(text).to.equal('Server returned an error on close: Connection closed with an error.')
    })
  }
})

describeOnEachServer('large messages', serverKind => {
  const server = useReferenceServer(serverKind, '--set', 'maximumReceiveMessageSizeBytes=null')
  const clients = useClients(server)

  for (const kind of clientKinds) {
    for (const [what, text] of [
      ['300 KB of ASCII', 'x'.repeat(300_000)],
      ['300 KB of emoji', '🦊'.repeat(75_000)],
      ['300 KB that all need escaping', '"\n'.repeat(75_000)],
    ] as const) {
      it(`go to the server and back with ${kind.title}: ${what}`, async () => {
        const client = await clients.connect('/testhub', kind)
        expect((await client.invoke('Echo', text)) === text).to.equal(true)
      })
    }
  }
})
