import { anonymous, FeatureKey, type HttpTransportType } from '@signalbox/abstractions'
import { requestWith } from '@signalbox/conformance'
import { expect } from 'chai'
import type { Chain } from '../outbox/chain.js'
import { Outbox } from '../outbox/outbox.js'
import { OutboxScheduler } from '../outbox/outbox-scheduler.js'
import type { ConnectionTransport } from '../transports/connection-transport.js'
import type { ConnectionApplication } from './connection-application.js'
import { ConnectionLife, type LivingConnection } from './connection-life.js'
import { StatefulReconnect } from './stateful-reconnect.js'

class FakeTransport implements ConnectionTransport {
  readonly canHoldBack = true
  readonly bufferedBytes = 0
  isCut = false
  readonly type: HttpTransportType

  constructor(type: HttpTransportType = 'WebSockets') {
    this.type = type
  }

  write(_chain: Chain): boolean {
    return true
  }

  finish(): void {}

  abort(): void {
    this.isCut = true
  }
}

describe('ConnectionLife', () => {
  const request = requestWith({})
  let now: number
  let told: string[]
  let canReconnect: boolean
  let isServerShuttingDown: boolean
  let hasEnded: boolean
  let life: ConnectionLife

  function begin(statefulReconnect?: StatefulReconnect): void {
    const application = {
      get hasEnded() {
        return hasEnded
      },
      endInput: (error: Error | undefined, graceful: boolean) =>
        told.push(`end of input ${graceful ? 'graceful' : (error?.message ?? '')}`.trim()),
      dropUnread: () => {},
      onReconnected: () => {
        told.push('reconnected')
        return canReconnect
      },
    } as unknown as ConnectionApplication
    const outbox = new Outbox({
      outboxScheduler: new OutboxScheduler(() => 0, 0),
      outboxLimits: { maximumPendingSendBytes: 1000, transportMaxBufferSizeBytes: 100 },
      onOutboxOverflow() {},
    })
    const connection: LivingConnection = {
      outbox,
      application,
      statefulReconnect,
      get isServerShuttingDown() {
        return isServerShuttingDown
      },
      now: () => now,
      onStarted: () => told.push('started'),
      onDisposed: () => {},
      onRemoved: () => told.push('removed'),
    }
    life = new ConnectionLife(connection)
  }

  beforeEach(() => {
    now = 1000
    told = []
    canReconnect = true
    isServerShuttingDown = false
    hasEnded = false
  })

  const open = (transport: ConnectionTransport) => life.onTransportOpened(transport, request, anonymous)

  it('begins inactive, and the clock of the disconnect time-out runs', () => {
    begin()
    now += 7

    expect([life.status, life.inactiveMs(now), life.transport, life.features]).to.deep.equal([
      'inactive',
      7,
      undefined,
      undefined,
    ])
  })

  it('is active, with features, once a transport has opened', () => {
    begin()
    open(new FakeTransport())

    expect([life.status, life.inactiveMs(now + 9), told]).to.deep.equal(['active', 0, ['started']])
    expect(life.features?.transport).to.equal('WebSockets')
  })

  it('refuses a transport whose handshake ends after the connection has', () => {
    begin()
    life.onTransportOpening()
    life.remove()
    const late = new FakeTransport()
    open(late)

    expect([life.status, late.isCut, told]).to.deep.equal(['disposed', true, ['removed']])
  })

  it('refuses a socket that resumes what has ended while its handshake was under way', () => {
    begin(new StatefulReconnect(1000))
    open(new FakeTransport())
    life.abort()
    const late = new FakeTransport()
    open(late)

    expect([life.status, late.isCut, told]).to.deep.equal(['disposed', true, ['started', 'end of input']])
  })

  it('ends when its peer vanishes', () => {
    begin()
    const transport = new FakeTransport()
    open(transport)
    life.onTransportClosed(transport, false, undefined)

    expect([life.status, told]).to.deep.equal(['disposed', ['started', 'end of input']])
  })

  it('is forgotten when its peer goes after the application has ended', () => {
    begin()
    const transport = new FakeTransport()
    open(transport)
    hasEnded = true
    life.onTransportClosed(transport, true, undefined)

    expect(told).to.deep.equal(['started', 'end of input graceful', 'removed'])
  })

  describe('that may reconnect', () => {
    let first: FakeTransport

    beforeEach(() => {
      begin(new StatefulReconnect(1000))
      first = new FakeTransport()
      open(first)
    })

    it('waits for another socket', () => {
      life.onTransportClosed(first, false, undefined)

      expect([life.status, life.isInterrupted, told]).to.deep.equal(['inactive', true, ['started']])
    })

    it('goes on with the same features on another socket', () => {
      const quota = new FeatureKey<number>('quota')
      const { features } = life
      features?.set(quota, 7)
      life.onTransportClosed(first, false, undefined)
      const second = new FakeTransport()
      const later = requestWith({ path: '/later' })
      life.onTransportOpened(second, later, anonymous)

      expect([life.status, life.isInterrupted, told]).to.deep.equal(['active', false, ['started', 'reconnected']])
      expect(life.features).to.equal(features)
      expect([features?.get(quota), features?.httpRequest]).to.deep.equal([7, later])
    })

    it('drops the old socket when another one comes while it looks alive, and does not take its end for its own', () => {
      open(new FakeTransport())
      life.onTransportClosed(first, false, undefined)

      expect([first.isCut, life.status]).to.deep.equal([true, 'active'])
    })

    it('ends when the application cannot go on', () => {
      canReconnect = false
      life.onTransportClosed(first, false, undefined)
      open(new FakeTransport())

      expect(told).to.deep.equal(['started', 'reconnected', 'end of input'])
    })

    for (const [why, graceful, error] of [
      ['says goodbye', true, undefined],
      ['breaks the protocol', false, new Error('a bad frame')],
    ] as const)
      it(`ends when its peer ${why}`, () => {
        life.onTransportClosed(first, graceful, error)

        expect(life.status).to.equal('disposed')
      })

    it('ends when the server is shutting down', () => {
      isServerShuttingDown = true
      life.onTransportClosed(first, false, undefined)

      expect(life.status).to.equal('disposed')
    })
  })

  it('is not interrupted between two polls, although it was allowed to reconnect', () => {
    begin(new StatefulReconnect(1000))
    open(new FakeTransport('LongPolling'))
    life.onPollAnswered()

    expect([life.status, life.isInterrupted, life.canReconnect]).to.deep.equal(['inactive', false, false])
  })

  it('stays disposed whatever a transport still says', () => {
    begin()
    const transport = new FakeTransport('LongPolling')
    open(transport)
    life.onTransportClosing()
    life.onPoll(transport)
    life.onPollAnswered()

    expect(life.status).to.equal('disposed')
  })
})
