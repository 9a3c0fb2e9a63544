import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { expect } from 'chai'
import { within } from '../clients/deadline.js'
import { ListeningProcess } from '../processes/listening-process.js'

describe('docs/shutting-down.md', () => {
  let server: ListeningProcess
  let client: HubConnection

  before(async () => {
    const program = fileURLToPath(new URL('draining.js', import.meta.url))
    const environment = ['PORT=0', 'LOAD_BALANCER_MS=300']
    server = await ListeningProcess.start('the draining server', 'env', [...environment, process.execPath, program])
    client = new HubConnectionBuilder().withUrl(`${server.url}/reports`).configureLogging(LogLevel.None).build()
    await client.start()
  })

  after(async () => {
    await client.stop()
    await server.kill()
  })

  it('has the program that is tested here', () => {
    const document = readFileSync(new URL('../../../docs/shutting-down.md', import.meta.url), 'utf8')
    const source = readFileSync(new URL('../../src/guides/draining.ts', import.meta.url), 'utf8')
    expect(document).to.include(`\`\`\`ts\n${source}\`\`\`\n`)
  })

  it('is not ready once it is told to end, answers the call under way, says goodbye and ends', async () => {
    const closed = new Promise<Error | undefined>(resolve => client.onclose(resolve))
    const status = async () => (await fetch(`${server.url}/health`)).status
    expect(await status()).to.equal(200)
    const printed = client.invoke('print')
    const ended = server.stop()
    const until503 = async () => {
      while ((await status()) !== 503);
    }
    await within(until503(), 'the health check to say 503')
    expect((await fetch(`${server.url}/reports/negotiate`, { method: 'POST' })).status).to.equal(503)
    expect(await printed).to.equal('printed')
    expect(await within(closed, 'the client to be closed')).to.equal(undefined)
    expect(await ended).to.equal(0)
  })
})
