import { type Parse, RawConnection } from './raw-connection.js'

export interface RawRequest {
  /** Default GET. */
  readonly method?: string
  /** Path and query as they stand in the request line. */
  readonly path: string
  /** An array repeats the header. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Adds a Content-Length. */
  readonly body?: string | Uint8Array
}

/** Status line and headers of an answer, as they were sent. */
export class RawHead {
  readonly status: number
  /** In order, names as spelled. */
  readonly fields: readonly (readonly [name: string, value: string])[]

  constructor(text: string) {
    const [statusLine = '', ...lines] = text.split('\r\n')
    this.status = Number(statusLine.split(' ')[1])
    this.fields = lines.map(line => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    })
  }

  /** Repeated headers join with a comma and a blank. */
  header(name: string): string | undefined {
    const wanted = name.toLowerCase()
    const values = this.fields.filter(([field]) => field.toLowerCase() === wanted).map(([, value]) => value)
    return values.length === 0 ? undefined : values.join(', ')
  }
}

export interface RawResponse {
  readonly head: RawHead
  readonly status: number
  readonly body: Buffer
}

export function writeRequest(connection: RawConnection, request: RawRequest): void {
  const { method = 'GET', path, headers = {}, body } = request
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1']
  for (const [name, value] of Object.entries(headers))
    for (const one of typeof value === 'string' ? [value] : value) lines.push(`${name}: ${one}`)
  if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`)
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
  connection.write(body === undefined ? head : Buffer.concat([head, Buffer.from(body)]))
}

const parseHead: Parse<RawHead> = bytes => {
  const end = bytes.indexOf('\r\n\r\n')
  return end < 0 ? undefined : { value: new RawHead(bytes.toString('latin1', 0, end)), consumed: end + 4 }
}

/** A chunk counts as there once its data is: its line end may come with the next one. */
const parseChunk: Parse<Buffer> = bytes => {
  const sizeStart = bytes.indexOf('\r\n') === 0 ? 2 : 0
  const sizeEnd = bytes.indexOf('\r\n', sizeStart)
  if (sizeEnd < 0) return undefined
  const size = Number.parseInt(bytes.toString('latin1', sizeStart, sizeEnd), 16)
  const start = sizeEnd + 2
  const end = start + size
  const consumed = size === 0 ? end + 2 : end
  return bytes.length < consumed ? undefined : { value: bytes.subarray(start, end), consumed }
}

/** A chunk with its line end, as clients read it that do not want to see the parts of one. */
const parseWholeChunk: Parse<Buffer> = bytes => {
  const chunk = parseChunk(bytes)
  if (chunk === undefined) return undefined
  const end = chunk.consumed + 2
  return bytes.subarray(chunk.consumed, end).toString() === '\r\n' ? { value: chunk.value, consumed: end } : undefined
}

export const readHead = (connection: RawConnection): Promise<RawHead> => connection.read(parseHead)

/** One chunk of a chunked body; the last one is empty. */
export const readChunk = (connection: RawConnection): Promise<Buffer> => connection.read(parseChunk)

/** One chunk, once its line end is there too. */
export const readWholeChunk = (connection: RawConnection): Promise<Buffer> => connection.read(parseWholeChunk)

/** The first bytes of a chunked body, in however many chunks they come; the last of those must end with them. */
export async function readStreamed(connection: RawConnection, count: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let length = 0; length < count; length += chunks.at(-1)!.length) chunks.push(await readChunk(connection))
  return Buffer.concat(chunks)
}

/** @param method - of the request, since an answer to HEAD has no body whatever its headers say. */
export async function readResponse(connection: RawConnection, method = 'GET'): Promise<RawResponse> {
  const head = await readHead(connection)
  return { head, status: head.status, body: await readBody(connection, head, method) }
}

async function readBody(connection: RawConnection, head: RawHead, method: string): Promise<Buffer> {
  if (method === 'HEAD' || head.status === 204 || head.status === 101) return Buffer.alloc(0)
  if (head.header('transfer-encoding') !== 'chunked')
    return connection.readBytes(Number(head.header('content-length') ?? 0))
  const chunks: Buffer[] = []
  do chunks.push(await readChunk(connection))
  while (chunks.at(-1)!.length > 0)
  return Buffer.concat(chunks)
}

/** One request on a connection of its own. */
export async function requestOnce(port: number, request: RawRequest): Promise<RawResponse> {
  const connection = await RawConnection.open(port)
  writeRequest(connection, request)
  const response = await readResponse(connection, request.method)
  connection.end()
  return response
}
