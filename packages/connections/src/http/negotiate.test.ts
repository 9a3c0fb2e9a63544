import type { HttpTransportType } from '@signalbox/abstractions'
import { httpTransportTypes } from '@signalbox/abstractions'
import { expect } from 'chai'
import { chooseNegotiateVersion, negotiateAnswer, negotiateRedirect, negotiateRefusal } from './negotiate.js'

const notAnInteger = 'The client requested a non-integer protocol version.'
const unsupported = (version: number): string =>
  `The client requested version '${version}', but the server does not support this version.`

/** Seen on ASP.NET Core 10.0.12. */
const versions: readonly {
  readonly asked: string | undefined
  readonly minimum?: number
  readonly gets: number | string
}[] = [
  { asked: undefined, gets: 0 },
  { asked: '0', gets: 0 },
  { asked: '1', gets: 1 },
  { asked: '2', gets: 1 },
  { asked: '7', gets: 1 },
  { asked: '2147483647', gets: 1 },
  { asked: '+1', gets: 1 },
  { asked: ' 1 ', gets: 1 },
  { asked: '01', gets: 1 },
  { asked: '-1', gets: unsupported(-1) },
  { asked: '-2147483648', gets: unsupported(-2147483648) },
  { asked: '', gets: notAnInteger },
  { asked: 'abc', gets: notAnInteger },
  { asked: '1.0', gets: notAnInteger },
  { asked: '1e0', gets: notAnInteger },
  { asked: '0x1', gets: notAnInteger },
  { asked: '99999999999', gets: notAnInteger },
  { asked: '2147483648', gets: notAnInteger },
  { asked: '-2147483649', gets: notAnInteger },
  { asked: '1,1', gets: notAnInteger },
  { asked: undefined, minimum: 1, gets: unsupported(0) },
  { asked: '0', minimum: 1, gets: unsupported(0) },
  { asked: '1', minimum: 1, gets: 1 },
]

const id = 'a'.repeat(22)
const token = 'b'.repeat(22)
const bodyOf = (version: number, transports: readonly HttpTransportType[]): unknown =>
  negotiateAnswer(version, id, token, transports, false).body

describe('negotiate', () => {
  for (const { asked, minimum = 0, gets } of versions) {
    it(`answers ${asked === undefined ? 'no version' : `'${asked}'`} with ${typeof gets === 'number' ? gets : `'${gets}'`} when the minimum is ${minimum}`, () => {
      expect(chooseNegotiateVersion(asked, minimum)).to.deep.equal(
        typeof gets === 'number' ? { version: gets } : { error: gets },
      )
    })
  }

  it('answers version 1 with a token', () => {
    expect(bodyOf(1, httpTransportTypes)).to.equal(
      `{"negotiateVersion":1,"connectionId":"${id}","connectionToken":"${token}","availableTransports":[` +
        '{"transport":"WebSockets","transferFormats":["Text","Binary"]},' +
        '{"transport":"ServerSentEvents","transferFormats":["Text"]},' +
        '{"transport":"LongPolling","transferFormats":["Text","Binary"]}]}',
    )
  })

  it('answers version 0 without a token', () => {
    expect(bodyOf(0, httpTransportTypes)).to.equal(
      `{"negotiateVersion":0,"connectionId":"${id}","availableTransports":[` +
        '{"transport":"WebSockets","transferFormats":["Text","Binary"]},' +
        '{"transport":"ServerSentEvents","transferFormats":["Text"]},' +
        '{"transport":"LongPolling","transferFormats":["Text","Binary"]}]}',
    )
  })

  it('lists transports in the order clients shall try them, whatever the order of the option', () => {
    const { availableTransports } = JSON.parse(String(bodyOf(1, ['LongPolling', 'WebSockets'])))

    expect(availableTransports.map((entry: { transport: string }) => entry.transport)).to.deep.equal([
      'WebSockets',
      'LongPolling',
    ])
  })

  it('lists nothing when no transport is enabled', () => {
    expect(bodyOf(0, [])).to.equal(`{"negotiateVersion":0,"connectionId":"${id}","availableTransports":[]}`)
  })

  it('refuses with 200 and nothing but the error', () => {
    expect(negotiateRefusal(unsupported(-1))).to.deep.equal({
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      body: `{"error":"The client requested version '-1', but the server does not support this version."}`,
    })
  })

  it('sends a client elsewhere in the words of Azure SignalR', () => {
    expect(negotiateRedirect({ url: 'https://a.example/client/?hub=chat', accessToken: 'abc' }).body).to.equal(
      '{"negotiateVersion":0,"url":"https://a.example/client/?hub=chat","accessToken":"abc","availableTransports":[]}',
    )
  })

  it('answers with 200 and JSON without a charset', () => {
    expect(negotiateAnswer(1, id, token, [], false)).to.deep.include({
      status: 200,
      headers: { 'Content-Type': 'application/json' },
    })
  })
})
