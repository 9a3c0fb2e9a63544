import { HubProtocolError } from 'signalbox'

/** What happened on the server, by the key that the test chose: a client cannot see the end of its own connection. */
export class ProbeJournal {
  readonly #events = new Map<string, string[]>()

  record(key: string, what: string): void {
    const events = this.#events.get(key)
    if (events === undefined) this.#events.set(key, [what])
    else events.push(what)
  }

  read(key: string): readonly string[] {
    return this.#events.get(key) ?? []
  }
}

/** `disconnected:null`, `failed:HubException:bye` and the like. */
export function describeEnd(what: string, error: Error | undefined): string {
  if (error === undefined) return `${what}:null`
  const typeName = error instanceof HubProtocolError ? error.exceptionType : error.constructor.name
  return `${what}:${typeName}:${error.message}`
}
