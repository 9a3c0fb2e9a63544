import { withHeaders } from './edits.js'
import type { Fault } from './fault.js'

const area = 'server-sent events'

export const eventStreamFaults: readonly Fault[] = [
  { what: 'an event ends without a blank line', area, event: event => event.replace(/\r\n$/, '') },
  { what: 'lines of an event end with LF alone', area, event: event => event.replaceAll('\r\n', '\n') },
  { what: 'there is no blank behind data:', area, event: event => event.replaceAll('data: ', 'data:') },
  { what: 'an event is sent twice', area, event: event => event + event },
  { what: 'an event stream stays silent until its first event', area, eventStream: head => ({ ...head, body: '' }) },
  {
    what: 'an event stream may be compressed on its way',
    area,
    eventStream: withHeaders({ 'Content-Encoding': undefined }),
  },
  {
    what: 'an event stream names its charset',
    area,
    eventStream: withHeaders({ 'Content-Type': 'text/event-stream; charset=utf-8' }),
  },
  { what: 'an event stream never ends', area, neverEndsEventStreams: true },
]
