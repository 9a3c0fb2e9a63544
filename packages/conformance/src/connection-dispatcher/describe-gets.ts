import type { Host } from '@signalbox/connections'
import { expect } from 'chai'
import { type RawResponse, readHead, readResponse } from '../raw-clients/raw-http.js'
import { handshakeHeaders } from '../raw-clients/raw-web-socket.js'
import { DispatcherServer } from './dispatcher-server.js'

/** The ways to ask for a transport. */
const gets = {
  ServerSentEvents: { Accept: 'text/event-stream' },
  WebSockets: handshakeHeaders,
  LongPolling: {},
} as const

type Transport = keyof typeof gets

/** How a connection came into the state in which a GET meets it. @returns the query of that GET. */
const states = {
  'without an id': async () => '',
  'with an empty id': async () => '?id=',
  'with an unknown id': async () => '?id=nope',
  'with the token of another endpoint': async (server: DispatcherServer) => `?id=${await server.negotiate('/other')}`,
  'to a fresh connection': async (server: DispatcherServer) => `?id=${await server.negotiate()}`,
  'to an open WebSocket': async (server: DispatcherServer) => {
    const token = await server.negotiate()
    await server.webSocket(token)
    return `?id=${token}`
  },
  'to a WebSocket that is gone': async (server: DispatcherServer) => {
    const token = await server.negotiate()
    const { client, application } = await server.webSocket(token)
    client.connection.vanish()
    await application.ends.next()
    return `?id=${token}`
  },
  'to an open event stream': async (server: DispatcherServer) => {
    const token = await server.negotiate()
    await server.eventStream(token)
    return `?id=${token}`
  },
  'to an event stream that is gone': async (server: DispatcherServer) => {
    const token = await server.negotiate()
    const { connection, application } = await server.eventStream(token)
    connection.vanish()
    await application.ends.next()
    return `?id=${token}`
  },
  'to a connection that polls': async (server: DispatcherServer) => `?id=${(await server.longPolling()).token}`,
  'to polls after their DELETE': async (server: DispatcherServer) => {
    const { token } = await server.longPolling()
    await server.request({ method: 'DELETE', path: `/hub?id=${token}` })
    return `?id=${token}`
  },
} as const

type State = keyof typeof states

interface Answer {
  readonly status: number
  readonly contentType: string | undefined
  readonly cacheControl: string | undefined
  readonly body: string
}

const refusal = (status: number, body = ''): Answer => ({
  status,
  contentType: 'text/plain',
  cacheControl: undefined,
  body,
})
const uncached = (answer: Answer): Answer => ({ ...answer, cacheControl: 'no-cache, no-store' })

const idRequired = refusal(400, 'Connection ID required')
const unknown = refusal(404, 'No Connection with that ID')
const cannotChange = refusal(400, 'Cannot change transports mid-connection')
const conflict = refusal(409)
const openSocket: Answer = { status: 101, contentType: undefined, cacheControl: undefined, body: '' }
const openStream: Answer = {
  status: 200,
  contentType: 'text/event-stream',
  cacheControl: 'no-cache,no-store',
  body: '',
}
const firstPoll: Answer = uncached({ ...refusal(200), contentType: 'application/octet-stream' })
const unknownSocket: Answer = { ...unknown, contentType: undefined }

/** Seen on ASP.NET Core 10.0.12, but for the token of another endpoint, which ours does not take. */
const table: readonly (readonly [State, Transport, Answer])[] = [
  ['without an id', 'ServerSentEvents', idRequired],
  ['without an id', 'WebSockets', openSocket],
  ['without an id', 'LongPolling', uncached(idRequired)],
  ['with an empty id', 'ServerSentEvents', idRequired],
  ['with an empty id', 'WebSockets', openSocket],
  ['with an empty id', 'LongPolling', uncached(idRequired)],
  ['with an unknown id', 'ServerSentEvents', unknown],
  ['with an unknown id', 'WebSockets', unknownSocket],
  ['with an unknown id', 'LongPolling', uncached(unknown)],
  ['with the token of another endpoint', 'ServerSentEvents', unknown],
  ['with the token of another endpoint', 'WebSockets', unknownSocket],
  ['with the token of another endpoint', 'LongPolling', uncached(unknown)],
  ['to a fresh connection', 'ServerSentEvents', openStream],
  ['to a fresh connection', 'WebSockets', openSocket],
  ['to a fresh connection', 'LongPolling', firstPoll],
  ['to an open WebSocket', 'ServerSentEvents', cannotChange],
  ['to an open WebSocket', 'WebSockets', conflict],
  ['to an open WebSocket', 'LongPolling', uncached(cannotChange)],
  ['to a WebSocket that is gone', 'ServerSentEvents', cannotChange],
  ['to a WebSocket that is gone', 'WebSockets', conflict],
  ['to a WebSocket that is gone', 'LongPolling', uncached(cannotChange)],
  ['to an open event stream', 'ServerSentEvents', conflict],
  ['to an open event stream', 'WebSockets', cannotChange],
  ['to an open event stream', 'LongPolling', uncached(cannotChange)],
  ['to an event stream that is gone', 'ServerSentEvents', conflict],
  ['to an event stream that is gone', 'WebSockets', cannotChange],
  ['to an event stream that is gone', 'LongPolling', uncached(cannotChange)],
  ['to a connection that polls', 'ServerSentEvents', cannotChange],
  ['to a connection that polls', 'WebSockets', cannotChange],
  ['to polls after their DELETE', 'ServerSentEvents', cannotChange],
  ['to polls after their DELETE', 'WebSockets', cannotChange],
  ['to polls after their DELETE', 'LongPolling', uncached(refusal(404))],
]

