import { Hub, stream } from '../index.js'
import { testHub } from './index.js'

// The compiler is the test: an expectation that is not met is an error of the build.

interface ChatClient {
  message(from: string, text: string): void
  at(time: Date): void
  confirm(question: string): Promise<boolean>
}

class ChatHub extends Hub<ChatClient> {
  static hubMethods = { send: 2, sum: { arguments: [stream()] }, count: 1, now: 0 }

  send(_room: string, _text: string): void {}

  async sum(_numbers: AsyncIterable<number>): Promise<number> {
    return 0
  }

  async *count(to: number): AsyncGenerator<number> {
    yield to
  }

  now(): Date {
    return new Date()
  }
}

class UntypedHub extends Hub {
  static hubMethods = { send: 1 }

  send(_text: string): void {}
}

export async function typesOfTestHub(): Promise<void> {
  const alice = await testHub(ChatHub).connect()
  await alice.invoke('send', 'lobby', 'hi')
  // @ts-expect-error -- there is no such method
  await alice.invoke('sent', 'lobby', 'hi')
  // @ts-expect-error -- an argument is missing
  await alice.invoke('send', 'lobby')
  // @ts-expect-error -- a number is no text
  await alice.send('send', 'lobby', 1)
  // @ts-expect-error -- every hub has it, and clients cannot call it
  await alice.invoke('onConnected')
  // @ts-expect-error -- it streams
  await alice.invoke('count', 1)
  // @ts-expect-error -- it does not stream
  alice.stream('now')

  const now: string = await alice.invoke('now')
  for await (const number of alice.stream('count', 3)) number.toFixed()
  const sum: number = await alice.invoke(
    'sum',
    (async function* () {
      yield 1
    })(),
  )

  alice.on('confirm', question => question === '')
  // @ts-expect-error -- the hub waits for a boolean
  alice.on('confirm', question => question)
  // @ts-expect-error -- clients have no such method
  alice.on('ask', () => {})

  const { arguments: args } = await alice.next('message')
  const [from, text]: readonly [string, string] = args
  const time: string = (await alice.next('at')).arguments[0]
  for (const call of alice.received) if (call.target === 'message') call.arguments[1].toUpperCase()

  const bob = await testHub(UntypedHub).connect()
  await bob.invoke('send', 'hi')
  bob.on('anything', (...all) => all.length)
  for (const { target, arguments: all } of bob.received) target.concat(String(all[0]))
  return void [now, sum, from, text, time]
}
