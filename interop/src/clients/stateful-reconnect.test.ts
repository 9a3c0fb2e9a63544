import { expect } from 'chai'
import { clientKinds } from './client-kinds.js'
import { CuttingProxy } from './cutting-proxy.js'
import { within } from './deadline.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { TestClient } from './test-client.js'

describeOnEachServer('stateful reconnect', serverKind => {
  const server = useReferenceServer(serverKind)
  let proxy: CuttingProxy
  let client: TestClient
  beforeEach(async () => {
    proxy = await CuttingProxy.start(server.url)
  })
  afterEach(async () => {
    await client.connection.stop()
    await proxy.stop()
  })

  for (const kind of clientKinds.filter(({ transport }) => transport === 'WebSockets')) {
    describe(`with ${kind.title}`, () => {
      async function connect(path: string): Promise<string> {
        client = await new TestClient(proxy.url + path, kind, { isStateful: true }).start()
        return client.connection.connectionId!
      }

      it('loses and repeats nothing over cuts in mid-traffic, and stays the same connection', async () => {
        const id = await connect('/testhub')
        const numbers = Array.from({ length: 300 }, (_, number) => String(number))
        for (let start = 0; start < numbers.length; start += 50) {
          // Each message makes the way to the server and back, so a loss or a repetition in either direction shows.
          const calls = numbers.slice(start, start + 50).map(number => client.invoke('InvokeWithString', number))
          await client.received('Message', start + 1)
          proxy.cut()
          await Promise.all(calls)
        }
        expect(await client.received('Message', numbers.length)).to.deep.equal(numbers.map(number => [number]))
        expect(await client.invoke('GetCallerConnectionId')).to.equal(id)
      })

      it('delivers what the server sends while the client is away', async () => {
        const id = await connect('/testhub')
        client.connection.on('Result', () => 7)
        proxy.cut()
        const answer = await within(fetch(`${server.url}/clientresult/${id}`), 'the answer of the client')
        expect(await answer.text()).to.equal('7')
      })

      it('finishes a call that was running when the socket was cut', async () => {
        await connect('/testhub')
        client.connection.on('Ask', (number: number) => {
          proxy.cut()
          return number + 1
        })
        expect(await client.invoke('AskCaller', 41)).to.equal(42)
      })

      it('goes on with a stream that was under way', async () => {
        await connect('/probe')
        const subject = new kind.signalR.Subject<number>()
        const doubled: number[] = []
        const ended = new Promise<void>((complete, error) => {
          const next = (item: number) => {
            doubled.push(item)
            if (item === 2) {
              proxy.cut()
              subject.next(2)
              subject.complete()
            }
          }
          client.connection.stream<number>('DoubleEach', subject).subscribe({ next, complete, error })
        })
        subject.next(1)
        await within(ended, 'the end of the stream')
        expect(doubled).to.deep.equal([2, 4])
      })

      it('is not to be had of a hub that does not allow it: a cut ends the connection', async () => {
        const token = await (await fetch(`${server.url}/generateJwtToken?seconds=60`)).text()
        await connect(`/authorizedhub?access_token=${token}`)
        expect(await client.invoke('Echo', 'works as ever')).to.equal('works as ever')
        proxy.cut()
        await within(client.closed, 'the connection to close')
      })
    })
  }
})
