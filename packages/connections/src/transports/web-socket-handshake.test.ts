import { requestWith } from '@signalbox/conformance'
import { expect } from 'chai'
import { isWebSocketHandshake } from './web-socket-handshake.js'

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

const valid: Headers = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

const isHandshake = (changes: Headers, method = 'GET'): boolean =>
  isWebSocketHandshake(
    requestWith({
      method,
      headers: Object.entries({ ...valid, ...changes }).flatMap(([name, value]) =>
        [value ?? []].flat().map(one => [name, one] as const),
      ),
    }),
  )

/** Seen on ASP.NET Core 10.0.12. */
const accepted: readonly { readonly name: string; readonly changes: Headers }[] = [
  { name: 'the plain headers', changes: {} },
  { name: 'other letter case', changes: { Connection: 'upgrade', Upgrade: 'WebSocket' } },
  { name: 'a list of connection options', changes: { Connection: 'keep-alive, Upgrade' } },
  { name: 'Connection sent twice', changes: { Connection: ['keep-alive', 'Upgrade'] } },
  { name: 'a list of upgrades', changes: { Upgrade: 'h2c, websocket' } },
  { name: 'a list of versions', changes: { 'Sec-WebSocket-Version': '13, 8' } },
  { name: 'offers of subprotocols and extensions', changes: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } },
  { name: 'Content-Length: 0', changes: { 'Content-Length': '0' } },
]

const refused: readonly { readonly name: string; readonly changes: Headers }[] = [
  { name: 'no Connection', changes: { Connection: undefined } },
  { name: 'another connection option', changes: { Connection: 'keep-alive' } },
  { name: 'no Upgrade', changes: { Upgrade: undefined } },
  { name: 'Upgrade: h2c', changes: { Upgrade: 'h2c' } },
  { name: 'version 8', changes: { 'Sec-WebSocket-Version': '8' } },
  { name: 'version 12', changes: { 'Sec-WebSocket-Version': '12' } },
  { name: 'no version', changes: { 'Sec-WebSocket-Version': undefined } },
  { name: 'no key', changes: { 'Sec-WebSocket-Key': undefined } },
  { name: 'an empty key', changes: { 'Sec-WebSocket-Key': '' } },
  { name: 'a key of 15 bytes', changes: { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25j' } },
  { name: 'a key of 17 bytes', changes: { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZWE=' } },
  { name: 'a key that is not base64', changes: { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25j!!==' } },
  { name: 'a body', changes: { 'Content-Length': '3' } },
  { name: 'a chunked body', changes: { 'Transfer-Encoding': 'chunked' } },
]

describe('isWebSocketHandshake', () => {
  for (const { name, changes } of accepted) {
    it(`accepts ${name}`, () => {
      expect(isHandshake(changes)).to.equal(true)
    })
  }

  for (const { name, changes } of refused) {
    it(`refuses ${name}`, () => {
      expect(isHandshake(changes)).to.equal(false)
    })
  }

  it('refuses any verb but GET', () => {
    expect(isHandshake({}, 'POST')).to.equal(false)
  })
})
