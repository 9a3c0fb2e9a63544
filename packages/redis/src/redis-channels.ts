/**
 * The channels of one hub: plain concatenation, nothing escaped. The prefix stands before them on the wire and never inside a payload.
 * @source dotnet/aspnetcore: src/SignalR/server/StackExchangeRedis/src/Internal/RedisChannels.cs
 */
export class RedisChannels {
  /** Every connection of the hub. */
  readonly all: string
  /** Who adds to groups, or removes from them, a connection of another node. */
  readonly groups: string
  /** Where this node hears that it was done. */
  readonly ownAcks: string
  /** Where this node gets the results of clients of other nodes. */
  readonly ownReturn: string
  /** The same without the prefix, as payloads name it. */
  readonly ownReturnInPayloads: string
  /** Where nodes ask each other about calls to clients that wait for results. Signalbox's own: ASP.NET Core nodes hear nothing of it. */
  readonly questions: string
  readonly #hubName: string
  readonly #prefix: string

  constructor(hubName: string, serverName: string, prefix: string) {
    this.#hubName = hubName
    this.#prefix = prefix
    this.all = `${prefix}${hubName}:all`
    this.groups = `${prefix}${hubName}:internal:groups`
    this.ownAcks = this.acks(serverName)
    this.ownReturnInPayloads = `${hubName}:internal:return:${serverName}`
    this.ownReturn = this.named(this.ownReturnInPayloads)
    this.questions = `${prefix}${hubName}:internal:questions`
  }

  /** Those without which a node is not part of the cluster. */
  get base(): readonly [string, string, string, string] {
    return [this.all, this.groups, this.ownAcks, this.ownReturn]
  }

  acks(serverName: string): string {
    return `${this.#prefix}${this.#hubName}:internal:ack:${serverName}`
  }

  connection(connectionId: string): string {
    return `${this.#prefix}${this.#hubName}:connection:${connectionId}`
  }

  group(groupName: string): string {
    return `${this.#prefix}${this.#hubName}:group:${groupName}`
  }

  user(userId: string): string {
    return `${this.#prefix}${this.#hubName}:user:${userId}`
  }

  /** A channel that a payload names. */
  named(channelInPayload: string): string {
    return `${this.#prefix}${channelInPayload}`
  }
}
