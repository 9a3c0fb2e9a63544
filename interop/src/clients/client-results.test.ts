import { expect } from 'chai'
import { clientKinds, newestOver } from './client-kinds.js'
import { within } from './deadline.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { useClients } from './test-client.js'

const askCallerFailed = "An unexpected error occurred invoking 'AskCaller' on the server."
const askConnectionFailed = "An unexpected error occurred invoking 'AskConnection' on the server."

describeOnEachServer('results of client methods', serverKind => {
  const server = useReferenceServer(serverKind)
  const clients = useClients(server)

  for (const kind of clientKinds) {
    describe(`of ${kind.title}`, () => {
      it('come to the hub method that asked its caller', async () => {
        const client = await clients.connect('/testhub', kind)
        client.connection.on('Ask', (number: number) => number + 1)
        expect(await client.invoke('AskCaller', 41)).to.equal(42)
      })

      it('come to the hub method that asked another connection, at once or later', async () => {
        const asking = await clients.connect('/bench', newestOver('WebSockets'))
        const answering = await clients.connect('/bench', kind)
        answering.connection.on('Ask', async (number: number) => {
          await new Promise(resolve => setImmediate(resolve))
          return number * 2
        })
        expect(await asking.invoke('AskConnection', answering.connection.connectionId, 21)).to.equal(42)
      })

      it('come to code outside the hub', async () => {
        const client = await clients.connect('/testhub', kind)
        client.connection.on('Result', () => 7)
        const answer = await fetch(`${server.url}/clientresult/${client.connection.connectionId}`)
        expect(await answer.text()).to.equal('7')
      })

      it('hold up no other call while they are waited for', async () => {
        const client = await clients.connect('/testhub', kind)
        let answer: (number: number) => void = () => {}
        const asked = new Promise<void>(resolve => {
          client.connection.on('Ask', () => {
            resolve()
            return new Promise(settle => {
              answer = settle
            })
          })
        })
        const result = client.invoke('AskCaller', 0)
        await within(asked, 'the question')
        expect(await client.invoke('Echo', 'meanwhile')).to.equal('meanwhile')
        answer(42)
        expect(await result).to.equal(42)
      })

      it('may be an error, which the one who asked gets', async () => {
        const client = await clients.connect('/testhub', kind)
        client.connection.on('Ask', () => {
          throw new Error('I do not know')
        })
        expect(await client.errorOf('AskCaller', 0)).to.equal(`${askCallerFailed} HubException: Error: I do not know`)
      })

      it('are missed when the client has no such method, or one that returns nothing', async () => {
        const client = await clients.connect('/testhub', kind)
        const missed = `${askCallerFailed} HubException: Client didn't provide a result.`
        expect(await client.errorOf('AskCaller', 0)).to.equal(missed)
        client.connection.on('Ask', () => {})
        expect(await client.errorOf('AskCaller', 0)).to.equal(missed)
      })

      it('fail when they are of another type', async () => {
        const client = await clients.connect('/testhub', kind)
        client.connection.on('Ask', () => 'forty-two')
        expect(await client.errorOf('AskCaller', 0)).to.contain(
          `${askCallerFailed} HubException: Error trying to deserialize result to Int32.`,
        )
      })

      it('fail when the client leaves instead of answering', async () => {
        const asking = await clients.connect('/bench', newestOver('WebSockets'))
        const leaving = await clients.connect('/bench', kind)
        const id = leaving.connection.connectionId
        const asked = new Promise<void>(resolve => {
          leaving.connection.on('Ask', () => {
            resolve()
            return new Promise(() => {})
          })
        })
        const error = asking.errorOf('AskConnection', id, 0)
        await within(asked, 'the question')
        await leaving.connection.stop()
        expect(await error).to.equal(`${askConnectionFailed} IOException: Connection '${id}' disconnected.`)
      })

      it('are given up when the server wants them no more', async () => {
        const client = await clients.connect('/probe', kind)
        const other = await clients.connect('/probe', newestOver('WebSockets'))
        const key = `asking ${client.connection.connectionId}`
        const asked = new Promise<void>(resolve => {
          client.connection.on('Ask', () => {
            resolve()
            return new Promise(() => {})
          })
        })
        const error = client.errorOf('AskUntilReleased', key)
        await within(asked, 'the question')
        await other.invoke('Release', key)
        expect(await error).to.equal(
          "An unexpected error occurred invoking 'AskUntilReleased' on the server. HubException: Invocation canceled by the server.",
        )
        expect(await client.invoke('Echo', 'still here')).to.equal('still here')
      })

      it('cannot be had in onConnected, and not of a connection that is not there', async () => {
        expect((await clients.build('/probe?connect=ask', kind).endOfStart())?.message).to.equal(
          'Server returned an error on close: Connection closed with an error. ' +
            'InvalidOperationException: Client results inside OnConnectedAsync Hub methods are not allowed.',
        )
        const client = await clients.connect('/bench', kind)
        expect(await client.errorOf('AskConnection', 'nobody', 0)).to.equal(
          `${askConnectionFailed} IOException: Connection 'nobody' does not exist.`,
        )
      })
    })
  }
})
