import { expect } from 'chai'
import { acceptsEventStream, eventStreamPrologue, writeEvent } from './event-stream.js'

/** Seen on ASP.NET Core 10.0.12. */
const events = [
  { payload: 'Hello, World', wire: 'data: Hello, World\r\n\r\n' },
  { payload: 'Hello\nWorld', wire: 'data: Hello\r\ndata: World\r\n\r\n' },
  { payload: 'Hello\r\nWorld', wire: 'data: Hello\r\ndata: World\r\n\r\n' },
  { payload: 'Hello\n', wire: 'data: Hello\r\ndata: \r\n\r\n' },
  { payload: '', wire: '\r\n' },
  { payload: 'Hello\rWorld', wire: 'data: Hello\rWorld\r\n\r\n' },
  { payload: 'a\n\r\nb', wire: 'data: a\r\ndata: \r\r\ndata: b\r\n\r\n' },
  { payload: '{}\x1e', wire: 'data: {}\x1e\r\n\r\n' },
  { payload: '{"type":6}\x1e{"type":6}\x1e', wire: 'data: {"type":6}\x1e{"type":6}\x1e\r\n\r\n' },
]

const accepts = [
  { accept: 'text/event-stream', is: true },
  { accept: 'TEXT/Event-Stream', is: true },
  { accept: 'application/json, text/event-stream', is: true },
  { accept: 'text/event-stream, */*', is: true },
  { accept: 'text/event-stream;q=0.9', is: false },
  { accept: 'text/event-stream;q=1.0', is: false },
  { accept: 'text/event-stream; charset=utf-8', is: false },
  { accept: '*/*', is: false },
  { accept: 'text/*', is: false },
  { accept: 'text/event-streams', is: false },
  { accept: '', is: false },
  { accept: undefined, is: false },
]

describe('an event stream', () => {
  it('begins with a comment', () => {
    expect(Buffer.from(eventStreamPrologue).toString('hex')).to.equal('3a0d0a')
  })

  for (const { payload, wire } of events) {
    it(`carries ${JSON.stringify(payload)} as ${JSON.stringify(wire)}`, () => {
      expect(Buffer.from(writeEvent(Buffer.from(payload))).toString()).to.equal(wire)
    })
  }

  for (const { accept, is } of accepts) {
    it(`is ${is ? '' : 'not '}asked for by Accept: ${accept}`, () => {
      expect(acceptsEventStream(accept)).to.equal(is)
    })
  }
})
