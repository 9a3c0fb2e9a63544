import {
  handshakeHeaders,
  RawConnection,
  RecordingLogger,
  readHead,
  requestOnce,
  writeRequest,
} from '@signalbox/conformance'
import { expect } from 'chai'
import { createServer, Hub, type ServerOptions, type SignalboxServer, silentLogger } from '../index.js'
import { hostFactories } from '../testing/host-factories.js'

class ChatHub extends Hub {}

const forwarded = {
  Origin: 'https://app.example',
  'X-Forwarded-For': '203.0.113.9',
  'X-Forwarded-Host': 'app.example:443',
  'X-Forwarded-Proto': 'https',
}
const trustedProxies = ['127.0.0.0/8']

for (const { title, create } of hostFactories)
  describe(`a server behind a proxy, on ${title}`, () => {
    let server: SignalboxServer
    let port: number

    async function serve(options: ServerOptions): Promise<void> {
      server = createServer({ logger: silentLogger, ...options })
      server.mapHub('/chat', ChatHub)
      server.mapRequest('/who', request => {
        const { remoteAddress, scheme } = request
        return { status: 200, body: `${scheme}://${request.header('host')} from ${remoteAddress}` }
      })
      port = (await server.listen(0)).port
    }

    afterEach(() => server.close({ drainTimeoutMs: 0 }))

    const who = async () => (await requestOnce(port, { path: '/who', headers: forwarded })).body.toString()

    /** The answer to a WebSocket handshake of a web page. */
    async function handshakeStatus(): Promise<number> {
      const connection = await RawConnection.open(port)
      writeRequest(connection, { path: '/chat', headers: { ...handshakeHeaders, ...forwarded } })
      const { status } = await readHead(connection)
      connection.vanish()
      return status
    }

    for (const [where, optionsOf] of [
      ['of the server', () => ({ host: create(), trustedProxies })],
      ['of its host', () => ({ host: create({ trustedProxies }) })],
      ['of the server rather than that of its host', () => ({ host: create({ trustedProxies: [] }), trustedProxies })],
    ] as const)
      it(`sees the client instead of a proxy that is trusted by the option ${where}`, async () => {
        await serve(optionsOf())

        expect(await who()).to.equal('https://app.example:443 from 203.0.113.9')
        expect(await handshakeStatus()).to.equal(101)
      })

    it('believes no proxy that is not trusted', async () => {
      await serve({ host: create() })

      expect(await who()).to.equal('http://127.0.0.1 from 127.0.0.1')
      expect(await handshakeStatus()).to.equal(403)
    })

    it('says in the log which proxy it would have to trust', async () => {
      const logger = new RecordingLogger()
      await serve({ host: create(), logger, trustedProxies: ['10.0.0.0/8'] })

      await handshakeStatus()

      expect(logger.warnings).to.have.lengthOf(1)
      expect(logger.warnings[0]).to.match(
        / Its X-Forwarded-Host does not count, since trustedProxies does not have 127\.0\.0\.1\.$/,
      )
    })
  })

describe('a server that any page may connect to', () => {
  for (const allowedOrigins of ['*', ['https://app.example', '*']] as const)
    it(`warns at the start that cookies come along: ${JSON.stringify(allowedOrigins)}`, () => {
      const logger = new RecordingLogger()

      createServer({ allowedOrigins, logger })

      expect(logger.warnings).to.have.lengthOf(1)
      expect(logger.warnings[0]).to.match(
        /^allowedOrigins: '\*' lets every web page connect with its visitor's cookies/,
      )
    })

  it('does not warn of a list or a function', () => {
    const logger = new RecordingLogger()

    createServer({ allowedOrigins: ['https://*.example'], logger })
    createServer({ allowedOrigins: () => true, logger })

    expect(logger.warnings).to.deep.equal([])
  })
})
