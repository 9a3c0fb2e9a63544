import { setInterval } from 'node:timers/promises'
import { createServer, type IterableConnection, type ServerOptions, type SignalboxServer } from 'signalbox'

/** Bytes have no borders of their own: here each message ends with a line feed. */
async function* linesOf(connection: IterableConnection): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let unread = ''
  for await (const bytes of connection) {
    const lines = (unread + decoder.decode(bytes, { stream: true })).split('\n')
    unread = lines.pop() ?? ''
    if (unread.length > 10_000) throw new Error('A line is too long.')
    yield* lines
  }
}

export function createLineServer(options: ServerOptions = {}): SignalboxServer {
  const server = createServer(options)

  server.mapConnection('/echo', async connection => {
    for await (const bytes of connection) await connection.send(bytes)
  })

  const everybody = new Set<IterableConnection>()
  server.mapConnection('/chat', async connection => {
    everybody.add(connection)
    try {
      for await (const line of linesOf(connection)) {
        const { text } = JSON.parse(line) // what is no JSON ends this connection, and no other
        for (const one of everybody) void one.send(`${JSON.stringify({ text })}\n`) // waits for nobody
      }
    } finally {
      everybody.delete(connection)
    }
  })

  server.mapConnection('/clock', async connection => {
    for await (const _ of setInterval(100, undefined, { signal: connection.signal })) await connection.send('tick\n')
  })
  return server
}
