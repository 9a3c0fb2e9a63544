import { Hub, type HubMethodTable, stream } from 'signalbox'
import { ArgumentNullException } from './clr-exceptions.js'
import { int, long, nullableText, text, texts } from './clr-types.js'
import { int32Answer } from './int32-answer.js'

interface BenchClient {
  Message(message: string | null): void
  Ask(number: number): unknown
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
    Join: [nullableText],
    Leave: [nullableText],
    JoinConnection: [text, nullableText],
    LeaveConnection: [text, nullableText],
    SendGroup: [text, nullableText],
    SendGroups: [texts, nullableText],
    SendGroupExcept: [text, texts, nullableText],
    SendOthersInGroup: [text, nullableText],
    SendUser: [text, nullableText],
    SendUsers: [texts, nullableText],
    SendConnection: [text, nullableText],
    SendConnections: [texts, nullableText],
    AskConnection: [text, int],
    Counter: [int],
    Sum: [stream(long)],
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

  Join(group: string | null): Promise<void> {
    return this.groups.addToGroup(this.context.connectionId, named(group))
  }

  Leave(group: string | null): Promise<void> {
    return this.groups.removeFromGroup(this.context.connectionId, named(group))
  }

  JoinConnection(connectionId: string, group: string | null): Promise<void> {
    return this.groups.addToGroup(connectionId, named(group))
  }

  LeaveConnection(connectionId: string, group: string | null): Promise<void> {
    return this.groups.removeFromGroup(connectionId, named(group))
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

  AskConnection(connectionId: string, number: number): Promise<number> {
    return int32Answer(this.clients.client(connectionId).invoke.Ask(number))
  }

  async *Counter(count: number): AsyncGenerator<number> {
    for (let number = 0; number < count; number++) yield number
  }

  async Sum(numbers: AsyncIterable<number>): Promise<number> {
    let sum = 0
    for await (const number of numbers) sum += number
    return sum
  }

  WhoAmI() {
    const { connectionId, userIdentifier } = this.context
    return { ConnectionId: connectionId, UserIdentifier: userIdentifier ?? null, Server: 'node' }
  }
}

/** Signalbox leaves the check to the application. */
function named(group: string | null): string {
  if (group === null) throw new ArgumentNullException('groupName')
  return group
}
