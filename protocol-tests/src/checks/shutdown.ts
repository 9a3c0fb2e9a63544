import assert from 'node:assert/strict'
import { check } from '../check.js'
import { type AnswerFacts, facts, noCacheHeaders, noContent, octets } from '../drivers/answer-facts.js'
import { within } from '../drivers/deadline.js'
import { answerWithin } from '../drivers/http-exchange.js'
import type { HubConnection } from '../drivers/hub-connection.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { connectedPath, waitingPoll } from './polled-connection.js'

const area = 'shutdown'
const goodbye = '{"type":7,"allowReconnect":true}'
const options = { alone: true, endsServer: true }

/** A client that has answered something, so that it is surely connected, and a server that was told to end. */
async function terminateUnder(
  server: ServerUnderTest,
  transport: 'WebSockets' | 'ServerSentEvents',
): Promise<HubConnection> {
  const connection = await server.connect('/testhub', { transport })
  await connection.expectAliveAndSilent()
  assert.equal(await server.terminate(), 0, 'the exit code')
  return connection
}

check(
  area,
  'a WebSocket is reset, without a Close',
  {
    ...options,
    deviation: {
      key: 'shutdown-says-goodbye',
      run: async server => {
        const connection = await terminateUnder(server, 'WebSockets')
        assert.equal(await connection.next(), goodbye)
        assert.equal(await within(connection.transport.ended, 'the end'), 'WebSocket close 1001')
      },
    },
  },
  async server => {
    const connection = await terminateUnder(server, 'WebSockets')
    assert.equal(await within(connection.transport.ended, 'the end'), 'WebSocket close 1006')
    assert.deepEqual(connection.transport.received.takeAll(), [])
  },
)

check(
  area,
  'an event stream ends, mostly without a Close',
  {
    ...options,
    deviation: {
      key: 'shutdown-says-goodbye',
      run: async server => {
        const connection = await terminateUnder(server, 'ServerSentEvents')
        assert.equal(await connection.next(), goodbye)
        await within(connection.transport.ended, 'the end')
      },
    },
  },
  async server => {
    const connection = await terminateUnder(server, 'ServerSentEvents')
    assert.equal(await within(connection.transport.ended, 'the end'), connection.transport.normalEnd)
    const received = connection.transport.received.takeAll().map(String)
    assert.deepEqual(received, received.length === 0 ? [] : [`${goodbye}\x1e`])
  },
)

check(
  area,
  'a waiting poll is answered with the Close, or now and then with 204',
  {
    ...options,
    deviation: {
      key: 'shutdown-says-goodbye',
      run: async server => assert.deepEqual(await pollAtShutdown(server), octets(`${goodbye}\x1e`)),
    },
  },
  async server => {
    const answer = await pollAtShutdown(server)
    assert.deepEqual(answer, answer.status === 204 ? noContent(noCacheHeaders) : octets(`${goodbye}\x1e`))
  },
)

async function pollAtShutdown(server: ServerUnderTest): Promise<AnswerFacts> {
  const poll = await waitingPoll(server, await connectedPath(server))
  const exit = server.terminate()
  const answer = await answerWithin(poll)
  assert.equal(await exit, 0, 'the exit code')
  return facts(answer)
}
