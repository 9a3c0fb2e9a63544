import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { ServerUnderTest } from '../server-under-test.js'
import { pause } from './deadline.js'
import type { HubConnection } from './hub-connection.js'

/**
 * What happened on the server, where no client can look: the probe hub records the life of a connection, and some
 * methods, under a key of the check's choice. It is read over a connection of its own.
 */
export class ProbeJournal {
  /** Nobody else's events have it. */
  readonly key: string = randomUUID()
  readonly #reader: HubConnection

  static async open(server: ServerUnderTest): Promise<ProbeJournal> {
    return new ProbeJournal(await server.connect('/probe'))
  }

  private constructor(reader: HubConnection) {
    this.#reader = reader
  }

  /** For the query of the connection whose life is to be recorded. */
  get query(): string {
    return `key=${this.key}`
  }

  async events(): Promise<string[]> {
    return (await this.#reader.call('GetEvents', this.key)) as string[]
  }

  /** The events, as soon as the last one is among them. */
  async eventsUntil(last: string | RegExp): Promise<string[]> {
    const isLast = (event: string) => (typeof last === 'string' ? event === last : last.test(event))
    for (let attempt = 0; attempt < 800; attempt++) {
      const events = await this.events()
      if (events.some(isLast)) return events
      await pause(10)
    }
    assert.fail(`Waited for the event ${last}; there were ${JSON.stringify(await this.events())}`)
  }

  /** With what OnDisconnectedAsync was called. */
  async disconnection(): Promise<string | undefined> {
    return (await this.eventsUntil(/^disconnected/)).find(event => event.startsWith('disconnected'))
  }

  async release(): Promise<void> {
    await this.#reader.call('Release', this.key)
  }

  async releaseConnect(): Promise<void> {
    await this.#reader.call('ReleaseConnect', this.key)
  }
}
