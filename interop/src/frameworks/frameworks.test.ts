import { readFileSync } from 'node:fs'
import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { expect } from 'chai'
import { within } from '../clients/deadline.js'
import { FrameworkProcess } from './framework-process.js'

const anonymous = { token: undefined, sent: 'hello', received: ['hello'], end: 0 }

const frameworks = [
  { name: 'Express', page: 'express', program: 'recipes/express', ...anonymous },
  { name: 'Fastify', page: 'fastify', program: 'recipes/fastify', ...anonymous },
  { name: 'Hono', page: 'hono', program: 'recipes/hono', ...anonymous },
  { name: 'Koa', page: 'koa', program: 'recipes/koa', ...anonymous },
  {
    name: 'NestJS',
    page: 'nestjs',
    program: 'nestjs/server',
    token: "Ada's",
    // Its hub shows an injected service and the user that a guard of a controller sees.
    sent: 'darn',
    received: ['****', 'Ada'],
    // NestJS shuts down and then passes the signal on.
    end: 'SIGTERM',
  },
] as const

const transports = ['WebSockets', 'ServerSentEvents', 'LongPolling'] as const

for (const { name, page, program, token, sent, received, end } of frameworks)
  describe(`Signalbox inside ${name}`, () => {
    let server: FrameworkProcess
    let client: HubConnection | undefined

    before(async () => {
      server = await FrameworkProcess.start(program)
    })

    afterEach(() => client?.stop())

    after(() => server.stop())

    async function connect(transport: (typeof transports)[number]): Promise<HubConnection> {
      client = new HubConnectionBuilder()
        .withUrl(`${server.url}/chat`, {
          transport: HttpTransportType[transport],
          ...(token === undefined ? undefined : { accessTokenFactory: () => token }),
        })
        .configureLogging(LogLevel.None)
        .build()
      await within(client.start(), 'the client to connect')
      return client
    }

    for (const transport of transports)
      it(`carries calls both ways over ${transport}`, async () => {
        const connection = await connect(transport)
        const message = new Promise(resolve => connection.on('receive', (...args) => resolve(args)))

        await within(connection.invoke('Send', sent), 'the answer')

        expect(await within(message, 'the message')).to.deep.equal(received)
      })

    it('leaves the other routes to the framework', async () => {
      const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
      const get = async (path: string): Promise<Response> => fetch(`${server.url}${path}`, { headers })

      expect(await (await get('/')).text()).to.equal(`${name} is here.`)
      expect(await (await get('/elsewhere')).text()).not.to.equal('')
    })

    it('is described by a page whose program is the one tested here', () => {
      const document = readFileSync(new URL(`../../../docs/frameworks/${page}.md`, import.meta.url), 'utf8')
      const source = readFileSync(new URL(`../../src/frameworks/${program}.ts`, import.meta.url), 'utf8')

      expect(document).to.include(`\`\`\`ts\n${source}\`\`\`\n`)
    })

    it('says goodbye to its clients and ends when the process is told to', async () => {
      const connection = await connect('WebSockets')
      const closed = new Promise<Error | undefined>(resolve => connection.onclose(resolve))

      const actualEnd = await server.stop()

      expect((await within(closed, 'the client to be closed'))?.message).to.equal(undefined)
      expect(actualEnd).to.equal(end)
    })
  })

describe('Signalbox inside NestJS', () => {
  it('refuses whom the guards of controllers would refuse', async () => {
    const server = await FrameworkProcess.start('nestjs/server')
    try {
      const negotiate = await fetch(`${server.url}/chat/negotiate?negotiateVersion=1`, { method: 'POST' })
      const route = await fetch(server.url)

      expect([negotiate.status, route.status]).to.deep.equal([401, 403])
    } finally {
      await server.stop()
    }
  })
})