function answerOf({ head, body }: Pick<RawResponse, 'head' | 'body'>): Answer {
  return {
    status: head.status,
    contentType: head.header('content-type'),
    cacheControl: head.header('cache-control'),
    body: body.toString(),
  }
}

export function describeGets(createHost: () => Host): void {
  describe('a GET', () => {
    let server: DispatcherServer

    afterEach(() => server.stop())

    async function get(transport: Transport, query: string, more: Record<string, string> = {}): Promise<Answer> {
      const { connection } = await server.send({ path: `/hub${query}`, headers: { ...gets[transport], ...more } })
      const head = await readHead(connection)
      const isOpen = head.header('transfer-encoding') === 'chunked' || head.status === 101
      const length = isOpen ? 0 : Number(head.header('content-length') ?? 0)
      return answerOf({ head, body: await connection.readBytes(length) })
    }

    describe('in every state', () => {
      beforeEach(async () => {
        server = await DispatcherServer.start(createHost)
      })

      for (const [state, transport, answer] of table) {
        it(`for ${transport} ${state} is answered ${answer.status} '${answer.body}'`, async () => {
          expect(await get(transport, await states[state](server))).to.deep.equal(answer)
        })
      }
    })

    describe('for a transport that is disabled', () => {
      for (const [transport, others] of [
        ['ServerSentEvents', ['WebSockets', 'LongPolling']],
        ['WebSockets', ['ServerSentEvents', 'LongPolling']],
        ['LongPolling', ['WebSockets', 'ServerSentEvents']],
      ] as const) {
        const answer = refusal(404, `${transport} transport not supported by this end point type`)

        it(`is answered 404 '${answer.body}'`, async () => {
          server = await DispatcherServer.start(createHost, { transports: others })

          expect(await get(transport, `?id=${await server.negotiate()}`)).to.deep.equal(
            transport === 'LongPolling' ? uncached(answer) : answer,
          )
        })
      }

      it('is refused for WebSockets without an id, too', async () => {
        server = await DispatcherServer.start(createHost, { transports: ['LongPolling'] })

        expect(await get('WebSockets', '')).to.deep.equal(
          refusal(404, 'WebSockets transport not supported by this end point type'),
        )
      })
    })

    describe('from an origin that is not allowed', () => {
      beforeEach(async () => {
        server = await DispatcherServer.start(createHost, { areOriginsAllowed: false })
      })

      for (const query of ['', '?id=nope']) {
        it(`is answered 403 for WebSockets, before anything is looked up: '${query}'`, async () => {
          expect(await get('WebSockets', query)).to.deep.equal({ ...openSocket, status: 403 })
        })
      }

      it('is not checked for polls', async () => {
        expect((await get('LongPolling', `?id=${await server.negotiate()}`)).status).to.equal(200)
      })
    })

    describe('that falls short of a handshake', () => {
      it('is a poll', async () => {
        server = await DispatcherServer.start(createHost)
        const query = `?id=${await server.negotiate()}`

        expect(await get('WebSockets', query, { 'Sec-WebSocket-Version': '12' })).to.deep.equal(firstPoll)
      })
    })

    describe('for both an event stream and a WebSocket', () => {
      it('opens the event stream', async () => {
        server = await DispatcherServer.start(createHost)
        const query = `?id=${await server.negotiate()}`

        expect(await get('WebSockets', query, { Accept: 'text/event-stream' })).to.deep.equal(openStream)
      })
    })

    for (const method of ['PUT', 'PATCH', 'HEAD', 'OPTIONS']) {
      it(`is none of ${method}, which is answered 405`, async () => {
        server = await DispatcherServer.start(createHost)
        const { connection } = await server.send({ method, path: '/hub' })

        expect(answerOf(await readResponse(connection, method))).to.deep.equal(refusal(405))
      })
    }
  })
}
