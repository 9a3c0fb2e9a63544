import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ProtocolName } from '../clients/client-kinds.js'
import { within } from '../clients/deadline.js'
import { ClusterClient } from './cluster-client.js'

const program = fileURLToPath(
  new URL('../../dotnet/ClusterClients/bin/Release/net10.0/ClusterClients.dll', import.meta.url),
)

/** What the program prints: the answer to a command, or a message that a client has been sent. */
interface Line {
  readonly id?: number
  readonly result?: unknown
  readonly error?: string
  readonly client?: number
  readonly message?: string
}

/** Microsoft's .NET client, as often as wanted, in one process. */
export class DotnetClients {
  readonly #process: ChildProcess
  readonly #answers = new Map<number, (line: Line) => void>()
  readonly #receivers = new Map<number, (message: string) => void>()
  #lastId = 0

  constructor() {
    this.#process = spawn('dotnet', [program], { stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: this.#process.stdout! }).on('line', line => this.#take(JSON.parse(line) as Line))
  }

  async connect(url: string, protocol: ProtocolName): Promise<ClusterClient> {
    const client = ++this.#lastId
    // Messages may be read with the answer that says the connection stands.
    const early: string[] = []
    this.#receivers.set(client, message => early.push(message))
    const connectionId = await this.command<string>({ client, action: 'connect', url, protocol })
    const dotnetClient = new DotnetClient(this, client, connectionId)
    this.#receivers.set(client, dotnetClient.take)
    early.forEach(dotnetClient.take)
    return dotnetClient
  }

  async command<T>(command: object): Promise<T> {
    const id = ++this.#lastId
    const answered = new Promise<Line>(resolve => this.#answers.set(id, resolve))
    this.#process.stdin!.write(`${JSON.stringify({ id, ...command })}\n`)
    const { result, error } = await within(answered, `the .NET client to ${JSON.stringify(command).slice(0, 100)}`)
    if (error !== undefined) throw new Error(error)
    return result as T
  }

  /** It ends with its stdin. */
  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.stdin!.end()
    await within(ended, 'the .NET clients to end')
  }

  #take(line: Line): void {
    if (line.client !== undefined) this.#receivers.get(line.client)?.(line.message!)
    if (line.id === undefined) return
    this.#answers.get(line.id)?.(line)
    this.#answers.delete(line.id)
  }
}

class DotnetClient extends ClusterClient {
  readonly connectionId: string
  readonly #clients: DotnetClients
  readonly #client: number

  constructor(clients: DotnetClients, client: number, connectionId: string) {
    super()
    this.#clients = clients
    this.#client = client
    this.connectionId = connectionId
  }

  readonly take = (message: string): void => this.receive(message)

  invoke<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    return this.#clients.command<T>({ client: this.#client, action: 'invoke', method, args })
  }

  stop(): Promise<void> {
    return this.#clients.command({ client: this.#client, action: 'stop' })
  }
}
