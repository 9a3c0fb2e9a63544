import { readFileSync } from 'node:fs'
import { type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { expect } from 'chai'
import type { SignalboxServer } from 'signalbox'
import { within } from '../clients/deadline.js'
import { createRoomServer } from './rooms.js'

describe('docs/membership.md', () => {
  let server: SignalboxServer
  let url: string
  let clients: HubConnection[]

  beforeEach(async () => {
    clients = []
    server = createRoomServer()
    url = (await server.listen(0)).url
  })

  afterEach(async () => {
    for (const client of clients) await client.stop()
    await server.close()
  })

  /** A client in the lobby, and what it is told of who is there. */
  async function enter(name: string): Promise<{ client: HubConnection; present: number[]; count: number }> {
    const client = new HubConnectionBuilder()
      .withUrl(`${url}/rooms?name=${name}`)
      .configureLogging(LogLevel.None)
      .build()
    clients.push(client)
    const present: number[] = []
    client.on('present', users => present.push(users))
    await client.start()
    return { client, present, count: await client.invoke('enter', 'lobby') }
  }

  const members = async () => (await fetch(`${url}/rooms/lobby/members`)).json()

  it('has the program that is tested here', () => {
    const document = readFileSync(new URL('../../../docs/membership.md', import.meta.url), 'utf8')
    const source = readFileSync(new URL('../../src/guides/rooms.ts', import.meta.url), 'utf8')
    expect(document).to.include(`\`\`\`ts\n${source}\`\`\`\n`)
  })

  it('counts users and lists connections', async () => {
    const entered = [await enter('ann'), await enter('bob'), await enter('ann')]
    expect(entered.map(({ count }) => count)).to.deep.equal([1, 2, 2])
    expect(await members()).to.deep.equal(['ann', 'bob', 'ann'])
  })

  it('tells a room of each who comes and goes', async () => {
    const { client, present } = await enter('ann')
    const { client: bob } = await enter('bob')
    const gone = new Promise(resolve => client.on('present', users => users === 1 && resolve(undefined)))
    await bob.stop()
    await within(gone, 'the number of users without bob')
    expect(present).to.deep.equal([1, 2, 1])
  })

  it('disconnects a user everywhere, with a reason', async () => {
    const bobs = [await enter('bob'), await enter('bob')]
    await enter('ann')
    const closed = bobs.map(({ client }) => new Promise<Error | undefined>(resolve => client.onclose(resolve)))
    expect((await fetch(`${url}/users/bob`, { method: 'DELETE' })).status).to.equal(204)
    for (const error of await within(Promise.all(closed), 'the end of both connections'))
      expect(error?.message).to.contain('An administrator has disconnected you.')
    expect(await members()).to.deep.equal(['ann'])
  })
})
