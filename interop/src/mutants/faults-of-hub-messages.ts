import {
  doubling,
  losing,
  losingEveryOther,
  onMessages,
  onTextFrames,
  overhearing,
  replacing,
  replacingHex,
  reversing,
} from './edits.js'
import type { Fault } from './fault.js'

const oneHigher = (ack: string): string =>
  ack.replace(/^(\{"type":8,"sequenceId":)(\d+)/, (_, head, id) => head + (Number(id) + 1))

/** The hub protocols, on WebSockets. */
export const hubMessageFaults: readonly Fault[] = [
  {
    what: 'the last record separator of a frame is missing',
    area: 'handshake',
    frame: onTextFrames(text => text.slice(0, -1)),
  },
  { what: 'the answer to a handshake has a blank', area: 'handshake', frame: replacing(/^\{\}$/, '{ }') },
  {
    what: 'a refused handshake does not say why',
    area: 'handshake',
    frame: replacing(/^\{"error":.*/, '{"error":""}'),
  },
  { what: 'a Completion is lost', area: 'JSON vectors', frame: losing(/^\{"type":3/) },
  { what: 'a Completion is sent twice', area: 'JSON vectors', frame: doubling(/^\{"type":3/) },
  {
    what: 'a Completion names its result before its id',
    area: 'JSON vectors',
    frame: replacing(/^\{"type":3,("invocationId":"[^"]*"),("result":.*)\}$/, '{"type":3,$2,$1}'),
  },
  {
    what: 'a result of null is left out',
    area: 'JSON vectors',
    frame: replacing(',"result":null}', '}'),
  },
  {
    what: 'a call without a result answers null',
    area: 'JSON vectors',
    frame: replacing(/^(\{"type":3,"invocationId":"[^"]*")\}$/, '$1,"result":null}'),
  },
  {
    what: 'an invocation id comes back as a number',
    area: 'JSON vectors',
    frame: replacing(/"invocationId":"(\d+)"/, '"invocationId":$1'),
  },
  {
    what: 'a failed call is told in other words',
    area: 'JSON vectors',
    frame: replacing('Failed to invoke', 'Failed to call'),
  },
  {
    what: 'detailed errors leave out the type of the exception',
    area: 'dispatch',
    frame: replacing(/ on the server\. \w+Exception: /, ' on the server. '),
  },
  {
    what: 'errors are detailed though nobody asked',
    area: 'dispatch',
    frame: replacing(/( on the server\.)"\}$/, '$1 Error: details"}'),
  },
  {
    what: 'messages of one frame come in reverse order',
    area: 'JSON vectors',
    frame: reversing,
  },
  {
    what: 'a Close does not say that reconnecting is allowed',
    area: 'malformed JSON',
    frame: replacing(',"allowReconnect":true', ''),
  },
  { what: 'a Close is lost', area: 'malformed JSON', frame: losing(/^\{"type":7/) },
  { what: 'every other ping is left out', area: 'timers', frame: losingEveryOther(/^\{"type":6\}$/) },
  { what: 'a ping is sent twice', area: 'timers', frame: doubling(/^\{"type":6\}$/) },
  { what: 'a Close of the client is overheard', area: 'JSON vectors', received: overhearing(/^\{"type":7/) },
  { what: 'a cancel is overheard', area: 'streaming', received: overhearing(/^\{"type":5/) },
  { what: 'every other stream item is lost', area: 'streaming', frame: losingEveryOther(/^\{"type":2/) },
  { what: 'an Ack is one too high', area: 'stateful reconnect', frame: onMessages(message => [oneHigher(message)]) },
  { what: 'there are no Acks', area: 'stateful reconnect', frame: losing(/^\{"type":8/) },
  { what: 'a resumed connection gets no Sequence', area: 'stateful reconnect', frame: losing(/^\{"type":9/) },
  {
    what: 'a question to a client names no id',
    area: 'client results',
    frame: replacing(/^\{"type":1,"invocationId":"[^"]*",/, '{"type":1,'),
  },
  { what: 'broadcasts are lost', area: 'groups and users', frame: losing(/^\{"type":1,"target"/) },
  {
    what: 'MessagePack without headers says nil',
    area: 'MessagePack vectors',
    frame: replacingHex(/^(..95(?:01|03))80/, '$1c0'),
  },
  {
    what: 'MessagePack calls a result of nil none at all',
    area: 'MessagePack vectors',
    frame: replacingHex(/03c0$/, '02'),
  },
  {
    what: 'MessagePack counts a message one byte short',
    area: 'MessagePack vectors',
    frame: replacingHex(/^08/, '07'),
  },
  { what: 'MessagePack pings are lists of two', area: 'timers', frame: replacingHex(/^029106$/, '039206c0') },
]
