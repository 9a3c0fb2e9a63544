import { RecurringLog, silentLogger } from '@signalbox/abstractions'
import { handshakeHeaders, requestOnce } from '@signalbox/conformance'
import { expect } from 'chai'
import { uwsHost } from './uws-host.js'

describe('uwsHost behind a proxy', () => {
  const host = uwsHost()
  let warnings: string[]
  let port: number

  beforeEach(async () => {
    warnings = []
    const log = new RecurringLog({ ...silentLogger, warn: message => void warnings.push(message) })
    const options = { port: 0, hostname: '127.0.0.1' }
    port = await host.listen(options, exchange => exchange.respond({ status: 200 }), log)
  })
  afterEach(() => host.terminate())

  const ask = (headers: Readonly<Record<string, string>>) => requestOnce(port, { path: '/', headers })

  for (const headers of [
    { 'X-Forwarded-For': '203.0.113.9' },
    { Via: '1.1 proxy.example' },
    { Forwarded: 'for=203.0.113.9' },
  ])
    it(`warns once of a proxy that keeps its connections: ${JSON.stringify(headers)}`, async () => {
      for (let count = 0; count < 3; count++) await ask(headers)

      expect(warnings).to.have.lengthOf(1)
      expect(warnings[0]).to.match(/^A proxy keeps connections to uWebSockets\.js open, which ends them after 10 s/)
      expect(warnings[0]).to.include('nodeHost()').and.to.include('docs/behind-a-proxy.md')
    })

  for (const [who, headers] of [
    ['a client', {}],
    ['a client that keeps its connection', { Connection: 'keep-alive' }],
    ['a proxy that keeps none', { 'X-Forwarded-For': '203.0.113.9', Connection: 'close' }],
    ['a WebSocket that comes through a proxy', { ...handshakeHeaders, 'X-Forwarded-For': '203.0.113.9' }],
  ] as const)
    it(`does not warn of ${who}`, async () => {
      await ask(headers)

      expect(warnings).to.deep.equal([])
    })
})
