import type { BackplaneError } from '../backplane-error.js'

/**
 * What joins the nodes of a cluster: a payload that one publishes on a channel is heard by every node that listens to
 * it. A node has one bus for all of its hubs. Names of channels are any text, compared by their UTF-8 bytes; payloads
 * are any bytes, which nobody changes afterwards.
 *
 * What a bus guarantees:
 * - **At most once.** Nothing is stored, and what may have been delivered is never sent again.
 * - **In order.** What one node publishes arrives at another, and at itself, in the order of the calls, whatever the
 *   channels. Between the payloads of two nodes no order is promised.
 * - **Its own echo.** A node that listens to a channel hears what it publishes on it like everybody else, and not
 *   before `publish` has returned.
 * - **Joined is joined.** Once a subscription is confirmed, everything that any node publishes from then on is heard.
 *   After a release some payloads may still come.
 * - **A loss is noticed.** While payloads of others could be missed `isReady` is false, from the loss until every
 *   channel that is held is subscribed again; only then is anything published that waited. Nothing but a loss makes a
 *   node miss payloads.
 * - **Its own time-outs.** No promise stays pending for ever.
 */
export interface ClusterBus {
  /** What texts call it, such as `Redis`. */
  readonly name: string

  /**
   * Publishes, after all that was published before.
   * @returns how many nodes hear it; undefined when the bus cannot tell. Rejects with BackplaneError:
   *    `SIGNALR_BACKPLANE_UNREACHABLE` when it is certain that nobody hears it, `…_UNCONFIRMED` when it is not,
   *    `…_REFUSED`, or `…_CLOSED`.
   */
  publish(channel: string, payload: Buffer): Promise<number | undefined>

  /**
   * Listens to a channel until `release`: it is subscribed as long as anybody holds it. What changes within a turn of
   * the event loop goes out together; what is held and released within a turn need not go out at all.
   * @param holder - a name for who holds it, unique for this channel.
   * @param onMessage - that of the first holder hears for all of them; it must not throw.
   * @returns undefined when the channel is subscribed, else a promise for when it is. It rejects with BackplaneError,
   *    and the channel is still held then: it is asked for again when the bus is back, unless the holder releases it.
   */
  subscribe(channel: string, holder: string, onMessage: (payload: Buffer) => void): Promise<void> | undefined

  /** @returns the promise that this holder's `subscribe` gave, while it is pending. */
  pending(channel: string, holder: string): Promise<void> | undefined

  /** Gives a channel up. A `subscribe` of this holder that is still pending resolves. */
  release(channel: string, holder: string): void

  /** Whether payloads on this channel are heard now. */
  isSubscribed(channel: string): boolean

  /** How many nodes listen to each of these channels. @returns undefined when the bus cannot tell. */
  countSubscribers(channels: readonly string[]): Promise<readonly number[] | undefined>

  /** Whether payloads come in and go out. */
  readonly isReady: boolean

  /**
   * @param listener - told of each loss: payloads of other nodes are missed from now on, and answers to earlier ones do
   *   not come.
   */
  onLost(listener: (error: BackplaneError) => void): void

  /** Calls back once, the next time that the bus is ready again. */
  onceReady(callback: () => void): void

  /** Ends it for good: what is pending, and what is asked for later, rejects with `SIGNALR_BACKPLANE_CLOSED`. */
  close(): Promise<void>
}
