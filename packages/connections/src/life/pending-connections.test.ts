import { expect } from 'chai'
import type { HttpConnection } from './http-connection.js'
import { networkOf, PendingConnections } from './pending-connections.js'

/** Only who it is matters here. */
const connectionNamed = (name: string) => ({ connectionId: name }) as HttpConnection

describe('pending connections', () => {
  let pending: PendingConnections

  beforeEach(() => {
    pending = new PendingConnections(3)
  })

  /** @returns the id of the one that had to go. */
  const add = (name: string, address: string) => pending.add(connectionNamed(name), address)?.connection.connectionId

  it('are kept up to their maximum', () => {
    expect([add('a', '1.1.1.1'), add('b', '1.1.1.1'), add('c', '2.2.2.2')]).to.deep.equal(Array(3).fill(undefined))
  })

  it('lose the oldest of the client that has most, whoever comes', () => {
    for (const name of ['a', 'b']) add(name, '1.1.1.1')
    add('c', '2.2.2.2')
    expect([add('d', '3.3.3.3'), add('e', '1.1.1.1'), add('f', '1.1.1.1')]).to.deep.equal(['a', 'b', 'e'])
  })

  it('lose the oldest of all while each client has one', () => {
    for (const name of ['1', '2', '3']) add(name, `${name}.0.0.0`)
    expect([add('4', '4.0.0.0'), add('5', '5.0.0.0')]).to.deep.equal(['1', '2'])
  })

  it('have room again once one of them has connected', () => {
    const connected = connectionNamed('a')
    pending.add(connected, '1.1.1.1')
    for (const name of ['b', 'c']) add(name, '1.1.1.1')
    pending.delete(connected)
    expect(add('d', '1.1.1.1')).to.equal(undefined)
  })

  const pairs: readonly [sentence: string, address: string, network: string][] = [
    ['an IPv4 address', '203.0.113.7', '203.0.113.7'],
    ['an IPv4 address in IPv6, as Node writes it', '::ffff:203.0.113.7', '::ffff:203.0.113.7'],
    [
      'an IPv4 address in IPv6, as uWebSockets.js writes it',
      '0000:0000:0000:0000:0000:ffff:cb00:7107',
      '0:0:0:0:0:ffff:cb00:7107',
    ],
    ['the first half of an IPv6 address', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['the same in full', '2001:0db8:0001:0002:0003:0004:0005:0006', '2001:db8:1:2'],
    ['the same cut short', '2001:db8::6', '2001:db8:0:0'],
    ['the loopback', '::1', '0:0:0:0'],
  ]
  for (const [sentence, address, network] of pairs)
    it(`are counted by ${sentence}`, () => {
      expect(networkOf(address)).to.equal(network)
    })
})
