import { BackplaneError, type BackplaneErrorCode } from '@signalbox/redis'
import { ClientGoneError, Hub, HubException, type HubMethodTable } from 'signalbox'

/** What became of a call that needs other nodes. */
export type Outcome = 'done' | BackplaneErrorCode

/**
 * The same for a question, which is `done` with its answer: the asked client seemed to be gone, or the answer did not
 * come in time.
 */
export type AskOutcome = Outcome | 'gone' | 'cancelled'

export type Target = 'all' | 'group' | 'user' | 'connection'

interface ChaosHubClient {
  said(from: string, number: number): void
  here(number: number): void
  double(number: number): number
}

/**
 * What the load of a fault run calls. It tells its callers which sends failed, and fails itself only by what must not
 * happen.
 */
export class ChaosHub extends Hub<ChaosHubClient> {
  static readonly hubName = 'Chaos'

  static readonly hubMethods = {
    send: 4,
    join: 2,
    leave: 2,
    ask: 3,
    whoAmI: 0,
    echo: 1,
  } satisfies HubMethodTable<ChaosHub>

  send(target: Target, name: string, from: string, number: number): Promise<Outcome> {
    return outcomeOf(this.#clients(target, name).said(from, number))
  }

  join(connectionId: string, groupName: string): Promise<Outcome> {
    return outcomeOf(this.groups.addToGroup(connectionId, groupName))
  }

  leave(connectionId: string, groupName: string): Promise<Outcome> {
    return outcomeOf(this.groups.removeFromGroup(connectionId, groupName))
  }

  /** @returns twice the number, which the other client has worked out, or why there is no answer. */
  async ask(connectionId: string, number: number, patienceMs: number): Promise<number | AskOutcome> {
    const options = { signal: AbortSignal.timeout(patienceMs) }
    try {
      return await this.clients.client(connectionId).invokeWith(options).double(number)
    } catch (error) {
      if (error instanceof BackplaneError) return error.code
      if (error instanceof ClientGoneError) return 'gone'
      if (error instanceof HubException) return 'cancelled'
      throw error
    }
  }

  whoAmI(): string {
    return this.context.connectionId
  }

  /** Needs no other node. */
  echo(number: number): Promise<void> {
    return this.clients.caller.here(number)
  }

  #clients(target: Target, name: string) {
    if (target === 'group') return this.clients.group(name)
    if (target === 'user') return this.clients.user(name)
    return target === 'connection' ? this.clients.client(name) : this.clients.all
  }
}

async function outcomeOf(done: Promise<void>): Promise<Outcome> {
  try {
    await done
    return 'done'
  } catch (error) {
    if (error instanceof BackplaneError) return error.code
    throw error
  }
}
