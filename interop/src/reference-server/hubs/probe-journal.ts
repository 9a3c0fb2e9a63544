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
  return `${what}:${typeName(error)}:${error.message}`
}

/** Errors of Signalbox that stand for one of .NET know its name. */
const typeName = (error: Error & { readonly exceptionType?: string }): string =>
  error.exceptionType ?? error.constructor.name
