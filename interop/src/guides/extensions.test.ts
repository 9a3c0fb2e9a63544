import { readFileSync } from 'node:fs'
import { type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { expect } from 'chai'
import type { SignalboxServer } from 'signalbox'
import { within } from '../clients/deadline.js'
import { createExtendedServer } from './extensions.js'

describe('docs/extensions.md', () => {
  let server: SignalboxServer
  let url: string
  const clients: HubConnection[] = []

  beforeEach(async () => {
    server = createExtendedServer()
    url = (await server.listen(0)).url
  })

  afterEach(async () => {
    await Promise.all(clients.splice(0).map(client => client.stop()))
    await server.close({ drainTimeoutMs: 0 })
  })

  async function connect(): Promise<HubConnection> {
    const client = new HubConnectionBuilder().withUrl(`${url}/chat`).configureLogging(LogLevel.None).build()
    clients.push(client)
    await client.start()
    return client
  }

  it('has the program that is tested here', () => {
    const document = readFileSync(new URL('../../../docs/extensions.md', import.meta.url), 'utf8')
    const source = readFileSync(new URL('../../src/guides/extensions.ts', import.meta.url), 'utf8')
    expect(document).to.include(`\`\`\`ts\n${source}\`\`\`\n`)
  })

  it('limits how many connections an address begins', async () => {
    for (let number = 1; number <= 3; number++) await connect()
    const error: Error = await connect().catch(reason => reason)
    expect(error.message).to.include("Status code '429'")
  })

  it('limits calls, also of methods that do not exist', async () => {
    const client = await connect()
    const outcome = (method: string): Promise<string> =>
      client.invoke(method, 'a').catch((error: Error) => error.message)
    for (let number = 1; number <= 3; number++) expect(await outcome('echo')).to.equal('a')
    for (let number = 1; number <= 2; number++) expect(await outcome('guess')).to.include('Method does not exist')
    for (const method of ['guess', 'echo']) expect(await outcome(method)).to.include('Too many calls')
  })

  it('lists connections, tells how it stands, and sends to a hub by its name', async () => {
    const client = await connect()
    const announced = new Promise(resolve => client.on('announced', resolve))
    expect(await (await fetch(`${url}/admin/connections`)).json()).to.deep.equal({ [client.connectionId!]: 'nobody' })
    expect(await (await fetch(`${url}/admin/health`)).json()).to.deep.include({ status: 'Healthy', node: server.node })
    const post = async (hub: string): Promise<number> => {
      const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '"hi"' }
      return (await fetch(`${url}/admin/hubs/${hub}`, init)).status
    }
    expect([await post('ChatHub'), await post('Other')]).to.deep.equal([202, 404])
    expect(await within(announced, 'the message')).to.equal('hi')
  })
})
