import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { type SignalboxServer, silentLogger } from 'signalbox'
import { WebSocket } from 'ws'
import { within } from '../clients/deadline.js'
import { createLineServer } from './chat-lines.js'

/** Opens a WebSocket; `next` gives what comes, then how it ended. */
async function open(url: string): Promise<{ socket: WebSocket; next: () => Promise<string> }> {
  const socket = new WebSocket(url.replace('http', 'ws'))
  const events: string[] = []
  let wake = () => {}
  const push = (event: string) => {
    events.push(event)
    wake()
  }
  socket.on('message', data => push(String(data)))
  socket.on('close', code => push(`closed with ${code}`))
  await once(socket, 'open')
  const next = async () => {
    while (events.length === 0) {
      await within(
        new Promise<void>(resolve => {
          wake = resolve
        }),
        'an event of the WebSocket',
      )
    }
    return events.shift()!
  }
  return { socket, next }
}

describe('docs/raw-connections.md', () => {
  let server: SignalboxServer
  let url: string

  before(async () => {
    server = createLineServer({ logger: silentLogger })
    url = (await server.listen(0)).url
  })

  after(() => server.close())

  it('has the program that is tested here', () => {
    const document = readFileSync(new URL('../../../docs/raw-connections.md', import.meta.url), 'utf8')
    const source = readFileSync(new URL('../../src/guides/chat-lines.ts', import.meta.url), 'utf8')
    expect(document).to.include(`\`\`\`ts\n${source}\`\`\`\n`)
  })

  it('echoes', async () => {
    const { socket, next } = await open(`${url}/echo`)
    socket.send('hello')
    expect(await next()).to.equal('hello')
    socket.close()
  })

  it('relays lines, however they are cut, and ends one whose line is no JSON', async () => {
    const [ann, bob] = [await open(`${url}/chat`), await open(`${url}/chat`)]
    bob.socket.send('{"text":')
    bob.socket.send('"grüße"}\n')
    expect([await ann.next(), await bob.next()]).to.deep.equal(['{"text":"grüße"}\n', '{"text":"grüße"}\n'])
    ann.socket.send('nonsense\n')
    expect(await ann.next()).to.equal('closed with 1011')
    bob.socket.send('{"text":"alone"}\n')
    expect(await bob.next()).to.equal('{"text":"alone"}\n')
    bob.socket.close()
  })

  it('ticks until the client goes', async () => {
    const { socket, next } = await open(`${url}/clock`)
    expect([await next(), await next()]).to.deep.equal(['tick\n', 'tick\n'])
    socket.close()
  })
})
