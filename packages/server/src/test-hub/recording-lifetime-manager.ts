import {
  type Audience,
  DefaultHubLifetimeManager,
  HubConnectionStore,
  LocalClientResults,
  type SerializedHubMessage,
} from '@signalbox/hubs'
import { MessageType } from '@signalbox/protocol'

/** What a hub has sent. */
export interface SentMessage {
  readonly to: Audience
  readonly target: string
  /** As the hub passed them. */
  readonly arguments: readonly unknown[]
}

class RecordingClientResults extends LocalClientResults {
  readonly #sent: SentMessage[]

  constructor(store: HubConnectionStore, sent: SentMessage[]) {
    super(store)
    this.#sent = sent
  }

  override invoke(
    connectionId: string,
    target: string,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    this.#sent.push({ to: { clients: [connectionId] }, target, arguments: args })
    return super.invoke(connectionId, target, args, signal)
  }
}

/** The lifetime manager of a single server, which keeps what goes through it. */
export class RecordingLifetimeManager extends DefaultHubLifetimeManager {
  readonly sent: SentMessage[]
  readonly #store: HubConnectionStore

  constructor() {
    const store = new HubConnectionStore()
    const sent: SentMessage[] = []
    super(store, new RecordingClientResults(store, sent))
    this.sent = sent
    this.#store = store
  }

  /** The groups of a connection. */
  groupsOf(connectionId: string): ReadonlySet<string> {
    return this.#store.groupsOf(connectionId)
  }

  override send(audience: Audience, message: SerializedHubMessage): void | Promise<void> {
    if (message.message?.type === MessageType.Invocation)
      this.sent.push({ to: audience, target: message.message.target, arguments: message.message.arguments })
    return super.send(audience, message)
  }
}
