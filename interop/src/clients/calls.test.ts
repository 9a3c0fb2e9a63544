import { expect } from 'chai'
import { clientKinds } from './client-kinds.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { useClients } from './test-client.js'

describeOnEachServer('calls between client and hub', serverKind => {
  const server = useReferenceServer(serverKind)
  const clients = useClients(server)

  for (const kind of clientKinds) {
    describe(`with ${kind.title}`, () => {
      it('start over the transport that was asked for', async () => {
        const client = await clients.connect('/testhub', kind)
        expect(await client.invoke('GetActiveTransportName')).to.equal(kind.transport)
      })

      it('give client and hub the same connection id', async () => {
        const client = await clients.connect('/testhub', kind)
        expect(client.connection.connectionId).to.be.a('string').with.lengthOf(22)
        expect(await client.invoke('GetCallerConnectionId')).to.equal(client.connection.connectionId)
      })

      it('return what the hub method returns, whatever the case of its name', async () => {
        const client = await clients.connect('/bench', kind)
        expect(await client.invoke('Add', 40, 2)).to.equal(42)
        expect(await client.invoke('add', -1, 1)).to.equal(0)
        expect(await client.invoke('Echo', null)).to.equal(null)
      })

      it('complete a method without result with null', async () => {
        const client = await clients.connect('/probe', kind)
        expect(await client.invoke('VoidMethod')).to.equal(null)
        expect(await client.invoke('TaskMethod')).to.equal(null)
      })

      it('call the client, before the completion of the method that called', async () => {
        const client = await clients.connect('/testhub', kind)
        let hasCompleted = false
        const cameFirst = new Promise<boolean>(resolve => client.connection.on('Message', () => resolve(!hasCompleted)))
        await client.invoke('InvokeWithString', 'hello')
        hasCompleted = true
        expect(await cameFirst).to.equal(true)
        expect(await client.received('Message', 1)).to.deep.equal([['hello']])
      })

      it('run what is sent without asking for an answer', async () => {
        const client = await clients.connect('/testhub', kind)
        await client.connection.send('InvokeWithString', 'one way')
        expect(await client.received('Message', 1)).to.deep.equal([['one way']])
      })

      it('keep the order of calls, both ways', async () => {
        const client = await clients.connect('/testhub', kind)
        const numbers = Array.from({ length: 100 }, (_, number) => String(number))
        await Promise.all(numbers.map(number => client.invoke('InvokeWithString', number)))
        expect(await client.received('Message', numbers.length)).to.deep.equal(numbers.map(number => [number]))
      })

      it('answer each of many calls with its own result', async () => {
        const client = await clients.connect('/testhub', kind)
        const texts = Array.from({ length: 50 }, (_, number) => `text ${number}`)
        expect(await Promise.all(texts.map(text => client.invoke('Echo', text)))).to.deep.equal(texts)
      })

      it('carry objects, with the names of their properties as written', async () => {
        const client = await clients.connect('/testhub', kind)
        await client.invoke('SendCustomObject', { Name: 'Ada', Value: 36 })
        // In MessagePack .NET finds properties by their exact names only.
        const grace = kind.protocol === 'json' ? { name: 'Grace', value: 85 } : { Name: 'Grace', Value: 85 }
        await client.invoke('SendCustomObject', { ...grace, unknown: true })
        expect(await client.received('CustomObject', 2)).to.deep.equal([
          [{ Name: 'Ada', Value: 36 }],
          [{ Name: 'Grace', Value: 85 }],
        ])
      })

      it('carry bytes, times, ids and arrays', async () => {
        const client = await clients.connect('/testhub', kind)
        const sample = await client.invoke('SendComplexObject')
        const isJson = kind.protocol === 'json'
        expect(sample).to.deep.equal({
          ByteArray: isJson ? 'AQID' : Uint8Array.of(1, 2, 3),
          DateTime: isJson ? '2000-01-01T00:00:00Z' : new Date('2000-01-01T00:00:00Z'),
          Guid: '00010203-0405-0607-0706-050403020100',
          IntArray: [1, 2, 3],
          String: 'hello world',
        })
        expect(await client.invoke('EchoComplexObject', sample)).to.deep.equal(sample)
      })

      for (const [what, text] of [
        ['an empty text', ''],
        ['letters beyond ASCII', 'Grüße, Łódź, Ελλάδα, 東京, שלום'],
        ['emoji and combining marks', '👩🏽‍💻 e\u0301 🇦🇷'],
        ['control characters and the record separator', '\u0000\u0001\b\t\n\u001e\u001f\u007f'],
        ['quotes, slashes and line separators', '"\\/<>&\'\u2028\u2029'],
        ['noncharacters and the replacement character', '\ufffe\uffff\ufffd\ufeff'],
      ] as const) {
        it(`bring back ${what} unharmed`, async () => {
          const client = await clients.connect('/testhub', kind)
          expect(await client.invoke('Echo', text)).to.equal(text)
        })
      }
    })
  }
})
