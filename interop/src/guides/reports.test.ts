import { readFileSync } from 'node:fs'
import { type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { expect } from 'chai'
import type { SignalboxServer } from 'signalbox'
import { within } from '../clients/deadline.js'
import { createReportServer } from './reports.js'

describe('docs/hub-methods.md', () => {
  let server: SignalboxServer
  let url: string
  let client: HubConnection

  const connect = async (path: string) => {
    const connection = new HubConnectionBuilder().withUrl(`${url}${path}`).configureLogging(LogLevel.None).build()
    await connection.start()
    return connection
  }

  const errorOf = (call: Promise<unknown>) =>
    call.then(
      () => expect.fail('the call succeeded'),
      (error: Error) => error.message,
    )

  before(async () => {
    server = createReportServer()
    url = (await server.listen(0)).url
    client = await connect('/reports')
  })

  after(async () => {
    await client.stop()
    await server.close()
  })

  const document = readFileSync(new URL('../../../docs/hub-methods.md', import.meta.url), 'utf8')

  it('has the program that is tested here', () => {
    const source = readFileSync(new URL('../../src/guides/reports.ts', import.meta.url), 'utf8')
    expect(document).to.include(`\`\`\`ts\n${source}\`\`\`\n`)
  })

  it('tells of a report after the call that ordered it', async () => {
    const ready = new Promise(resolve => client.on('ready', resolve))
    await client.invoke('order', 'sales')
    expect(await within(ready, 'the report')).to.equal('sales')
  })

  it('hands a method its invocation', async () => {
    expect(await client.invoke('preview', 'sales')).to.equal('sales, 3 pages')
  })

  const wrong = { name: 'x', pages: 0 }

  it('shows the text for arguments that do not fit', async () => {
    const text = await errorOf(client.invoke('configure', wrong))
    expect(document.replaceAll('\n', ' ')).to.include(text.slice(text.indexOf('Failed to invoke')))
  })

  it('lets a filter make its own of it', async () => {
    const other = await connect('/reports-by-field')
    const text = await errorOf(other.invoke('configure', wrong))
    await other.stop()
    const issues = JSON.parse(text.slice(text.indexOf('['))) as { path: string }[]
    expect(issues.map(({ path }) => path)).to.deep.equal(['name', 'pages'])
  })
})
