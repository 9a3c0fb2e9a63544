import type { Fault, Frame } from './fault.js'
import type { HttpRequest, HttpResponse } from './host-types.js'

const recordSeparator = '\x1e'

type Answer = NonNullable<Fault['answer']>
type FrameEdit = NonNullable<Fault['frame']>

/** Edits the answers with this status. */
export const onStatus =
  (status: number, edit: Answer): Answer =>
  (answer, request) =>
    answer.status === status ? edit(answer, request) : answer

/** Edits what is answered to this method, at the endpoints themselves; negotiate is left alone. */
export const onMethod =
  (method: string, edit: Answer): Answer =>
  (answer, request) =>
    request.method === method && !isNegotiate(request) ? edit(answer, request) : answer

/** Edits the text of a successful negotiation. */
export const onNegotiate =
  (edit: (body: string) => string): Answer =>
  (answer, request) =>
    isNegotiate(request) && answer.status === 200 ? { ...answer, body: edit(String(answer.body)) } : answer

const isNegotiate = ({ path }: HttpRequest): boolean => path.endsWith('/negotiate')

export const withStatus =
  (status: number): Answer =>
  answer => ({ ...answer, status })

/** Sets some headers; undefined takes one away. */
export const withHeaders =
  (changes: Readonly<Record<string, string | undefined>>) =>
  (answer: HttpResponse): HttpResponse => {
    const headers = Object.entries({ ...answer.headers, ...changes }).filter(([, value]) => value !== undefined)
    return { ...answer, headers: Object.fromEntries(headers) as NonNullable<HttpResponse['headers']> }
  }

/** Edits the text messages on WebSockets, each alone and without its record separator; none, one or more come of it. */
export const onMessages = (edit: (message: string) => readonly string[]): FrameEdit =>
  onTextFrames(text => editRecords(text, records => records.flatMap(edit)))

/** Loses every second one of the messages on a WebSocket that match. */
export function losingEveryOther(pattern: RegExp): FrameEdit {
  const counts = new WeakMap<object, number>()
  return (frame, socket) => {
    const loses = (message: string): boolean => {
      if (!pattern.test(message)) return false
      const count = (counts.get(socket) ?? 0) + 1
      counts.set(socket, count)
      return count % 2 === 0
    }
    return onMessages(message => (loses(message) ? [] : [message]))(frame, socket)
  }
}

/** Reverses the messages of a frame. */
export const reversing: FrameEdit = onTextFrames(text => editRecords(text, records => records.reverse()))

function editRecords(text: string, edit: (records: string[]) => readonly string[]): string {
  const records = text.split(recordSeparator)
  const rest = records.pop() ?? ''
  const edited = edit(records).map(record => record + recordSeparator)
  return edited.join('') + rest
}

/** Replaces text in the messages on WebSockets. */
export const replacing = (pattern: string | RegExp, replacement: string): FrameEdit =>
  onMessages(message => [message.replace(pattern, replacement)])

/** Loses the messages on WebSockets that match. */
export const losing = (pattern: RegExp): FrameEdit => onMessages(message => (pattern.test(message) ? [] : [message]))

/** Sends the messages on WebSockets that match twice. */
export const doubling = (pattern: RegExp): FrameEdit =>
  onMessages(message => (pattern.test(message) ? [message, message] : [message]))

/** Edits text frames; an empty text sends nothing. */
export function onTextFrames(edit: (text: string) => string): FrameEdit {
  return frame => {
    if (frame.format !== 'Text') return [frame]
    const text = edit(Buffer.from(frame.bytes).toString())
    return text === '' ? [] : [{ ...frame, bytes: Buffer.from(text) }]
  }
}

/** Replaces bytes, as hex, in binary frames. */
export const replacingHex =
  (pattern: RegExp, replacement: string): FrameEdit =>
  frame =>
    frame.format === 'Text' ? [frame] : [{ ...frame, bytes: replaceHex(frame, pattern, replacement) }]

const replaceHex = ({ bytes }: Frame, pattern: RegExp, replacement: string): Uint8Array =>
  Buffer.from(Buffer.from(bytes).toString('hex').replace(pattern, replacement), 'hex')

/** Takes JSON messages of the client that match away before Signalbox sees them. */
export const overhearing =
  (pattern: RegExp): NonNullable<Fault['received']> =>
  payload => {
    const text = Buffer.from(payload).toString('latin1')
    return Buffer.from(
      editRecords(text, records => records.filter(record => !pattern.test(record))),
      'latin1',
    )
  }

/** A request whose query is looked up in another way. */
export function withQuery(request: HttpRequest, query: HttpRequest['query']): HttpRequest {
  const { method, path, params, queryString, scheme, remoteAddress } = request
  return {
    method,
    path,
    params,
    queryString,
    scheme,
    remoteAddress,
    query,
    header: name => request.header(name),
    cookie: name => request.cookie(name),
  }
}
