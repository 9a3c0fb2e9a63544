/** What waits for connections: the end of a connection costs what waits for it, not what waits for all of them. */
export class PendingByConnection<T> {
  readonly #byConnection = new Map<string, Set<T>>()

  /** Connections that something waits for, each once. */
  get connectionIds(): Iterable<string> {
    return this.#byConnection.keys()
  }

  add(connectionId: string, item: T): void {
    const items = this.#byConnection.get(connectionId)
    if (items === undefined) this.#byConnection.set(connectionId, new Set([item]))
    else items.add(item)
  }

  delete(connectionId: string, item: T): void {
    const items = this.#byConnection.get(connectionId)
    if (items?.delete(item) === true && items.size === 0) this.#byConnection.delete(connectionId)
  }

  /** Takes out what waits for a connection. */
  take(connectionId: string): Iterable<T> {
    const items = this.#byConnection.get(connectionId)
    this.#byConnection.delete(connectionId)
    return items ?? []
  }
}
