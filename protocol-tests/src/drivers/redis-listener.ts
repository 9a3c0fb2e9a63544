import { connect, type Socket } from 'node:net'
import { Inbox } from './inbox.js'
import { RespReader, type RespReply } from './resp-reader.js'

export interface Published {
  readonly channel: string
  readonly payload: Buffer
}

/** Hears what anybody publishes in a Redis, on every channel and in the order in which Redis took it. */
export class RedisListener {
  readonly #socket: Socket
  readonly #replies = new Inbox<RespReply>()

  private constructor(socket: Socket) {
    this.#socket = socket
    const reader = new RespReader()
    socket.on('data', bytes => {
      for (const reply of reader.read(bytes)) this.#replies.push(reply)
    })
    socket.on('error', error => this.#replies.end(`the connection to Redis failed: ${error}`))
    socket.on('close', () => this.#replies.end('the connection to Redis was closed'))
  }

  static async open(port: number): Promise<RedisListener> {
    const listener = new RedisListener(connect(port, '127.0.0.1'))
    listener.#socket.write('PSUBSCRIBE *\r\n')
    await listener.#replies.next('the confirmation of PSUBSCRIBE')
    return listener
  }

  /**
   * What was published since the last time. Redis answers the PING behind the messages it had already taken, so none is
   * missing whose PUBLISH was answered before.
   */
  async take(): Promise<Published[]> {
    this.#socket.write('PING\r\n')
    const published: Published[] = []
    for (;;) {
      const [kind, , channel, payload] = await this.#replies.next('the answer to PING')
      if (String(kind) === 'pong') return published
      if (String(kind) !== 'pmessage' || !channel || !payload) throw new Error(`Redis says ${kind}`)
      published.push({ channel: channel.toString('utf8'), payload })
    }
  }

  close(): void {
    this.#socket.destroy()
  }
}
