import {
  type Audience,
  DefaultHubLifetimeManager,
  type HubConnectionContext,
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
  readonly #groups = new Map<string, Set<string>>()

  constructor() {
    const store = new HubConnectionStore()
    const sent: SentMessage[] = []
    super(store, new RecordingClientResults(store, sent))
    this.sent = sent
  }

  /** The groups of a connection. */
  groupsOf(connectionId: string): Set<string> {
    let groups = this.#groups.get(connectionId)
    if (groups === undefined) {
      groups = new Set()
      this.#groups.set(connectionId, groups)
    }
    return groups
  }

  override onDisconnected(connection: HubConnectionContext): void {
    super.onDisconnected(connection)
    this.groupsOf(connection.connectionId).clear()
  }

  override addToGroup(connectionId: string, groupName: string): void {
    super.addToGroup(connectionId, groupName)
    this.groupsOf(connectionId).add(groupName)
  }

  override removeFromGroup(connectionId: string, groupName: string): void {
    super.removeFromGroup(connectionId, groupName)
    this.groupsOf(connectionId).delete(groupName)
  }

  override send(audience: Audience, message: SerializedHubMessage): void | Promise<void> {
    if (message.message?.type === MessageType.Invocation)
      this.sent.push({ to: audience, target: message.message.target, arguments: message.message.arguments })
    return super.send(audience, message)
  }
}
