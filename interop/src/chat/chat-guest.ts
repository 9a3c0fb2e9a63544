import { type HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'

/** One person of the chat example, as the hub describes them. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly transport: string
}

/** A call the hub made on a client: the method's name and its arguments. */
export type HubCall = readonly [method: string, ...args: unknown[]]

const clientMethods = ['welcome', 'joined', 'left', 'messageReceived', 'typingChanged']

/**
 * Someone in the chat example, on Microsoft's client in Node: collects what the hub calls and lets tests wait for it.
 */
export class ChatGuest {
  readonly connection: HubConnection
  readonly calls: HubCall[] = []
  readonly #waiting = new Set<() => void>()

  constructor(url: string, name: string, transport: HttpTransportType) {
    this.connection = new HubConnectionBuilder()
      .withUrl(`${url}/chat?user=${encodeURIComponent(name)}`, { transport })
      .configureLogging(LogLevel.None)
      .build()
    for (const method of clientMethods) {
      this.connection.on(method, (...args: unknown[]) => {
        this.calls.push([method, ...args])
        for (const check of this.#waiting) check()
      })
    }
  }

  /** The first call of this method, past or to come, that passes the test. */
  called(method: string, matches: (...args: never[]) => boolean = () => true): Promise<HubCall> {
    return new Promise(resolve => {
      const check = () => {
        const found = this.calls.find(([name, ...args]) => name === method && matches(...(args as never[])))
        if (found === undefined) return
        this.#waiting.delete(check)
        resolve(found)
      }
      this.#waiting.add(check)
      check()
    })
  }

  /** Joins the chat. @returns everyone who is there. */
  async join(): Promise<readonly Person[]> {
    await this.connection.start()
    const [, everyone] = await this.called('welcome')
    return everyone as readonly Person[]
  }
}
