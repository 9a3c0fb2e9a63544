import { type ClientOf, createServer, Hub, hubMethod } from './index.js'

// The compiler is the test: an expectation that is not met is an error of the build.

interface ChatClient {
  receiveMessage(user: string, text: string): void
}

class ChatHub extends Hub<ChatClient> {
  @hubMethod
  send(_text: string): void {}
}

class UntypedHub extends Hub {}

class NeedyHub extends Hub {
  readonly topic: string

  constructor(topic: string) {
    super()
    this.topic = topic
  }
}

class NoHub {}

export async function typesOfTheServer(): Promise<void> {
  const server = createServer({ keepAliveIntervalMs: 5_000 })
  server.mapHub('/chat', ChatHub, { maximumReceiveMessageSizeBytes: null })
  server.mapHub('/untyped', UntypedHub)
  // @ts-expect-error -- a hub is constructed without arguments
  server.mapHub('/needy', NeedyHub)
  server.mapHub('/needy', NeedyHub, { hubActivator: () => new NeedyHub('weather') })
  // @ts-expect-error -- it is not a hub
  server.mapHub('/none', NoHub)
  // @ts-expect-error -- an instance is not a class
  server.mapHub('/instance', new ChatHub())
  // @ts-expect-error -- there is no such option
  server.mapHub('/typo', ChatHub, { keepAliveInterval: 5_000 })
  // @ts-expect-error -- there is no such transport
  server.mapHub('/transport', ChatHub, { transports: ['WebSocket'] })
  // @ts-expect-error -- there is no such option
  createServer({ keepAliveInterval: 5_000 })

  const { clients, groups } = server.hub(ChatHub)
  await clients.all.receiveMessage('ann', 'hello')
  await groups.addToGroup('1', 'ops')
  // @ts-expect-error -- clients have no such event
  await clients.all.recieveMessage('ann', 'hello')
  // @ts-expect-error -- an argument is missing
  await clients.group('ops').receiveMessage('ann')
  // @ts-expect-error -- the argument has another type
  await clients.user('ann').receiveMessage('ann', 1)
  // @ts-expect-error -- clients have no such event
  await clients.client('1').recieveMessage('ann', 'hello')
  // @ts-expect-error -- there is no caller outside of a call
  await clients.caller.receiveMessage('ann', 'hello')
  // @ts-expect-error -- nor others
  await clients.others.receiveMessage('ann', 'hello')
  await server.hub(UntypedHub).clients.all['anything']!(1, 'a', null)
}

export const clientOfChatHub: ClientOf<ChatHub>['receiveMessage'] = (_user: string, _text: string) => {}
