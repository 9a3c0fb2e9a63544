import { anyValue, Hub, HubException, type HubMethodTable, type Invocation, stream } from 'signalbox'

/** What the hub calls on its clients. */
export interface ChatClient {
  message(from: string, text: string): void
  posted(entry: Entry): void
  confirm(question: string): Promise<boolean>
}

export interface Entry {
  readonly at: Date
  readonly picture: Uint8Array
}

/**
 * The contract of the tests: their clients know this class by its type only. What it notices it tells its caller, by
 * `message`.
 */
export class ChatHub extends Hub<ChatClient> {
  static readonly hubMethods = {
    join: 1,
    send: 2,
    refuse: 0,
    persuade: 1,
    post: 0,
    countdown: 1,
    breakOff: 0,
    untilCancelled: 0,
    sum: [stream()],
    first: [stream()],
    fate: [stream()],
    double: [stream()],
    subtract: [stream(), anyValue, stream()],
  } satisfies HubMethodTable<ChatHub>

  async join(room: string): Promise<void> {
    await this.groups.addToGroup(this.context.connectionId, room)
    await this.clients.group(room).message('hub', `joined ${room}`)
  }

  async send(room: string, text: string): Promise<number> {
    await this.clients.group(room).message(this.context.connectionId, text)
    return text.length
  }

  refuse(): void {
    throw new HubException('Not today.')
  }

  async persuade(question: string): Promise<string> {
    return (await this.clients.caller.invoke.confirm(question)) ? 'agreed' : 'declined'
  }

  async post(): Promise<Entry> {
    const entry = { at: new Date(0), picture: new Uint8Array([1, 2, 3]) }
    await this.clients.caller.posted(entry)
    return entry
  }

  async *countdown(from: number): AsyncGenerator<number> {
    for (let n = from; n > 0; n--) yield n
  }

  async *breakOff(): AsyncGenerator<number> {
    yield 1
    throw new HubException('Out of numbers.')
  }

  async *untilCancelled(invocation: Invocation): AsyncGenerator<string> {
    const cancelled = new Promise(resolve => invocation.signal.addEventListener('abort', resolve))
    yield 'first'
    await cancelled
    await this.clients.caller.message('hub', 'cancelled')
  }

  async sum(numbers: AsyncIterable<number>): Promise<number> {
    let sum = 0
    for await (const number of numbers) sum += number
    return sum
  }

  async first(numbers: AsyncIterable<number>): Promise<number | undefined> {
    for await (const number of numbers) return number
    return undefined
  }

  /** Tells every item as it comes, and how the stream ended. */
  async fate(numbers: AsyncIterable<number>): Promise<string> {
    const { caller } = this.clients
    try {
      for await (const number of numbers) await caller.message('hub', `got ${number}`)
      await caller.message('hub', 'the end')
      return 'the end'
    } catch (error) {
      return String(error)
    }
  }

  async *double(numbers: AsyncIterable<number>): AsyncGenerator<number> {
    for await (const number of numbers) yield 2 * number
  }

  async subtract(left: AsyncIterable<number>, unit: string, right: AsyncIterable<number>): Promise<string> {
    return `${(await this.sum(left)) - (await this.sum(right))} ${unit}`
  }
}
