import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError } from '@signalbox/abstractions'
import { describeConnectionDispatcher, describeHost, type HostTraits } from '@signalbox/conformance'
import type { HttpExchange } from '@signalbox/connections'
import { expect } from 'chai'
import { WebSocket } from 'ws'
import { nodeHost } from './node-host.js'
import { certificate, key } from './testing/certificate.js'

const traits: HostTraits = { canPause: true, answersCloseWith: 1000 }

describeHost('node:http', nodeHost, traits)
describeConnectionDispatcher('node:http', nodeHost, traits)

describe('nodeHost', () => {
  for (const option of ['maximumWebSocketMessageBytes', 'webSocketCloseTimeoutMs'])
    for (const value of [0, Number.NaN, 2 ** 31, '5'])
      it(`refuses ${value} for ${option}`, () => {
        expect(() => nodeHost({ [option]: value }))
          .to.throw(
            ConfigurationError,
            `${option} must be a number from 1 to 2,147,483,647, but is ${typeof value === 'string' ? `the text '${value}'` : value}.`,
          )
          .with.property('option', option)
      })

  it('refuses an option that it does not have, and says which may be meant', () => {
    expect(() => nodeHost({ webSocketCloseTimeout: 1000 } as object)).to.throw(
      ConfigurationError,
      "nodeHost has no option 'webSocketCloseTimeout': did you mean 'webSocketCloseTimeoutMs'.",
    )
  })

  describe('with TLS', () => {
    const host = nodeHost()
    let folder: string

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'signalbox-'))
    })

    afterEach(async () => {
      host.terminate()
      await rm(folder, { recursive: true })
    })

    async function listen(handler: (exchange: HttpExchange) => void, keyText: string): Promise<number> {
      const tls = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') }
      await writeFile(tls.certificateFile, certificate)
      await writeFile(tls.keyFile, keyText)
      return host.listen({ port: 0, hostname: '127.0.0.1', tls }, handler)
    }

    it('accepts WebSockets, and knows the scheme', async () => {
      const accept = (exchange: HttpExchange) =>
        exchange.acceptWebSocket({
          onOpen: socket => void socket.send(Buffer.from(exchange.request.scheme), 'Text'),
          onMessage() {},
          onDrain() {},
          onClose() {},
        })
      const client = new WebSocket(`wss://127.0.0.1:${await listen(accept, key)}`, { ca: certificate })

      expect(String(await new Promise(resolve => client.once('message', resolve)))).to.equal('https')
      client.terminate()
    })

    it('tells what is wrong with a certificate', async () => {
      const error = await listen(() => {}, 'no key').catch((reason: unknown) => reason)

      expect(error).to.be.instanceOf(ConfigurationError).with.property('option', 'tls')
    })
  })
})
