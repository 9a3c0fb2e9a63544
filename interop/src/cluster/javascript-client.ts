import { newestClientKinds, type ProtocolName } from '../clients/client-kinds.js'
import { within } from '../clients/deadline.js'
import { TestClient } from '../clients/test-client.js'
import { type ClusterClient, leaveNow, unlucky } from './cluster-client.js'

/** Microsoft's JavaScript client over WebSockets. */
export class JavaScriptClient implements ClusterClient {
  readonly connectionId: string
  readonly #client: TestClient

  private constructor(client: TestClient) {
    this.#client = client
    this.connectionId = client.connection.connectionId!
  }

  static async connect(url: string, protocol: ProtocolName): Promise<JavaScriptClient> {
    const kind = newestClientKinds.find(each => each.transport === 'WebSockets' && each.protocol === protocol)!
    const client = new TestClient(url, kind)
    client.connection.on('Ask', (number: number) => {
      if (number === unlucky) throw new Error('unlucky')
      return number === leaveNow ? client.connection.stop() : 2 * number
    })
    return new JavaScriptClient(await client.start())
  }

  invoke<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    return this.#client.invoke<T>(method, ...args)
  }

  hears(text: string): Promise<void> {
    const hear = async () => {
      for (let count = 1; (await this.#client.received('Message', count)).at(count - 1)?.[0] !== text; count++);
    }
    return within(hear(), `'${text}' to arrive`)
  }

  async allMessages(): Promise<readonly string[]> {
    return (await this.#client.allMessages()).map(String)
  }

  stop(): Promise<void> {
    return this.#client.connection.stop()
  }
}
