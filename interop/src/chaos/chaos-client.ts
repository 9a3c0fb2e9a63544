import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import type { AskOutcome, Outcome, Target } from './chaos-hub.js'
import type { NodeIndex } from './nodes.js'

/** What a client hears. */
export interface Hearing {
  said(receiver: string, from: string, number: number): void
  /** From the run itself, on the channel of all. */
  pulse(node: NodeIndex, number: number): void
}

/** Microsoft's client on one of the nodes. */
export class ChaosClient {
  readonly name: string
  readonly node: NodeIndex
  readonly user: string
  readonly #connection: HubConnection
  readonly #echoes = new Map<number, () => void>()
  #echoCount = 0
  #connectionId = ''
  #isClosed = false

  constructor(name: string, node: NodeIndex, url: string, user: string, hearing: Hearing) {
    this.name = name
    this.node = node
    this.user = user
    this.#connection = new HubConnectionBuilder()
      .withUrl(`${url}/chaos?${new URLSearchParams({ user })}`, {
        transport: HttpTransportType.WebSockets,
        skipNegotiation: true,
      })
      .configureLogging(LogLevel.None)
      .build()
    this.#connection.on('said', (from: string, number: number) => hearing.said(name, from, number))
    this.#connection.on('pulse', (number: number) => hearing.pulse(node, number))
    this.#connection.on('here', (number: number) => this.#echoes.get(number)?.())
    this.#connection.on('double', (number: number) => 2 * number)
    this.#connection.on('flooded', () => {})
    this.#connection.onclose(() => {
      this.#isClosed = true
    })
  }

  get connectionId(): string {
    return this.#connectionId
  }

  /** The connection has ended. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  async start(): Promise<void> {
    await this.#connection.start()
    this.#connectionId = await this.#connection.invoke('whoAmI')
  }

  stop(): Promise<void> {
    return this.#connection.stop()
  }

  send(target: Target, name: string, number: number): Promise<Outcome> {
    return this.#connection.invoke('send', target, name, this.name, number)
  }

  join(connectionId: string, groupName: string): Promise<Outcome> {
    return this.#connection.invoke('join', connectionId, groupName)
  }

  leave(connectionId: string, groupName: string): Promise<Outcome> {
    return this.#connection.invoke('leave', connectionId, groupName)
  }

  ask(connectionId: string, number: number, patienceMs: number): Promise<number | AskOutcome> {
    return this.#connection.invoke('ask', connectionId, number, patienceMs)
  }

  /** Resolves when its node has sent something to it. */
  async echo(): Promise<void> {
    const number = ++this.#echoCount
    const heard = new Promise<void>(resolve => this.#echoes.set(number, resolve))
    await Promise.all([this.#connection.invoke('echo', number), heard])
    this.#echoes.delete(number)
  }
}
