import { RedisServer } from '@signalbox/conformance/redis'

/** The redis-server between the servers of a cluster. */
export class RedisProcess {
  readonly #server: RedisServer

  private constructor(server: RedisServer) {
    this.#server = server
  }

  /** @param port - default a free one. */
  static async start(port?: number): Promise<RedisProcess> {
    return new RedisProcess(await RedisServer.start([], port))
  }

  get url(): string {
    return this.#server.url
  }

  /** Everybody's connections break, and whatever Redis knew is forgotten. */
  async restart(): Promise<void> {
    await this.#server.stop()
    await this.#server.resume()
  }

  /** Resolves once each channel has that many subscribers; asks again and again, since Redis does not tell. */
  async hasSubscribers(channels: readonly string[], count: number): Promise<void> {
    const end = Date.now() + 5_000
    let counts: readonly number[]
    do counts = await this.#server.subscribers(...channels)
    while (counts.some(each => each !== count) && Date.now() < end)
    const wrong = channels.filter((_, index) => counts[index] !== count)
    if (wrong.length > 0) throw new Error(`not ${count} subscribers within 5 s: ${wrong.join(', ')}`)
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }
}
