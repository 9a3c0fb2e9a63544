import { expect } from 'chai'
import { clientKinds } from './client-kinds.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { useClients } from './test-client.js'

interface FailingCall {
  readonly title: string
  readonly hub?: string
  readonly call: readonly [method: string, ...args: unknown[]]
  /** What every client sees. */
  readonly text: string
  /** What follows, after a blank, when detailed errors are on. */
  readonly details?: string
}

const failingCalls: readonly FailingCall[] = [
  {
    title: 'a method that throws',
    call: ['ThrowException', 'boom'],
    text: "An unexpected error occurred invoking 'ThrowException' on the server.",
    details: 'InvalidOperationException: boom',
  },
  {
    title: 'a method that throws without a message',
    hub: '/probe',
    call: ['ThrowEmptyMessage'],
    text: "An unexpected error occurred invoking 'ThrowEmptyMessage' on the server.",
    details: 'InvalidOperationException: ',
  },
  {
    title: 'a method that throws a HubException',
    call: ['ThrowHubException', 'for your eyes'],
    text: "An unexpected error occurred invoking 'ThrowHubException' on the server. HubException: for your eyes",
  },
  {
    title: 'a method that throws a subclass of HubException',
    hub: '/probe',
    call: ['ThrowSubclassedHubException', 'for yours too'],
    text: "An unexpected error occurred invoking 'ThrowSubclassedHubException' on the server. ProbeHubException: for yours too",
  },
  {
    title: 'a method that does not exist',
    call: ['NoSuchMethod', 1],
    text: "Failed to invoke 'NoSuchMethod' due to an error on the server. HubException: Method does not exist.",
  },
  {
    title: 'a method of every hub that is no hub method',
    call: ['Dispose'],
    text: "Failed to invoke 'Dispose' due to an error on the server. HubException: Method does not exist.",
  },
  {
    title: 'too few arguments',
    hub: '/bench',
    call: ['add', 1],
    text: "Failed to invoke 'Add' due to an error on the server.",
    details: 'InvalidDataException: Invocation provides 1 argument(s) but target expects 2.',
  },
  {
    title: 'too many arguments',
    hub: '/probe',
    call: ['TwoArguments', 1, 'a', 'b'],
    text: "Failed to invoke 'TwoArguments' due to an error on the server.",
    details: 'InvalidDataException: Invocation provides 3 argument(s) but target expects 2.',
  },
  {
    title: 'an argument of the wrong type',
    hub: '/probe',
    call: ['TwoArguments', 'one', 'text'],
    text: "Failed to invoke 'TwoArguments' due to an error on the server.",
    details:
      'InvalidDataException: Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.',
  },
]

for (const showsDetails of [true, false]) {
  describeOnEachServer(`errors of calls, with detailed errors ${showsDetails ? 'on' : 'off'}`, serverKind => {
    const server = useReferenceServer(serverKind, ...(showsDetails ? [] : ['--no-detailed-errors']))
    const clients = useClients(server)
    const shown = (text: string, details?: string) =>
      showsDetails && details !== undefined ? `${text} ${details}` : text

    for (const kind of clientKinds) {
      describe(`with ${kind.title}`, () => {
        for (const { title, hub = '/testhub', call, text, details } of failingCalls) {
          it(`explain ${title}, and the connection lives on`, async () => {
            const client = await clients.connect(hub, kind)
            expect(await client.errorOf(...call)).to.equal(shown(text, details))
            expect(await client.invoke('Echo', 'still here')).to.equal('still here')
          })
        }

        it('explain a stream that was asked of a method without one', async () => {
          const client = await clients.connect('/testhub', kind)
          const error = await new Promise<Error>((resolve, reject) => {
            const complete = () => reject(new Error('the stream completed'))
            client.connection.stream('Echo', 'hello').subscribe({ next() {}, error: resolve, complete })
          })
          expect(error.message).to.equal(
            "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.",
          )
        })

        it('close a connection whose hub cannot be created', async () => {
          const client = clients.build('/uncreatable', kind)
          expect((await client.endOfStart())?.message).to.equal(
            shown(
              'Server returned an error on close: Connection closed with an error.',
              "InvalidOperationException: Unable to resolve service for type 'System.Object' while attempting to activate 'FunctionalTests.UncreatableHub'.",
            ),
          )
        })

        it('close a connection whose onConnected fails', async () => {
          const client = clients.build('/probe?connect=throw', kind)
          expect((await client.endOfStart())?.message).to.equal(
            shown(
              'Server returned an error on close: Connection closed with an error.',
              'InvalidOperationException: Hub OnConnected failed.',
            ),
          )
        })
      })
    }
  })
}
