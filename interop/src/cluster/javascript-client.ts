import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { newestClientKinds, type ProtocolName } from '../clients/client-kinds.js'
import { within } from '../clients/deadline.js'
import { ClusterClient, leaveNow, unlucky } from './cluster-client.js'

/** Microsoft's JavaScript client over WebSockets. */
export class JavaScriptClient extends ClusterClient {
  readonly connectionId: string
  readonly #connection: HubConnection

  private constructor(connection: HubConnection) {
    super()
    this.connectionId = connection.connectionId!
    this.#connection = connection
    connection.on('Message', (message: string) => this.receive(message))
    connection.on('Ask', (number: number) => {
      if (number === unlucky) throw new Error('unlucky')
      return number === leaveNow ? connection.stop() : 2 * number
    })
  }

  static async connect(url: string, protocol: ProtocolName): Promise<JavaScriptClient> {
    const connection = new HubConnectionBuilder()
      .withUrl(url, { transport: HttpTransportType.WebSockets })
      .withHubProtocol(newestClientKinds.find(kind => kind.protocol === protocol)!.createProtocol())
      .configureLogging(LogLevel.None)
      .build()
    await within(connection.start(), 'the connection to start')
    return new JavaScriptClient(connection)
  }

  invoke<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    return within(this.#connection.invoke<T>(method, ...args), `the answer of ${method}`)
  }

  stop(): Promise<void> {
    return this.#connection.stop()
  }
}
