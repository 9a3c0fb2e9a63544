import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { within } from './deadline.js'

export interface HttpAnswer {
  readonly status: number
  readonly reason: string
  /** By lower-case name; values of a repeated header are joined as Node joins them. */
  readonly headers: Readonly<Record<string, string>>
  /** Names and values in the order and spelling of the wire. */
  readonly rawHeaders: readonly string[]
  readonly bytes: Buffer
  readonly body: string
}

export interface HttpRequestOptions {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
}

export interface UpgradedSocket {
  readonly socket: Socket
  /** Bytes that came right behind the head of the 101 answer. */
  readonly head: Buffer
}

/** A request under way: its answer, and what a client may do to it meanwhile. */
export class HttpExchange {
  /** Settles when the status line and the headers are there, before the body ends. */
  readonly response: Promise<IncomingMessage>
  /** Settles with the socket when the answer is 101, else with undefined. */
  readonly upgraded: Promise<UpgradedSocket | undefined>
  readonly #request: ClientRequest
  #answer: Promise<HttpAnswer> | undefined

  constructor(agent: Agent, url: string, method: string, options: HttpRequestOptions = {}) {
    const { body } = options
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
    const headers = { ...length, ...options.headers } as Record<string, string | string[]>
    this.#request = request(url, { method, agent, headers })

    const received = new Promise<{ message: IncomingMessage; upgraded?: UpgradedSocket }>((resolve, reject) => {
      this.#request.on('response', message => resolve({ message }))
      this.#request.on('upgrade', (message, socket, head) => {
        // Node hands the socket over without a listener for its errors, and the check may not want it.
        socket.on('error', ignoreUnread)
        resolve({ message, upgraded: { socket: socket as Socket, head } })
      })
      this.#request.on('error', reject)
    })
    this.response = received.then(({ message }) => message)
    this.upgraded = received.then(({ upgraded }) => upgraded)
    for (const promise of [this.response, this.upgraded]) promise.catch(ignoreUnread)
    this.#request.end(body)
  }

  /** The whole answer. Not asked for, the body is left to whoever reads the response. */
  get answer(): Promise<HttpAnswer> {
    this.#answer ??= this.#readAnswer()
    return this.#answer
  }

  async #readAnswer(): Promise<HttpAnswer> {
    const message = await this.response
    const bytes = (await this.upgraded) ? Buffer.alloc(0) : await readBody(message)
    return answerFrom(message, bytes)
  }

  /** The client goes away without waiting for the answer. */
  abort(): void {
    this.#request.destroy()
  }
}

/** One pool of kept-alive sockets for a server; as many at once as a check asks for. */
export function createAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
}

export function answerWithin(exchange: HttpExchange, deadlineMs?: number): Promise<HttpAnswer> {
  return within(exchange.answer, 'the HTTP answer', deadlineMs)
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export function answerFrom(message: IncomingMessage, bytes: Buffer): HttpAnswer {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    headers[name] = Array.isArray(value) ? value.join('; ') : (value ?? '')
  }
  return {
    status: message.statusCode ?? 0,
    reason: message.statusMessage ?? '',
    headers,
    rawHeaders: message.rawHeaders,
    bytes,
    body: bytes.toString('utf8'),
  }
}

/** A failure is reported where the promise is awaited; a check that never looks at it does not care. */
function ignoreUnread(): void {}
