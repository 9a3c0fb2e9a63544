import { execFile } from 'node:child_process'
import { HttpTransportType } from '@microsoft/signalr'
import { expect } from 'chai'
import { describeOnEachHost } from '../hosts/host-kinds.js'
import { ChatGuest, type Person } from './chat-guest.js'
import { chatProgram, chatProgramOn } from './chat-program.js'
import { ChatServer } from './chat-server.js'

describeOnEachHost('the chat example and the JavaScript client', host => {
  let server: ChatServer
  let guests: ChatGuest[] = []

  before(async () => {
    server = await ChatServer.start({ host })
  })
  after(() => server.stop())

  afterEach(async () => {
    await Promise.all(guests.map(guest => guest.connection.stop()))
    guests = []
  })

  function guest(name: string, transport = HttpTransportType.WebSockets): ChatGuest {
    const made = new ChatGuest(server.url, name, transport)
    guests.push(made)
    return made
  }

  it('are served by the host that its changed line names', async () => {
    const { headers } = await fetch(server.url)
    expect(headers.has('uWebSockets')).to.equal(host.name === 'uws')
  })

  for (const transport of [
    HttpTransportType.WebSockets,
    HttpTransportType.ServerSentEvents,
    HttpTransportType.LongPolling,
  ]) {
    it(`bring messages to everyone over ${HttpTransportType[transport]}`, async () => {
      const [ada, grace] = [guest('Ada', transport), guest('Grace', transport)]
      await ada.join()
      await grace.join()

      await ada.connection.invoke('send', 'Hello, Grace')

      for (const each of [ada, grace]) {
        const [, from, text] = await each.called('messageReceived')
        expect(from).to.deep.include({ name: 'Ada', transport: HttpTransportType[transport] })
        expect(text).to.equal('Hello, Grace')
      }
    })
  }

  it('tell the others who joined and who left', async () => {
    const [ada, grace] = [guest('Ada'), guest('Grace')]
    await ada.join()
    const everyone = await grace.join()
    expect(everyone.map(person => person.name)).to.have.members(['Ada', 'Grace'])

    await ada.called('joined', (person: Person) => person.name === 'Grace')
    await grace.connection.stop()
    await ada.called('left', (person: Person) => person.name === 'Grace')
  })

  it('tell the others, but not the caller, who is typing', async () => {
    const [ada, grace] = [guest('Ada'), guest('Grace')]
    await ada.join()
    await grace.join()

    await ada.connection.invoke('setTyping', true)
    await grace.called('typingChanged', (person: Person, isTyping: boolean) => person.name === 'Ada' && isTyping)
    expect(ada.calls.filter(([method]) => method === 'typingChanged')).to.be.empty
  })

  for (const [what, text] of [
    ['an empty message', '  '],
    ['a message above 500 characters', 'x'.repeat(501)],
    ['a message that is no text', 42],
  ] as const) {
    it(`refuse ${what} in the hub's own words`, async () => {
      const ada = guest('Ada')
      await ada.join()
      const refusal = await ada.connection.invoke('send', text).catch((error: Error) => error.message)
      expect(refusal).to.contain('HubException: A message has 1 to 500 characters.')
    })
  }

  it('keep methods that the hub does not name out of reach', async () => {
    const ada = guest('Ada')
    await ada.join()
    for (const method of ['onConnected', 'constructor']) {
      const refusal = await ada.connection.invoke(method).catch((error: Error) => error.message)
      expect(refusal).to.contain('Method does not exist')
    }
  })
})

describe('the chat example as a program', () => {
  it('goes from one host to the other by changing one line', () => {
    const [fast, portable] = [chatProgramOn('uwsHost').split('\n'), chatProgramOn('nodeHost').split('\n')]
    expect(portable).to.have.lengthOf(fast.length)
    expect(fast.filter((line, number) => line !== portable[number])).to.deep.equal([
      "const server = createServer({ host: (await import('signalbox')).uwsHost() })",
    ])
  })

  it('ends cleanly on Ctrl-C, with someone connected', async () => {
    const server = await ChatServer.start()
    const ada = new ChatGuest(server.url, 'Ada', HttpTransportType.WebSockets)
    await ada.join()
    const closed = new Promise<void>(resolve => ada.connection.onclose(() => resolve()))
    expect(await server.stop()).to.equal(0)
    await closed
  })

  it('takes a free port when PORT is 0, and says which', async () => {
    const server = await ChatServer.start({ port: 0 })
    const page = await fetch(server.url)
    expect(await page.text()).to.contain('<title>Signalbox chat</title>')
    await server.stop()
  })

  it('says in one line that its port is taken, and what to do', async () => {
    const server = await ChatServer.start()
    const { port } = new URL(server.url)
    const second = await new Promise<{ code: unknown; stderr: string }>(resolve => {
      execFile(process.execPath, [chatProgram], { env: { ...process.env, PORT: port } }, (error, _, stderr) =>
        resolve({ code: error?.code, stderr }),
      )
    })
    await server.stop()
    expect(second.code).to.equal(1)
    expect(second.stderr).to.match(/^[^\n]*taken[^\n]*PORT=5001[^\n]*\n$/)
  })
})
