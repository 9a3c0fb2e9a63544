import { printable } from '@signalbox/abstractions'
import { BackplaneError, DeadlineQueue } from '@signalbox/cluster'
import type { Redis } from 'ioredis'

/** What may be held back, or under way, at once. Redis is out of reach for longer than memory lasts when it is full. */
const maximumPendingBytes = 64 * 1024 * 1024

interface Publish {
  readonly channel: string
  readonly payload: Buffer
  resolve(receivers: number): void
  reject(error: BackplaneError): void
}

/**
 * Publishes in the order of calls, those of one turn of the event loop in one write. While there is no way to Redis
 * they wait, but none longer than the deadline; what was written and got no answer is never sent again.
 */
export class RedisPublisher {
  readonly #redis: Redis
  readonly #timeoutMs: number
  /** What has not been handed to Redis yet. */
  readonly #unsent = new Set<Publish>()
  readonly #pending: DeadlineQueue<Publish>
  #pendingBytes = 0
  /** The bytes of `#unsent`. */
  #unsentBytes = 0
  #flush: NodeJS.Immediate | undefined
  #isOpen = false
  #closedAt = performance.now()
  #onReopened: (() => void)[] = []
  /** Set once nothing is published any more. */
  #closed: BackplaneError | undefined
  /** Sends that failed, for whatever reason. */
  failures = 0

  constructor(redis: Redis, timeoutMs: number) {
    this.#redis = redis
    this.#timeoutMs = timeoutMs
    this.#pending = new DeadlineQueue(timeoutMs, publish => this.#fail(publish, this.#timedOut(publish)))
  }

  /** @returns how many subscribers the Redis server that took it has for the channel; rejects with BackplaneError. */
  publish(channel: string, payload: Buffer): Promise<number> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed)
    return new Promise((resolve, reject) => {
      const publish: Publish = { channel, payload, resolve, reject }
      this.#pendingBytes += payload.length
      if (this.#isHopeless) {
        this.#failUnsent()
        this.#fail(publish, unreachable('Redis is out of reach.'))
        return
      }
      this.#pending.add(publish)
      this.#unsent.add(publish)
      this.#unsentBytes += payload.length
      this.#scheduleFlush()
    })
  }

  /** To be called when Redis is back and soon it is time to publish: it is worth waiting again. */
  prepare(): void {
    this.#closedAt = performance.now()
  }

  /** To be called when Redis can be reached, and other nodes have had their time to subscribe again. */
  open(): void {
    this.#isOpen = true
    for (const callback of this.#onReopened.splice(0)) callback()
    this.#scheduleFlush()
  }

  /** Calls back with the next `open`. */
  onceReopened(callback: () => void): void {
    this.#onReopened.push(callback)
  }

  /** What is published from now on waits for the next `open`. */
  pause(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#closedAt = performance.now()
  }

  /** Hands over what only waits for the turn to end. */
  flush(): void {
    if (this.#isOpen && this.#unsent.size > 0) this.#send()
  }

  /** Ends it for good: what is pending fails, and so does whatever is published later. */
  close(error: BackplaneError): void {
    clearImmediate(this.#flush)
    this.#isOpen = false
    this.#closed = error
    this.#takeUnsent()
    for (const publish of this.#pending.clear()) this.#fail(publish, error)
  }

  /**
   * Waiting has been in vain for as long as anybody waits, or too much waits. What one turn brings is no reason: it is
   * about to be handed over.
   */
  get #isHopeless(): boolean {
    if (this.#isOpen) return this.#pendingBytes - this.#unsentBytes > maximumPendingBytes
    return this.#pendingBytes > maximumPendingBytes || performance.now() - this.#closedAt > this.#timeoutMs
  }

  #scheduleFlush(): void {
    if (!this.#isOpen || this.#unsent.size === 0) return
    this.#flush ??= setImmediate(() => {
      this.#flush = undefined
      this.flush()
    })
  }

  #send(): void {
    // The connection may have been lost without the event having come.
    if (this.#redis.status !== 'ready' || !this.#redis.stream.writable) return
    const pipeline = this.#redis.pipeline()
    const sent = this.#takeUnsent()
    for (const { channel, payload } of sent) pipeline.publish(channel, payload)
    pipeline.exec().then(
      results => {
        for (const [index, publish] of sent.entries()) this.#onAnswer(publish, results?.[index])
      },
      error => {
        for (const publish of sent) this.#onAnswer(publish, [error, undefined])
      },
    )
  }

  #onAnswer(publish: Publish, answer: [Error | null, unknown] | undefined): void {
    if (!this.#pending.delete(publish)) return // too late: it has failed
    const [error, receivers] = answer ?? [new Error('Redis has not answered.'), undefined]
    if (error === null) {
      this.#pendingBytes -= publish.payload.length
      publish.resolve(Number(receivers))
    } else if (isReplyError(error)) {
      this.#fail(
        publish,
        new BackplaneError(
          'SIGNALR_BACKPLANE_REFUSED',
          `Redis refuses a message: ${printable(error.message, 300)}`,
          error,
        ),
      )
    } else {
      const text = 'Redis was lost before it answered; the message may have been delivered.'
      this.#fail(publish, new BackplaneError('SIGNALR_BACKPLANE_UNCONFIRMED', text, error))
    }
  }

  #timedOut(publish: Publish): BackplaneError {
    if (this.#unsent.delete(publish)) {
      this.#unsentBytes -= publish.payload.length
      return unreachable(`Redis was out of reach for ${this.#timeoutMs} ms.`)
    }
    const text = `Redis has not answered within ${this.#timeoutMs} ms; the message may have been delivered.`
    return new BackplaneError('SIGNALR_BACKPLANE_UNCONFIRMED', text)
  }

  /** Fails what still waits when a new one does not wait: clients of this node get them in the order of the calls. */
  #failUnsent(): void {
    for (const publish of this.#takeUnsent()) {
      this.#pending.delete(publish)
      this.#fail(publish, unreachable('Redis is out of reach.'))
    }
  }

  #takeUnsent(): Publish[] {
    const unsent = [...this.#unsent]
    this.#unsent.clear()
    this.#unsentBytes = 0
    return unsent
  }

  /** @param publish - not among the pending. */
  #fail(publish: Publish, error: BackplaneError): void {
    this.failures++
    this.#pendingBytes -= publish.payload.length
    publish.reject(error)
  }
}

/** Whether it is an error that Redis has answered with, by the name that ioredis gives those. */
export const isReplyError = (error: unknown): error is Error => error instanceof Error && error.name === 'ReplyError'

const unreachable = (reason: string) =>
  new BackplaneError('SIGNALR_BACKPLANE_UNREACHABLE', `${reason} Clients of other nodes have not got the message.`)
