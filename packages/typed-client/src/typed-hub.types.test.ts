import { type HubConnection, type IStreamResult, Subject } from '@microsoft/signalr'
import { Hub, type Invocation } from '@signalbox/hubs'
import { type ClientMethodsOf, type HubContract, type Json, type Received, type TypedHub, typedHub } from './index.js'

// The compiler is the test: an expectation that is not met is an error of the build.

interface Entry {
  readonly at: Date
  readonly text: string
  readonly picture?: Uint8Array
}

interface ChatClient {
  message(from: string, text: string): void
  posted(entry: Entry): Promise<void>
  confirm(question: string): Promise<boolean>
  then(next: string): void
}

class ChatHub extends Hub<ChatClient> {
  readonly rooms: readonly string[] = []

  async send(_room: string, _text: string): Promise<void> {}

  count(_room: string, _invocation: Invocation): number {
    return this.#total
  }

  find(_room: string, _limit?: number, _invocation?: Invocation): string | undefined {
    return undefined
  }

  history(): Promise<Entry[]> {
    return Promise.resolve([])
  }

  async fail(): Promise<never> {
    throw new Error('always')
  }

  async *countdown(from: number, _invocation: Invocation): AsyncGenerator<number> {
    yield from
  }

  async entries(_room: string): Promise<AsyncIterable<Entry>> {
    return this.stored()
  }

  async sum(_numbers: AsyncIterable<number>): Promise<number> {
    return 0
  }

  async *double(_numbers: AsyncIterable<number>): AsyncGenerator<number> {}

  protected async *stored(): AsyncGenerator<Entry> {}

  readonly #total = 0
}

/** Whether two types are the same, `any` and the optional apart from the rest. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Takes no false. */
const holds = <T extends true>(): T | undefined => undefined

async function* numbers(): AsyncGenerator<number> {}
async function* words(): AsyncGenerator<string> {}

export async function typesOfCalls(connection: HubConnection): Promise<void> {
  const chat = typedHub<ChatHub>(connection)

  await chat.invoke.send('lobby', 'hi')
  await chat.send.send('lobby', 'hi')
  holds<Same<typeof chat.invoke.send, (room: string, text: string) => Promise<void>>>()
  holds<Same<typeof chat.invoke.fail, () => Promise<never>>>()
  // @ts-expect-error -- the hub has no such method
  await chat.invoke.sned('lobby', 'hi')
  // @ts-expect-error -- the hub has no such method
  await chat.send.sned('lobby', 'hi')
  // @ts-expect-error -- an argument is missing
  await chat.invoke.send('lobby')
  // @ts-expect-error -- there is one argument too many
  await chat.invoke.send('lobby', 'hi', 1)
  // @ts-expect-error -- the argument has another type
  await chat.send.send('lobby', 1)
  // @ts-expect-error -- the result has another type
  const text: string = await chat.invoke.count('lobby')
  // @ts-expect-error -- a send has no result
  const count: number = await chat.send.count('lobby')

  // @ts-expect-error -- the method streams
  chat.invoke.countdown(3)
  // @ts-expect-error -- the method streams
  chat.send.entries('lobby')
  // @ts-expect-error -- the method does not stream
  chat.stream.send('lobby', 'hi')

  return void [text, count]
}

export function typesOfParameters(chat: TypedHub<ChatHub>): void {
  holds<Same<typeof chat.invoke.count, (room: string) => Promise<number>>>()
  holds<Same<typeof chat.invoke.find, (room: string, limit?: number) => Promise<string | null>>>()
  // @ts-expect-error -- the server adds the invocation
  void chat.invoke.count('lobby', { signal: new AbortController().signal })
}

export function membersThatAreNoMethods(chat: TypedHub<ChatHub>): void {
  // @ts-expect-error -- only the server calls it
  void chat.invoke.onConnected()
  // @ts-expect-error -- only the server calls it
  void chat.invoke.onAuthenticationRefreshed()
  // @ts-expect-error -- only the server calls it
  void chat.invoke.onDisconnected(undefined)
  // @ts-expect-error -- it belongs to every hub
  void chat.invoke.context
  // @ts-expect-error -- it belongs to every hub
  void chat.invoke.clients
  // @ts-expect-error -- it belongs to every hub
  void chat.invoke.groups
  // @ts-expect-error -- it is a field
  void chat.invoke.rooms
  // @ts-expect-error -- it is protected
  void chat.stream.stored
  // @ts-expect-error -- with it the group would look like a promise
  void chat.on.then
}

export async function typesOfStreams(chat: TypedHub<ChatHub>): Promise<void> {
  for await (const number of chat.stream.countdown(3)) holds<Same<typeof number, number>>()
  for await (const entry of chat.stream.entries('lobby')) holds<Same<typeof entry.at, string>>()
  chat.stream
    .countdown(3)
    .subscribe({ next: number => number.toFixed(), error() {}, complete() {} })
    .dispose()
  const official: IStreamResult<number> = chat.stream.countdown(3)
  // @ts-expect-error -- the argument has another type
  chat.stream.countdown('3')
  // @ts-expect-error -- the server adds the invocation
  chat.stream.countdown(3, undefined)
  // @ts-expect-error -- the items have another type
  const texts: AsyncIterable<string> = chat.stream.countdown(3)
  // @ts-expect-error -- a subscriber has to take the end, too
  chat.stream.countdown(3).subscribe({ next() {} })

  return void [official, texts]
}

