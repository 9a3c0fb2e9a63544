import { expect } from 'chai'
import { type ClientKind, clientKinds, newestOver } from './client-kinds.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { StreamRecorder } from './stream-recorder.js'
import { type TestClient, useClients } from './test-client.js'

const many = 1_000
const numbers = Array.from({ length: many }, (_, number) => number)

const record = <T>(client: TestClient, method: string, ...args: unknown[]): StreamRecorder<T> =>
  new StreamRecorder(client.connection.stream<T>(method, ...args))

describeOnEachServer('streams from the hub', serverKind => {
  const server = useReferenceServer(serverKind)
  const clients = useClients(server)

  for (const kind of clientKinds) {
    describe(`to ${kind.title}`, () => {
      it('bring their items in order, and end', async () => {
        const client = await clients.connect('/testhub', kind)
        expect(await record(client, 'Stream').all()).to.deep.equal(['a', 'b', 'c'])
      })

      it('may be empty', async () => {
        const client = await clients.connect('/testhub', kind)
        expect(await record(client, 'EmptyStream').all()).to.deep.equal([])
      })

      it('lose nothing when they are long and run side by side, with calls between them', async () => {
        const client = await clients.connect('/bench', kind)
        const streams = [record(client, 'Counter', many), record(client, 'Counter', many)]
        expect(await client.invoke('Echo', 'between')).to.equal('between')
        for (const stream of streams) expect(await stream.all()).to.deep.equal(numbers)
      })

      it('fail without an item when the method throws before there is a stream', async () => {
        const client = await clients.connect('/testhub', kind)
        const stream = record(client, 'StreamThrowException', 'boom')
        expect((await stream.end())?.message).to.equal(
          "An unexpected error occurred invoking 'StreamThrowException' on the server. InvalidOperationException: boom",
        )
        expect(stream.items).to.deep.equal([])
      })

      it('fail after the items that came before the error', async () => {
        const client = await clients.connect('/testhub', kind)
        const stream = record(client, 'StreamThenThrow', 'boom')
        expect((await stream.end())?.message).to.equal(
          'An error occurred on the server while streaming results. InvalidOperationException: boom',
        )
        expect(stream.items).to.deep.equal([1])
      })

      it('end when the client cancels, and the hub method learns of it', async () => {
        const client = await clients.connect('/testhub', kind)
        client.connection
          .stream('InfiniteStream')
          .subscribe({ next() {}, error() {}, complete() {} })
          .dispose()
        expect(await client.received('StreamCanceled', 1)).to.have.lengthOf(1)
        expect(await client.invoke('Echo', 'still here')).to.equal('still here')
      })

      it('end when the client leaves, and the hub method learns of it', async () => {
        const client = await clients.connect('/probe', kind)
        const key = `leaving ${client.connection.connectionId}`
        expect(await record(client, 'StreamUntilCanceled', key).firstItem()).to.equal(0)
        await client.connection.stop()
        await eventOf(key, 'canceled')
      })
    })
  }

  async function eventOf(key: string, event: string): Promise<void> {
    const observer = await clients.connect('/probe', newestOver('WebSockets'))
    const deadline = Date.now() + 10_000
    for (;;) {
      const events = await observer.invoke<string[]>('GetEvents', key)
      if (events.includes(event)) return
      if (Date.now() > deadline) throw new Error(`the hub has recorded only ${events.join(', ')}`)
    }
  }
})

describeOnEachServer('streams to the hub', serverKind => {
  const server = useReferenceServer(serverKind)
  const clients = useClients(server)

  /** A stream that sends its items once the call is under way. */
  function upload<T>({ signalR }: ClientKind, ...items: T[]) {
    const subject = new signalR.Subject<T>()
    setImmediate(() => {
      for (const item of items) subject.next(item)
      subject.complete()
    })
    return subject
  }

  for (const kind of clientKinds) {
    describe(`from ${kind.title}`, () => {
      it('are read to their end', async () => {
        const client = await clients.connect('/testhub', kind)
        expect(await client.invoke('StreamingConcat', upload(kind, 's', 'ig', 'nal'))).to.equal('signal')
        expect(await client.invoke('StreamingConcat', upload(kind))).to.equal('')
      })

      it('lose nothing when they are long', async () => {
        const client = await clients.connect('/bench', kind)
        expect(await client.invoke('Sum', upload(kind, ...numbers))).to.equal((many * (many - 1)) / 2)
      })

      it('hand an error of the client to the hub method', async () => {
        const client = await clients.connect('/testhub', kind)
        const subject = new kind.signalR.Subject<string>()
        const error = client.errorOf('StreamingConcat', subject)
        subject.next('a')
        subject.error(new Error('boom'))
        expect(await error).to.equal(
          "An unexpected error occurred invoking 'StreamingConcat' on the server. HubException: boom",
        )
        expect(await client.invoke('Echo', 'still here')).to.equal('still here')
      })

      // Two streams side by side are not for this client: it takes the second one for a plain argument.
      it('stand among other arguments', async () => {
        const client = await clients.connect('/probe', kind)
        expect(await client.invoke('Surround', '(', upload(kind, 'a', 'b'), ')')).to.equal('(ab)')
      })

      it('may be left unread', async () => {
        const client = await clients.connect('/probe', kind)
        expect(await client.invoke('IgnoreUpload', upload(kind, 1, 2, 3))).to.equal('ignored')
        expect(await client.invoke('Echo', 'still here')).to.equal('still here')
      })

      it('go both ways at once', async () => {
        const client = await clients.connect('/probe', kind)
        const subject = new kind.signalR.Subject<number>()
        const doubled = record<number>(client, 'DoubleEach', subject)
        subject.next(1)
        expect(await doubled.firstItem()).to.equal(2)
        subject.next(2)
        subject.complete()
        expect(await doubled.all()).to.deep.equal([2, 4])
      })
    })
  }
})
