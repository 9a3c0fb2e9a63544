import { printable } from '@signalbox/abstractions'
import { BackplaneError, DeadlineQueue } from '@signalbox/cluster'

/** Names in one SUBSCRIBE or UNSUBSCRIBE: long commands keep Redis from serving others. */
const namesPerCommand = 1_000

/**
 * The two commands, of names as they are on the wire. Their promises settle with Redis's answer or the loss of the
 * connection.
 */
export interface SubscribeCommands {
  subscribe(channels: readonly string[]): Promise<unknown>
  unsubscribe(channels: readonly string[]): Promise<unknown>
  /** Whether a failure is Redis's answer rather than the loss of the connection. */
  isRefusal(error: unknown): boolean
}

/** A holder that waits for a channel to be subscribed. */
interface Waiter {
  readonly subscription: Subscription
  readonly holder: string
  readonly promise: Promise<void>
  resolve(): void
  reject(error: BackplaneError): void
}

interface Subscription {
  readonly channel: string
  onMessage: (payload: Buffer) => void
  holders: number
  /** What Redis has been asked on this connection, and whether it has confirmed. */
  state: 'unasked' | 'asked' | 'subscribed'
  /** Of the holders, those not yet served. Undefined most of the time: a subscription is cheap. */
  waiters: Map<string, Waiter> | undefined
}

/**
 * The channels this process listens to, each as long as somebody holds it. What changes within a turn of the event loop
 * goes out together, in as few commands as possible; a channel taken and released again within a turn is not mentioned
 * at all.
 */
export class Subscriptions {
  readonly #commands: SubscribeCommands
  readonly #onRefused: (channel: string, error: unknown) => void
  readonly #byChannel = new Map<string, Subscription>()
  readonly #changed = new Set<Subscription>()
  readonly #waiting: DeadlineQueue<Waiter>
  readonly #timeoutMs: number
  #flush: NodeJS.Immediate | undefined
  #isConnected = false
  /** Set once nothing is subscribed any more. */
  #closed: BackplaneError | undefined
  /** Since when Redis has not answered; undefined while it does. */
  #silentSince: number | undefined = performance.now()

  /** @param timeoutMs - within which a channel must be subscribed, or the holder is told that it is not. */
  constructor(commands: SubscribeCommands, timeoutMs: number, onRefused: (channel: string, error: unknown) => void) {
    this.#commands = commands
    this.#timeoutMs = timeoutMs
    this.#onRefused = onRefused
    const late = `Redis has not confirmed a subscription within ${timeoutMs} ms.`
    this.#waiting = new DeadlineQueue(timeoutMs, waiter => this.#giveUp(waiter, unreachable(late)))
  }

  get count(): number {
    return this.#byChannel.size
  }

  isSubscribed(channel: string): boolean {
    return this.#byChannel.get(keyOf(channel))?.state === 'subscribed'
  }

