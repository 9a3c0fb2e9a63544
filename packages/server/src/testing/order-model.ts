import { handshakeAnswer } from './json-handshake.js'
import { type Audience, type Relay, relayedGroup, users } from './order-operations.js'

/** What each connection must get, by the simplest means: an array per connection. */
export class OrderModel {
  readonly received: string[][] = users.map(() => [handshakeAnswer])
  readonly #groups = new Map<string, Set<number>>()

  join(name: string, index: number): void {
    this.#groups.set(name, new Set(this.#members(name)).add(index))
  }

  leave(name: string, index: number): void {
    this.#groups.get(name)?.delete(index)
  }

  send(to: Audience, number: number): void {
    this.#deliver(this.#receiversOf(to), number)
  }

  relay({ connection: caller, audience }: Relay, number: number): void {
    const receivers = {
      caller: [caller],
      all: [...users.keys()],
      others: [...users.keys()].filter(index => index !== caller),
      othersInGroup: this.#members(relayedGroup).filter(index => index !== caller),
    }
    this.#deliver(receivers[audience], number)
    this.received[caller]!.push(`{"type":3,"invocationId":"${number}","result":${number}}\x1e`)
  }

  #deliver(receivers: readonly number[], number: number): void {
    for (const index of receivers)
      this.received[index]!.push(`{"type":1,"target":"deliver","arguments":[${number}]}\x1e`)
  }

  #members(name: string): number[] {
    return [...(this.#groups.get(name) ?? [])]
  }

  #receiversOf(to: Audience): number[] {
    const everyone = [...users.keys()]
    switch (to.kind) {
      case 'all':
        return everyone
      case 'allExcept':
        return everyone.filter(index => !to.connections.includes(index))
      case 'client':
        return [to.connection]
      case 'clients':
        return everyone.filter(index => to.connections.includes(index))
      case 'group':
        return this.#members(to.group)
      case 'groups':
        return to.groups.flatMap(name => this.#members(name))
      case 'groupExcept':
        return this.#members(to.group).filter(index => !to.connections.includes(index))
      case 'user':
        return everyone.filter(index => users[index] === to.user)
      case 'users':
        return everyone.filter(index => users[index] !== undefined && to.users.includes(users[index]))
    }
  }
}