export async function typesOfUploads(chat: TypedHub<ChatHub>): Promise<void> {
  const sum: number = await chat.invoke.sum(numbers())
  await chat.send.sum(new Subject<number>())
  for await (const number of chat.stream.double(chat.stream.countdown(3))) number.toFixed()
  // @ts-expect-error -- the items have another type
  await chat.invoke.sum(words())
  // @ts-expect-error -- the items have another type
  await chat.invoke.sum(new Subject<string>())
  // @ts-expect-error -- a list is a value, not a stream
  await chat.invoke.sum([1, 2])

  return void sum
}

export function typesOfHandlers(chat: TypedHub<ChatHub>): void {
  const off: () => void = chat.on.message((from, text) => `${from.trim()} ${text.trim()}`)
  off()
  chat.on.message(async from => void from)
  chat.on.posted(({ at, picture }) => void [at.trim(), picture?.trim()])
  chat.on.confirm(question => question.length > 0)
  chat.on.confirm(async () => true)
  // @ts-expect-error -- the hub calls no such method
  chat.on.mesage(() => {})
  // @ts-expect-error -- the parameter has another type
  chat.on.message((from: number) => void from)
  // @ts-expect-error -- the hub passes two arguments
  chat.on.message((_from, _text, third) => void third)
  // @ts-expect-error -- the hub waits for an answer
  chat.on.confirm(() => {})
  // @ts-expect-error -- the hub waits for an answer of another type
  chat.on.confirm(async () => 'yes')
  // @ts-expect-error -- JSON has made a text of the date
  chat.on.posted(({ at }) => at.getTime())
}

export async function typesOverTheWire(
  json: TypedHub<ChatHub>,
  binary: TypedHub<ChatHub, 'messagepack'>,
): Promise<void> {
  holds<Same<Json<Date | null>, string | null>>()
  holds<Same<Json<Entry>, { readonly at: string; readonly text: string; readonly picture?: string }>>()
  holds<Same<Json<[Date, ...Date[]]>, [string, ...string[]]>>()
  holds<Same<Json<unknown>, unknown>>()
  type Id = string & { readonly kind: 'id' }
  holds<Same<Json<Id>, Id>>()
  type Stored = { readonly total: bigint; readonly tags: Set<Date>; readonly byId: Map<number, Uint8Array> }
  holds<
    Same<Json<Stored>, { readonly total: number; readonly tags: string[]; readonly byId: Record<string, string> }>
  >()
  holds<
    Same<
      Received<Stored, 'messagepack'>,
      { readonly total: number; readonly tags: Date[]; readonly byId: Record<string, Uint8Array> }
    >
  >()
  holds<Same<Received<URL | undefined, 'messagepack'>, string | null>>()

  const [entry] = await json.invoke.history()
  // @ts-expect-error -- JSON has made a text of the date
  entry?.at.getTime()
  const [binaryEntry] = await binary.invoke.history()
  binaryEntry?.at.getTime()
  binary.on.posted(({ at, picture }) => void [at.getTime(), picture?.byteLength])
  holds<Same<typeof binary.invoke.find, typeof json.invoke.find>>()
}

/** Without a client type the hub may call anything with anything. */
class UntypedHub extends Hub {
  // biome-ignore lint/suspicious/noExplicitAny: a hub that says nothing of its values
  anything(..._args: any[]): any {}
}

export async function typesOfUntypedHubs(hub: TypedHub<UntypedHub>): Promise<void> {
  hub.on['whatever']!((...args) => args.length)
  await hub.invoke.anything(1, 'a')
  for await (const item of hub.stream.anything(1, 'a')) item.anything()
}

/** For a server that is not in TypeScript. */
type ContractHub = HubContract<
  { send(room: string, text: string): void; countdown(from: number): AsyncIterable<number> },
  ChatClient
>

export async function typesOfContracts(connection: HubConnection): Promise<void> {
  holds<Same<ClientMethodsOf<ContractHub>, ChatClient>>()
  const chat = typedHub<ContractHub>(connection)
  await chat.invoke.send('lobby', 'hi')
  chat.on.confirm(() => true)
  for await (const number of chat.stream.countdown(3)) holds<Same<typeof number, number>>()
  // @ts-expect-error -- the contract has no such method
  await chat.invoke.join('lobby')
  // @ts-expect-error -- the hub waits for an answer
  chat.on.confirm(() => {})
}

export function connectionsThatFit(): void {
  // @ts-expect-error -- it cannot be listened to
  typedHub<ChatHub>({ invoke: async () => {}, send: async () => {} })
}
