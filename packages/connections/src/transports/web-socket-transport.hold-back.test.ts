import { type ConnectionContext, silentLogger } from '@signalbox/abstractions'
import { FakeExchange, ManualClock, RecordingSocket, webSocketRequest } from '@signalbox/conformance'
import { expect } from 'chai'
import type { HostSocketHandler } from '../host/host-port.js'
import { ConnectionDispatcher } from '../http/connection-dispatcher.js'
import {
  type ConnectionOptions,
  resolveConnectionManagerOptions,
  resolveConnectionOptions,
} from '../life/connection-options.js'
import { HttpConnectionManager } from '../life/http-connection-manager.js'

/** One that can stop reading. */
class PausableSocket extends RecordingSocket {
  readonly calls: string[] = []

  pause(): void {
    this.calls.push('pause')
  }

  resume(): void {
    this.calls.push('resume')
  }
}

describe('WebSocketTransport: an application that does not read', () => {
  const received: number[] = []
  const ends: (Error | undefined)[] = []
  let connection: ConnectionContext
  let peer: HostSocketHandler

  function connect(socket: RecordingSocket, options: ConnectionOptions = {}): void {
    const manager = new HttpConnectionManager(resolveConnectionManagerOptions({}), new ManualClock(), silentLogger)
    const handler = (opened: ConnectionContext) => {
      connection = opened
      opened.receiver = {
        onReceive: bytes => void received.push(bytes.length),
        onEnd: error => void ends.push(error),
        onHeartbeat() {},
      }
    }
    const endpoint = {
      handler,
      path: '/',
      options: resolveConnectionOptions({
        applicationMaxBufferSizeBytes: 100,
        maximumPendingReceiveBytes: 200,
        ...options,
      }),
    }
    const exchange = new FakeExchange(webSocketRequest('/raw'), socket)
    new ConnectionDispatcher(manager, () => true).dispatch(exchange, { ...endpoint, authentication: undefined })
    peer = exchange.socketHandler!
    connection.pause()
  }

  const send = (length: number) => peer.onMessage(Buffer.alloc(length))

  beforeEach(() => {
    received.length = 0
    ends.length = 0
  })

  it('holds the peer back once its buffer is full', () => {
    const socket = new PausableSocket()
    connect(socket)
    send(99)
    expect(socket.calls).to.deep.equal([])

    send(1)
    send(1)

    expect(socket.calls).to.deep.equal(['pause'])
  })

  it('lets the peer go on when it has read down to half', () => {
    const socket = new PausableSocket()
    connect(socket)
    send(60)
    send(60)

    connection.resume()

    expect(socket.calls).to.deep.equal(['pause', 'resume'])
    expect(received).to.deep.equal([60, 60])
  })

  it('can hold the peer back again', () => {
    const socket = new PausableSocket()
    connect(socket)
    send(100)
    connection.resume()
    connection.pause()

    send(100)

    expect(socket.calls).to.deep.equal(['pause', 'resume', 'pause'])
  })

  it('does not lose the connection over what was read before the peer was held back', () => {
    connect(new PausableSocket())
    send(99)

    send(1_000)

    expect(ends).to.deep.equal([])
  })

  it('holds the peer back at maximumPendingReceiveBytes when applicationMaxBufferSizeBytes is 0', () => {
    const socket = new PausableSocket()
    connect(socket, { applicationMaxBufferSizeBytes: 0 })
    send(199)
    expect(socket.calls).to.deep.equal([])

    send(2)

    expect([socket.calls, ends]).to.deep.equal([['pause'], []])
  })

  for (const applicationMaxBufferSizeBytes of [100, 0])
    it(`loses a peer that sends too much on a host that cannot hold it back, with ${applicationMaxBufferSizeBytes}`, () => {
      connect(new RecordingSocket(), { applicationMaxBufferSizeBytes })
      send(100)

      send(101)

      expect(ends).to.have.length(1)
      expect(ends[0]).to.have.property('code', 'SIGNALR_RECEIVE_BUFFER_FULL')
    })

  it('reads the end of the peer when it ends itself', () => {
    const socket = new PausableSocket()
    connect(socket)
    send(100)

    connection.close()

    expect(socket.calls).to.deep.equal(['pause', 'resume'])
  })
})
