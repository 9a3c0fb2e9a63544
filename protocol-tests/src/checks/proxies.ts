import assert from 'node:assert/strict'
import { once } from 'node:events'
import { check } from '../check.js'
import { staysPending, within } from '../drivers/deadline.js'
import { openTcp, readTo, requestHead } from '../drivers/raw-http.js'
import type { ServerUnderTest } from '../server-under-test.js'

/** What proxies do that no client does. */
const area = 'proxies'

/** As nginx sends a request unless it is told otherwise. */
async function statusLineOfOldRequest(server: ServerUnderTest): Promise<string> {
  const socket = await openTcp(server.url)
  const answer = readTo(socket, '\r\n\r\n')
  socket.write(requestHead('POST', '/testhub/negotiate', { 'Content-Length': '0' }).replace('HTTP/1.1', 'HTTP/1.0'))
  const [statusLine = ''] = (await within(answer, 'the answer')).split('\r\n')
  socket.destroy()
  return statusLine
}

check(
  area,
  'a request of HTTP/1.0 is answered',
  {
    deviation: {
      key: 'uws-refuses-http-1-0',
      run: async server =>
        assert.equal(await statusLineOfOldRequest(server), 'HTTP/1.1 505 HTTP Version Not Supported'),
    },
  },
  async server => assert.equal(await statusLineOfOldRequest(server), 'HTTP/1.1 200 OK'),
)

/** The end of a connection whose one request has been answered. */
async function idleConnection(server: ServerUnderTest): Promise<{ readonly end: Promise<unknown> }> {
  const socket = await openTcp(server.url)
  const answer = readTo(socket, '\r\n\r\n')
  const end = once(socket, 'close')
  socket.write(requestHead('POST', '/testhub/negotiate', { 'Content-Length': '0' }))
  await within(answer, 'the answer')
  return { end }
}

check(
  area,
  'a connection without a request is kept for more than 15 s',
  {
    timeoutMs: 30_000,
    deviation: {
      key: 'uws-ends-idle-connections',
      run: async server => {
        const { end } = await idleConnection(server)
        await within(end, 'the end of the connection', 15_000)
      },
    },
  },
  async server => {
    const { end } = await idleConnection(server)
    await staysPending(end, 'the end of the connection', 15_000)
  },
)
