/**
 * What is used of the official client's `HubConnection`. Written down rather than imported, so that every version of
 * that package fits and none is needed to compile.
 * @source https://www.npmjs.com/package/@microsoft/signalr, HubConnection.ts and Stream.ts of 8.0 to 10.0
 */
export interface HubConnectionLike {
  /** `Connected`, or one of the states in which nothing can be sent. */
  readonly state: string
  /** Another one after a reconnect; null before the first start, and always with `skipNegotiation`. */
  readonly connectionId: string | null
  // biome-ignore-start lint/suspicious/noExplicitAny: the official signatures
  invoke(methodName: string, ...args: any[]): Promise<any>
  send(methodName: string, ...args: any[]): Promise<void>
  stream(methodName: string, ...args: any[]): StreamResult<any>
  on(methodName: string, handler: (...args: any[]) => any): void
  off(methodName: string, handler: (...args: any[]) => void): void
  // biome-ignore-end lint/suspicious/noExplicitAny: the official signatures
}

/** A stream that has not been listened to yet. @source IStreamResult */
export interface StreamResult<T> {
  subscribe(subscriber: StreamSubscriber<T>): Subscription
}

/** After `error` or `complete` nothing more is called. @source IStreamSubscriber */
export interface StreamSubscriber<T> {
  next(value: T): void
  // biome-ignore lint/suspicious/noExplicitAny: the official signature
  error(error: any): void
  complete(): void
}

/** @source ISubscription */
export interface Subscription {
  /** Wants no more items; the server is told to stop. */
  dispose(): void
}
