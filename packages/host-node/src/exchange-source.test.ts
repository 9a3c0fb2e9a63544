import { RawConnection, readResponse, writeRequest } from '@signalbox/conformance'
import type { HttpExchange } from '@signalbox/connections'
import { expect } from 'chai'
import { nodeHost } from './node-host.js'

describe('nodeHost: requests that come before the answers to those before them', () => {
  const host = nodeHost()
  let connection: RawConnection
  let exchanges: HttpExchange[]
  let onExchange: (() => void) | undefined

  beforeEach(async () => {
    exchanges = []
    const port = await host.listen({ port: 0, hostname: '127.0.0.1' }, exchange => {
      exchanges.push(exchange)
      onExchange?.()
    })
    connection = await RawConnection.open(port)
  })

  afterEach(() => {
    connection.vanish()
    host.terminate()
  })

  const send = (count: number) => {
    for (let sent = 0; sent < count; sent++) writeRequest(connection, { path: `/${sent}` })
  }

  const arrived = (count: number) =>
    new Promise<void>(resolve => {
      onExchange = () => {
        if (exchanges.length === count) resolve()
      }
    })

  it('wait, up to 100 of them, and are answered in order', async () => {
    const all = arrived(100)
    send(100)
    await all
    for (const exchange of exchanges.toReversed()) exchange.respond({ status: 200, body: exchange.request.path })

    for (let count = 0; count < 100; count++)
      expect((await readResponse(connection)).body.toString()).to.equal(`/${count}`)
  })

  it('cut their connection when there are more', async () => {
    send(101)

    await connection.closed
  })

  it('may be any number when they are answered at once', async () => {
    onExchange = () => exchanges.at(-1)!.respond({ status: 200 })
    send(1000)

    for (let count = 0; count < 1000; count++) expect((await readResponse(connection)).status).to.equal(200)
  })

  it('may go on once there are answers', async () => {
    const first = arrived(100)
    send(100)
    await first
    for (const exchange of exchanges) exchange.respond({ status: 200 })
    for (let count = 0; count < 100; count++) await readResponse(connection)
    const second = arrived(200)
    send(100)
    await second

    expect(exchanges).to.have.lengthOf(200)
  })
})
