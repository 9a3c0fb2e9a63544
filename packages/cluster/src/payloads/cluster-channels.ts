/**
 * The channels of one hub, as payloads name them too: plain concatenation, nothing escaped. A prefix, if there is one,
 * is the bus's.
 * @source dotnet/aspnetcore: src/SignalR/server/StackExchangeRedis/src/Internal/RedisChannels.cs
 */
export class ClusterChannels {
  /** Every connection of the hub. */
  readonly all: string
  /** Who adds to groups, or removes from them, a connection of another node. */
  readonly groups: string
  /** Where this node hears that it was done. */
  readonly ownAcks: string
  /** Where this node gets the results of clients of other nodes. */
  readonly ownReturn: string
  /**
   * Where nodes tell each other which invocations of clients they wait for. Signalbox's own: ASP.NET Core nodes hear
   * nothing of it.
   */
  readonly pendingInvocations: string
  readonly #hubName: string

  constructor(hubName: string, serverName: string) {
    this.#hubName = hubName
    this.all = `${hubName}:all`
    this.groups = `${hubName}:internal:groups`
    this.ownAcks = this.acks(serverName)
    this.ownReturn = `${hubName}:internal:return:${serverName}`
    this.pendingInvocations = `${hubName}:internal:questions`
  }

  /** Those without which a node is not part of the cluster. */
  get base(): readonly [string, string, string, string] {
    return [this.all, this.groups, this.ownAcks, this.ownReturn]
  }

  acks(serverName: string): string {
    return `${this.#hubName}:internal:ack:${serverName}`
  }

  connection(connectionId: string): string {
    return `${this.#hubName}:connection:${connectionId}`
  }

  group(groupName: string): string {
    return `${this.#hubName}:group:${groupName}`
  }

  user(userId: string): string {
    return `${this.#hubName}:user:${userId}`
  }
}
