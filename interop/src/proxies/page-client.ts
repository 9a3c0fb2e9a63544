import {
  HttpTransportType,
  type HubConnection,
  HubConnectionBuilder,
  type IHttpConnectionOptions,
  LogLevel,
} from '@microsoft/signalr'
import type { TransportName } from '../clients/client-kinds.js'
import { within } from '../clients/deadline.js'
import type { Sight } from './proxied-servers.js'

/** Microsoft's client as a page uses it that a proxy serves: it says where it comes from. */
export class PageClient {
  readonly #connection: HubConnection

  private constructor(connection: HubConnection) {
    this.#connection = connection
  }

  static async connect(
    url: string,
    transport: TransportName,
    options: IHttpConnectionOptions = {},
  ): Promise<PageClient> {
    const connection = new HubConnectionBuilder()
      .withUrl(`${url}/chat`, { transport: HttpTransportType[transport], headers: { Origin: url }, ...options })
      .configureLogging(LogLevel.None)
      .build()
    await within(connection.start(), `the connection over ${transport}`)
    return new PageClient(connection)
  }

  where(): Promise<Sight> {
    return within(this.#connection.invoke<Sight>('where'), 'where')
  }

  answerAfter(milliseconds: number): Promise<string> {
    return within(this.#connection.invoke<string>('answerAfter', milliseconds), 'a late answer')
  }

  /** The items of a stream. */
  count(numbers: number): Promise<readonly number[]> {
    const items: number[] = []
    const whole = new Promise<readonly number[]>((resolve, reject) => {
      this.#connection
        .stream<number>('count', numbers)
        .subscribe({ next: item => items.push(item), error: reject, complete: () => resolve(items) })
    })
    return within(whole, 'the stream')
  }

  stop(): Promise<void> {
    return this.#connection.stop()
  }
}
