import { once } from 'node:events'
import { expect } from 'chai'
import { WebSocket } from 'ws'
import { within } from './deadline.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'

describeOnEachServer('a raw connection, without the hub protocol', serverKind => {
  const server = useReferenceServer(serverKind)

  async function openWebSocket(): Promise<WebSocket> {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/echo`)
    await within(once(socket, 'open'), 'the WebSocket to open')
    return socket
  }

  /** Negotiates; fetch follows the redirects. @returns the address of the connection. */
  async function negotiate(path: string): Promise<string> {
    const answer = await fetch(`${server.url}${path}/negotiate?negotiateVersion=1`, { method: 'POST' })
    const { connectionToken } = (await answer.json()) as { connectionToken: string }
    return `${server.url}${path}?id=${encodeURIComponent(connectionToken)}`
  }

  const post = (url: string, body: string) => fetch(url, { method: 'POST', body })
  const poll = async (url: string): Promise<string> => (await within(fetch(url), 'the poll')).text()

  for (const [kind, isBinary] of [
    ['text', false],
    ['binary', true],
  ] as const) {
    it(`echoes ${kind} frames over WebSockets as text frames`, async () => {
      const socket = await openWebSocket()
      const echoed = once(socket, 'message') as Promise<[Buffer | string, boolean?]>
      socket.send(Buffer.from('Grüße'), { binary: isBinary })
      const [data] = await within(echoed, 'the echo')
      expect(data.toString()).to.equal('Grüße')
      socket.terminate()
    })
  }

  it('answers a close frame as a normal end', async () => {
    const socket = await openWebSocket()
    const closed = once(socket, 'close') as Promise<[number]>
    socket.close()
    const [code] = await within(closed, 'the close frame')
    expect(code).to.equal(serverKind.answerToEmptyClose)
  })

  it('echoes over Server-Sent Events', async () => {
    const url = await negotiate('/echo')
    const stream = await fetch(url, { headers: { Accept: 'text/event-stream' } })
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
    let received = ''
    const readUntil = async (end: string) => {
      while (!received.includes(end)) {
        const { value, done } = await within(reader.read(), JSON.stringify(end))
        if (done) throw new Error(`the stream ended after ${JSON.stringify(received)}`)
        received += value
      }
    }
    await readUntil(':\r\n')
    expect((await post(url, 'one\ntwo')).status).to.equal(200)
    await readUntil('two\r\n\r\n')
    expect(received).to.match(/data: one\r\ndata: two\r\n\r\n(:\r\n)?$/)
    await reader.cancel()
  })

  for (const path of ['/echo', '/echoredirect']) {
    it(`echoes over long polling at ${path}, to its end`, async () => {
      const url = await negotiate(path)
      expect(await poll(url)).to.equal('')
      await post(url, 'first')
      expect(await poll(url)).to.equal('first')
      const waiting = poll(url)
      await post(url, 'second')
      expect(await waiting).to.equal('second')
      expect((await fetch(url, { method: 'DELETE' })).status).to.equal(202)
      expect((await fetch(url)).status).to.equal(404)
    })
  }
})
