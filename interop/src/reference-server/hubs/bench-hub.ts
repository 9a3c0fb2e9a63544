import { Hub, type HubMethodTable } from 'signalbox'
import { int, nullableText, text, texts } from './clr-types.js'

interface BenchClient {
  Message(message: string | null): void
}

/** Every kind of target, for the benchmarks and the tests of mixed clusters. */
export class BenchHub extends Hub<BenchClient> {
  static readonly hubName = 'Signalbox.Interop.BenchHub'

  static readonly hubMethods = {
    Echo: [nullableText],
    Add: [int, int],
    Broadcast: [nullableText],
    BroadcastOthers: [nullableText],
    BroadcastExcept: [texts, nullableText],
    Join: [text],
    Leave: [text],
    JoinConnection: [text, text],
    LeaveConnection: [text, text],
    SendGroup: [text, nullableText],
    SendGroups: [texts, nullableText],
    SendGroupExcept: [text, texts, nullableText],
    SendOthersInGroup: [text, nullableText],
    SendUser: [text, nullableText],
    SendUsers: [texts, nullableText],
    SendConnection: [text, nullableText],
    SendConnections: [texts, nullableText],
    WhoAmI: 0,
  } satisfies HubMethodTable<BenchHub>

  Echo(message: string | null): string | null {
    return message
  }

  Add(a: number, b: number): number {
    // As 32-bit integers add up in .NET.
    return (a + b) | 0
  }

  Broadcast(message: string | null): Promise<void> {
    return this.clients.all.Message(message)
  }

  BroadcastOthers(message: string | null): Promise<void> {
    return this.clients.others.Message(message)
  }

  BroadcastExcept(connectionIds: string[], message: string | null): Promise<void> {
    return this.clients.allExcept(connectionIds).Message(message)
  }

  Join(group: string): Promise<void> {
    return this.groups.addToGroup(this.context.connectionId, group)
  }

  Leave(group: string): Promise<void> {
    return this.groups.removeFromGroup(this.context.connectionId, group)
  }

  JoinConnection(connectionId: string, group: string): Promise<void> {
    return this.groups.addToGroup(connectionId, group)
  }

  LeaveConnection(connectionId: string, group: string): Promise<void> {
    return this.groups.removeFromGroup(connectionId, group)
  }

  SendGroup(group: string, message: string | null): Promise<void> {
    return this.clients.group(group).Message(message)
  }

  SendGroups(groups: string[], message: string | null): Promise<void> {
    return this.clients.groups(groups).Message(message)
  }

  SendGroupExcept(group: string, connectionIds: string[], message: string | null): Promise<void> {
    return this.clients.groupExcept(group, connectionIds).Message(message)
  }

  SendOthersInGroup(group: string, message: string | null): Promise<void> {
    return this.clients.othersInGroup(group).Message(message)
  }

  SendUser(user: string, message: string | null): Promise<void> {
    return this.clients.user(user).Message(message)
  }

  SendUsers(users: string[], message: string | null): Promise<void> {
    return this.clients.users(users).Message(message)
  }

  SendConnection(connectionId: string, message: string | null): Promise<void> {
    return this.clients.client(connectionId).Message(message)
  }

  SendConnections(connectionIds: string[], message: string | null): Promise<void> {
    return this.clients.clients(connectionIds).Message(message)
  }

  WhoAmI() {
    const { connectionId, userIdentifier } = this.context
    return { ConnectionId: connectionId, UserIdentifier: userIdentifier ?? null, Server: 'node' }
  }
}
