import type { IRetryPolicy } from '@microsoft/signalr'
import { expect } from 'chai'
import { type ClientKind, clientKinds } from './client-kinds.js'
import { within } from './deadline.js'
import { ReferenceServerProcess, useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { TestClient, useClients } from './test-client.js'

const retryPolicy: IRetryPolicy = {
  nextRetryDelayInMilliseconds: ({ elapsedMilliseconds }) => (elapsedMilliseconds < 20_000 ? 50 : null),
}

/**
 * An error among those of `clientKinds`. A client that is between two polls just then may find nobody there: that does
 * not count.
 */
const isUnexpected = (error: Error | undefined, index: number): boolean =>
  error !== undefined && clientKinds[index]!.transport !== 'LongPolling'

/** Every kind of client on one server, and how the clients fare when that ends. */
class Witnesses {
  readonly clients: readonly TestClient[]
  /** The error of each client's `onreconnecting`. */
  readonly lost: Promise<(Error | undefined)[]>
  /** The new connection ids. */
  readonly back: Promise<(string | undefined)[]>

  private constructor(clients: readonly TestClient[]) {
    this.clients = clients
    const all = <T>(listen: (client: TestClient, done: (value: T) => void) => void) =>
      Promise.all(clients.map(client => new Promise<T>(resolve => listen(client, resolve))))
    this.lost = all((client, done) => client.connection.onreconnecting(done))
    this.back = all((client, done) => client.connection.onreconnected(done))
  }

  static async connect(url: string, kinds: readonly ClientKind[]): Promise<Witnesses> {
    const clients = kinds.map(kind => new TestClient(`${url}/testhub`, kind, { retryPolicy }))
    const witnesses = new Witnesses(clients)
    await Promise.all(clients.map(client => client.start()))
    return witnesses
  }

  get ids(): (string | null)[] {
    return this.clients.map(client => client.connection.connectionId)
  }

  async stop(): Promise<void> {
    await Promise.all(this.clients.map(client => client.connection.stop()))
  }
}

describeOnEachServer('automatic reconnect, with every client on every transport', serverKind => {
  let server: ReferenceServerProcess
  let witnesses: Witnesses
  beforeEach(async () => {
    server = await ReferenceServerProcess.start(serverKind)
    witnesses = await Witnesses.connect(server.url, clientKinds)
  })
  afterEach(async () => {
    await witnesses.stop()
    await server.kill()
  })

  async function expectAllBack(idsBefore: readonly (string | null)[]): Promise<void> {
    const idsAfter = await within(witnesses.back, 'every client to be back', 25_000)
    expect(new Set([...idsBefore, ...idsAfter])).to.have.lengthOf(2 * clientKinds.length)
    for (const client of witnesses.clients) expect(await client.invoke('Echo', 'back')).to.equal('back')
  }

  it('comes back, under a new connection id, to a server that was killed and started again', async () => {
    const idsBefore = witnesses.ids
    await server.kill()
    await within(witnesses.lost, 'every client to miss the server')
    server = await server.startAgain()
    await expectAllBack(idsBefore)
  }).timeout(30_000)

  // ASP.NET Core resets its WebSockets instead.
  if (!serverKind.isDotnet) {
    it('comes back after a server that stopped told its clients so, without an error', async () => {
      const idsBefore = witnesses.ids
      const stopped = server.stop()
      const errors = await within(witnesses.lost, 'every client to be told')
      expect(errors.filter(isUnexpected)).to.deep.equal([])
      expect(await stopped).to.equal(0)
      server = await server.startAgain()
      await expectAllBack(idsBefore)
    }).timeout(30_000)
  }
})

describeOnEachServer('a server that stops', serverKind => {
  if (!serverKind.isDotnet) {
    it('closes clients that do not reconnect, without an error, and ends with exit code 0', async () => {
      const server = await ReferenceServerProcess.start(serverKind)
      const clients = clientKinds.map(kind => new TestClient(`${server.url}/testhub`, kind))
      await Promise.all(clients.map(client => client.start()))
      const stopped = server.stop()
      const errors = await within(Promise.all(clients.map(client => client.closed)), 'every client to close')
      expect(errors.filter(isUnexpected)).to.deep.equal([])
      expect(await stopped).to.equal(0)
    })
  }
})

describeOnEachServer('a client that falls silent', serverKind => {
  const server = useReferenceServer(serverKind, '--set', 'clientTimeoutIntervalMs=1000')
  const clients = useClients(server)

  // Polls are life signs of their own.
  for (const kind of clientKinds.filter(({ transport }) => transport !== 'LongPolling')) {
    it(`is closed after the client time-out: ${kind.title}`, async () => {
      const client = await clients.connect('/testhub', kind)
      const error = await within(client.closed, 'the connection to close')
      expect(error?.message).to.equal(
        "Server returned an error on close: Connection closed with an error. OperationCanceledException: Client hasn't sent a message/ping within the configured ClientTimeoutInterval.",
      )
    }).timeout(15_000)
  }
})
