import { readFileSync } from 'node:fs'
import { type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { expect } from 'chai'
import type { SignalboxServer } from 'signalbox'
import { within } from '../clients/deadline.js'
import { createOrderServer } from './orders.js'

describe('docs/requests.md', () => {
  let server: SignalboxServer
  let url: string
  let client: HubConnection

  before(async () => {
    server = createOrderServer()
    url = (await server.listen(0)).url
    client = new HubConnectionBuilder().withUrl(`${url}/hubs/acme`).configureLogging(LogLevel.None).build()
    await client.start()
  })

  after(async () => {
    await client.stop()
    await server.close()
  })

  const post = (body: string) =>
    fetch(`${url}/acme/orders`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })

  it('has the program that is tested here', () => {
    const document = readFileSync(new URL('../../../docs/requests.md', import.meta.url), 'utf8')
    const source = readFileSync(new URL('../../src/guides/orders.ts', import.meta.url), 'utf8')
    expect(document).to.include(`\`\`\`ts\n${source}\`\`\`\n`)
  })

  it('tells a hub which of its paths a client came by', async () => {
    expect(await client.invoke('whereAmI')).to.equal('acme')
  })

  it('takes an order, tells the tenant of it and shows it', async () => {
    const added = new Promise(resolve => client.on('added', (...args) => resolve(args)))
    const response = await post('{"item":"tea","count":2}')
    expect([response.status, response.headers.get('location')]).to.deep.equal([201, '/orders/0'])
    expect(await within(added, 'the message')).to.deep.equal(['acme', 0])
    expect(await (await fetch(`${url}/orders/0`)).json()).to.deep.equal({ item: 'tea', count: 2 })
  })

  it('refuses what is no order, and what is too large', async () => {
    expect((await post('{"item":"tea","count":0}')).status).to.equal(400)
    expect((await post('{')).status).to.equal(400)
    expect((await post(`"${'x'.repeat(10_000)}"`)).status).to.equal(413)
  })

  it('knows no other order, and no other method', async () => {
    expect((await fetch(`${url}/orders/9`)).status).to.equal(404)
    expect((await fetch(`${url}/orders/0`, { method: 'PUT' })).status).to.equal(405)
    expect((await fetch(`${url}/health`, { method: 'HEAD' })).status).to.equal(200)
  })
})