  /**
   * Holds a channel until `release`.
   * @param holder - a name for who holds it, unique for this channel.
   * @param onMessage - of the first holder; it must not throw.
   * @returns undefined when the channel is subscribed, else a promise. After a rejection the channel is still held: it
   *    is asked for again with the next connection, unless the holder releases it.
   */
  subscribe(channel: string, holder: string, onMessage: (payload: Buffer) => void): Promise<void> | undefined {
    if (this.#closed !== undefined) return Promise.reject(this.#closed)
    const key = keyOf(channel)
    let subscription = this.#byChannel.get(key)
    if (subscription === undefined) {
      subscription = { channel, onMessage, holders: 0, state: 'unasked', waiters: undefined }
      this.#byChannel.set(key, subscription)
    } else if (subscription.holders === 0) subscription.onMessage = onMessage // it was about to be given up
    subscription.holders++
    if (subscription.state === 'subscribed') return undefined
    const waiter = createWaiter(subscription, holder)
    subscription.waiters ??= new Map()
    subscription.waiters.set(holder, waiter)
    this.#waiting.add(waiter)
    this.#onChanged(subscription)
    if (this.#isHopeless)
      this.#giveUp(waiter, unreachable(`Redis has been out of reach for more than ${this.#timeoutMs} ms.`))
    return waiter.promise
  }

  /**
   * Whether Redis has not answered for longer than a holder waits. A new connection changes nothing before Redis has
   * answered on it: it may hang.
   */
  get #isHopeless(): boolean {
    return this.#silentSince !== undefined && performance.now() - this.#silentSince > this.#timeoutMs
  }

  /** @returns the promise that this holder's `subscribe` gave, while it is pending. */
  pending(channel: string, holder: string): Promise<void> | undefined {
    return this.#byChannel.get(keyOf(channel))?.waiters?.get(holder)?.promise
  }

  /**
   * Gives the channel up. A `subscribe` of this holder that is still pending resolves, as nothing is missed any more.
   */
  release(channel: string, holder: string): void {
    const subscription = this.#byChannel.get(keyOf(channel))
    if (subscription === undefined) return
    this.#take(subscription, holder)?.resolve()
    if (--subscription.holders === 0) this.#onChanged(subscription)
  }

  /** @param channel - as it came off the wire. */
  dispatch(channel: Buffer, payload: Buffer): void {
    this.#byChannel.get(channel.toString('latin1'))?.onMessage(payload)
  }

  /**
   * A new connection: asks for everything that is held.
   * @returns once Redis has answered; rejects when the connection is lost again.
   */
  async onConnected(): Promise<void> {
    this.#isConnected = true
    this.#changed.clear()
    const held: Subscription[] = []
    for (const [key, subscription] of this.#byChannel) {
      subscription.state = 'unasked'
      if (subscription.holders === 0) this.#byChannel.delete(key)
      else held.push(subscription)
    }
    await Promise.all(chunksOf(held).map(chunk => this.#ask(chunk)))
    if (this.#isConnected) this.#silentSince = undefined
  }

  onLost(): void {
    if (!this.#isConnected) return
    this.#isConnected = false
    this.#silentSince ??= performance.now()
    for (const subscription of this.#byChannel.values()) subscription.state = 'unasked'
  }

  /** Ends it for good: what is pending fails, and so does whatever is subscribed later. */
  close(error: BackplaneError): void {
    clearImmediate(this.#flush)
    this.#closed = error
    for (const waiter of this.#waiting.clear()) this.#giveUp(waiter, error)
    this.#byChannel.clear()
  }

  #onChanged(subscription: Subscription): void {
    this.#changed.add(subscription)
    this.#flush ??= setImmediate(() => {
      this.#flush = undefined
      this.#sendChanges()
    })
  }

  #sendChanges(): void {
    const wanted: Subscription[] = []
    const unwanted: string[] = []
    for (const subscription of this.#changed) {
      const { channel, holders, state } = subscription
      if (holders > 0) {
        if (state === 'unasked' && this.#isConnected) wanted.push(subscription)
      } else {
        if (state !== 'unasked') unwanted.push(channel)
        this.#byChannel.delete(keyOf(channel))
      }
    }
    this.#changed.clear()
    // What is lost on the way is made up for by `onConnected`.
    for (const chunk of chunksOf(unwanted)) this.#commands.unsubscribe(chunk).catch(() => {})
    for (const chunk of chunksOf(wanted)) this.#ask(chunk).catch(() => {})
  }

  /** @returns once Redis has answered for each; rejects when the connection is lost. */
  async #ask(subscriptions: readonly Subscription[]): Promise<void> {
    for (const subscription of subscriptions) subscription.state = 'asked'
    try {
      await this.#commands.subscribe(subscriptions.map(({ channel }) => channel))
    } catch (error) {
      if (!this.#commands.isRefusal(error)) throw error
      await this.#onRefusal(subscriptions, error)
      return
    }
    for (const subscription of subscriptions) {
      if (subscription.state !== 'asked') continue // the connection has been lost meanwhile
      subscription.state = 'subscribed'
      for (const holder of subscription.waiters?.keys() ?? []) this.#take(subscription, holder)?.resolve()
    }
  }

  /** Redis refuses all names of a command when one of them is forbidden (an ACL): which one, halving tells. */
  async #onRefusal(subscriptions: readonly Subscription[], error: unknown): Promise<void> {
    if (subscriptions.length > 1) {
      const middle = subscriptions.length >> 1
      await Promise.all([this.#ask(subscriptions.slice(0, middle)), this.#ask(subscriptions.slice(middle))])
      return
    }
    const [subscription] = subscriptions
    if (subscription === undefined || subscription.state !== 'asked') return
    subscription.state = 'unasked'
    this.#onRefused(subscription.channel, error)
    const refused = new BackplaneError(
      'SIGNALR_BACKPLANE_REFUSED',
      `Redis refuses the channel '${printable(subscription.channel, 300)}'.`,
      error,
    )
    for (const waiter of subscription.waiters?.values() ?? []) this.#giveUp(waiter, refused)
  }

  #giveUp(waiter: Waiter, error: BackplaneError): void {
    this.#take(waiter.subscription, waiter.holder)?.reject(error)
  }

  #take(subscription: Subscription, holder: string): Waiter | undefined {
    const waiter = subscription.waiters?.get(holder)
    if (waiter === undefined) return undefined
    subscription.waiters!.delete(holder)
    if (subscription.waiters!.size === 0) subscription.waiters = undefined
    this.#waiting.delete(waiter)
    return waiter
  }
}

/** The bytes of a name on the wire, one character each: cheaper to make of what arrives than text. */
const keyOf = (channel: string): string => Buffer.from(channel).toString('latin1')

function createWaiter(subscription: Subscription, holder: string): Waiter {
  let resolve!: () => void
  let reject!: (error: BackplaneError) => void
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { subscription, holder, promise, resolve, reject }
}

const unreachable = (reason: string) => new BackplaneError('SIGNALR_BACKPLANE_UNREACHABLE', reason)

function chunksOf<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = []
  for (let start = 0; start < items.length; start += namesPerCommand)
    chunks.push(items.slice(start, start + namesPerCommand))
  return chunks
}
