import {
  handshakeHeaders,
  opcodes,
  RawConnection,
  RawWebSocket,
  readChunk,
  readHead,
  requestOnce,
  writeRequest,
} from '@signalbox/conformance'

/** A client of a raw connection, by hand, over one of the transports. */
export interface RawClient {
  send(text: string): Promise<void>
  /** The next bytes that come. */
  read(): Promise<string>
  /** How the server ends it: a WebSocket's close code, `the end of the stream`, or the status of the last poll. */
  end(): Promise<number | string>
  /** Goes away without a goodbye. */
  vanish(): void
}

const openers = {
  WebSockets: openWebSocket,
  ServerSentEvents: openEventStream,
  LongPolling: openLongPolling,
} as const

export type Transport = keyof typeof openers
export const transports = Object.keys(openers) as Transport[]

export const openRawClient = (transport: Transport, port: number, path: string): Promise<RawClient> =>
  openers[transport](port, path)

async function openWebSocket(port: number, path: string): Promise<RawClient> {
  const connection = await RawConnection.open(port)
  writeRequest(connection, { path, headers: handshakeHeaders })
  const socket = new RawWebSocket(connection, await readHead(connection))
  return {
    send: async text => socket.sendText(text),
    read: () => socket.readText(),
    end: async () => {
      const { opcode, payload } = await socket.readFrame()
      if (opcode !== opcodes.close) return payload.toString()
      socket.sendClose(1000)
      return payload.readUInt16BE()
    },
    vanish: () => connection.vanish(),
  }
}

async function negotiate(port: number, path: string): Promise<string> {
  const { body } = await requestOnce(port, { method: 'POST', path: `${path}/negotiate?negotiateVersion=1` })
  return `${path}?id=${JSON.parse(body.toString()).connectionToken}`
}

const post = (port: number, path: string) => async (body: string) => {
  await requestOnce(port, { method: 'POST', path, body })
}

async function openEventStream(port: number, mapped: string): Promise<RawClient> {
  const path = await negotiate(port, mapped)
  const connection = await RawConnection.open(port)
  writeRequest(connection, { path, headers: { Accept: 'text/event-stream' } })
  await readHead(connection)
  /** Comments are no events. */
  const readEvent = async (): Promise<string> => {
    const chunk = (await readChunk(connection)).toString()
    return chunk.startsWith(':') ? readEvent() : chunk
  }
  return {
    send: post(port, path),
    read: async () => (await readEvent()).slice('data: '.length).trimEnd(),
    end: async () => ((await readEvent()) === '' ? 'the end of the stream' : 'something else'),
    vanish: () => connection.vanish(),
  }
}

async function openLongPolling(port: number, mapped: string): Promise<RawClient> {
  const path = await negotiate(port, mapped)
  const poll = () => requestOnce(port, { path })
  await poll()
  return {
    send: post(port, path),
    read: async () => (await poll()).body.toString(),
    end: async () => (await poll()).status,
    vanish: () => {},
  }
}
