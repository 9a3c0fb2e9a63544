import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { UnreadBytes } from './unread-bytes.js'

/** What a parser found at the beginning of the unread bytes. */
export interface Parsed<T> {
  readonly value: T
  readonly consumed: number
}

export type Parse<T> = (bytes: Buffer) => Parsed<T> | undefined

/** A client's TCP connection in the hands of a test: every byte is written and read by hand, and reading can stop. */
export class RawConnection {
  readonly #socket: Socket
  readonly #unread = new UnreadBytes()
  #attempt: (() => void) | undefined
  #hasEnded = false
  /** Resolves once the connection is gone, whoever ended it. */
  readonly closed: Promise<void>

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', bytes => {
      this.#unread.append(bytes)
      this.#attempt?.()
    })
    // A reset is one of the ends that tests look for; `closed` tells of it.
    socket.on('error', () => {})
    this.closed = new Promise(resolve => {
      socket.once('close', () => {
        this.#hasEnded = true
        this.#attempt?.()
        resolve()
      })
    })
  }

  /** @param localAddress - where it comes from: any of 127.0.0.0/8. */
  static async open(port: number, localAddress = '127.0.0.1'): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true })
    await once(socket, 'connect')
    return new RawConnection(socket)
  }

  /** Bytes that have arrived and that nobody has read. */
  get unreadBytes(): number {
    return this.#unread.length
  }

  /** Bytes that were written and that the server's side has not taken. */
  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes)
  }

  /**
   * Waits until `parse` finds something and takes it off. Rejects when the connection ends before. One reader at a
   * time.
   */
  read<T>(parse: Parse<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#attempt = () => {
        const { bytes } = this.#unread
        const parsed = parse(bytes)
        if (parsed !== undefined) {
          this.#attempt = undefined
          this.#unread.take(parsed.consumed)
          resolve(parsed.value)
        } else if (this.#hasEnded) {
          this.#attempt = undefined
          reject(new Error(`The connection ended after ${JSON.stringify(bytes.toString('latin1').slice(-200))}.`))
        }
      }
      this.#attempt()
    })
  }

  readBytes(count: number): Promise<Buffer> {
    return this.read(bytes => (bytes.length < count ? undefined : { value: bytes.subarray(0, count), consumed: count }))
  }

  /** Everything up to the end of the connection. */
  async readToEnd(): Promise<Buffer> {
    await this.closed
    return this.#unread.bytes
  }

  /** Takes nothing any more, so that the server's writes pile up. */
  stall(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Says no more (FIN). */
  end(): void {
    this.#socket.end()
  }

  /** Vanishes: a reset instead of a goodbye. */
  vanish(): void {
    this.#socket.resetAndDestroy()
  }
}
