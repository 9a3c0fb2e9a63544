import { ConfigurationError } from '@signalbox/abstractions'
import { requestWith } from '@signalbox/conformance'
import { expect } from 'chai'
import { TrustedProxies } from './trusted-proxies.js'

const requestFrom = (peer: string, headers: Readonly<Record<string, string>>) =>
  requestWith({
    method: 'POST',
    path: '/hub',
    queryString: 'id=1',
    remoteAddress: peer,
    headers: [['Host', 'own.example'], ...Object.entries(headers)],
  })

describe('TrustedProxies', () => {
  const vectors = [
    {
      name: 'believes nobody where none are named',
      trusted: [],
      headers: { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'a.example' },
      remoteAddress: '10.0.0.1',
    },
    {
      name: 'does not believe a peer that is no proxy',
      trusted: ['10.0.0.2'],
      headers: { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-proto': 'https' },
      remoteAddress: '10.0.0.1',
    },
    {
      name: 'believes an address that is named',
      trusted: ['10.0.0.1'],
      headers: { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'a.example' },
      remoteAddress: '9.9.9.9',
      scheme: 'https',
      host: 'a.example',
    },
    {
      name: 'believes an address of a network that is named',
      trusted: ['10.0.0.0/8', 'fd00::/8'],
      headers: { 'x-forwarded-for': '9.9.9.9' },
      remoteAddress: '9.9.9.9',
    },
    {
      name: 'reads from the right, since a client may have written the rest',
      trusted: ['10.0.0.1'],
      headers: {
        'x-forwarded-for': '1.1.1.1, 9.9.9.9',
        'x-forwarded-proto': 'https, http',
        'x-forwarded-host': 'evil.example, a.example',
      },
      remoteAddress: '9.9.9.9',
      scheme: 'http',
      host: 'a.example',
    },
    {
      name: 'goes through a chain of proxies',
      trusted: ['10.0.0.0/8'],
      headers: { 'x-forwarded-for': '1.1.1.1, 9.9.9.9, 10.0.0.2', 'x-forwarded-proto': 'http, https, http' },
      remoteAddress: '9.9.9.9',
      scheme: 'https',
    },
    {
      name: 'takes the one value of a proxy that overwrites',
      trusted: ['10.0.0.0/8'],
      headers: { 'x-forwarded-for': '9.9.9.9, 10.0.0.2', 'x-forwarded-proto': 'https' },
      remoteAddress: '9.9.9.9',
      scheme: 'https',
    },
    {
      name: 'keeps the address of a proxy that does not tell',
      trusted: ['10.0.0.1'],
      headers: { 'x-forwarded-proto': 'HTTPS' },
      remoteAddress: '10.0.0.1',
      scheme: 'https',
    },
    {
      name: 'takes addresses with the port that some proxies add',
      trusted: ['10.0.0.0/8'],
      headers: { 'x-forwarded-for': '[2001:db8::9]:5678, 10.0.0.2:1234' },
      remoteAddress: '2001:db8::9',
    },
    {
      name: 'knows an IPv4 address that is written as one of IPv6',
      trusted: ['10.0.0.0/8'],
      headers: { 'x-forwarded-for': '9.9.9.9, ::ffff:10.0.0.2' },
      remoteAddress: '9.9.9.9',
    },
    {
      name: 'stops at what is no address',
      trusted: ['10.0.0.0/8'],
      headers: { 'x-forwarded-for': '9.9.9.9, unknown, 10.0.0.2', 'x-forwarded-proto': 'https' },
      remoteAddress: '10.0.0.2',
      scheme: 'https',
    },
    {
      name: 'believes no more than the first who is no proxy, though he claims to be behind one',
      trusted: ['10.0.0.0/8'],
      headers: {
        'x-forwarded-for': '10.0.0.5, 9.9.9.9, 10.0.0.2',
        'x-forwarded-host': 'evil.example, a.example, b.example',
      },
      remoteAddress: '9.9.9.9',
      host: 'a.example',
    },
    {
      name: 'ignores a scheme it does not know',
      trusted: ['10.0.0.1'],
      headers: { 'x-forwarded-proto': 'gopher' },
      remoteAddress: '10.0.0.1',
    },
  ] as const

  for (const { name, trusted, headers, ...expected } of vectors)
    it(name, () => {
      const request = requestFrom('10.0.0.1', headers)

      const read = new TrustedProxies(trusted).read(request)

      const { remoteAddress, scheme } = read
      expect({ remoteAddress, scheme, host: read.header('Host') }).to.deep.equal({
        scheme: 'http',
        host: 'own.example',
        ...expected,
      })
    })

  it('leaves alone what does not come from a proxy', () => {
    const request = requestFrom('10.0.0.1', { 'x-forwarded-for': '9.9.9.9' })

    expect(new TrustedProxies(['10.0.0.2']).read(request)).to.equal(request)
  })

  it('leaves alone what a proxy says nothing about', () => {
    const request = requestFrom('10.0.0.1', {})

    expect(new TrustedProxies(['10.0.0.1']).read(request)).to.equal(request)
  })

  it('changes nothing else about the request', () => {
    const headers = { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-host': 'a.example', cookie: 'a=b', 'x-own': 'c' }

    const read = new TrustedProxies(['10.0.0.1']).read(requestFrom('10.0.0.1', headers))

    expect([read.method, read.path, read.queryString, read.query('id')]).to.deep.equal(['POST', '/hub', 'id=1', '1'])
    expect([read.cookie('a'), read.header('X-Own'), read.header('x-none')]).to.deep.equal(['b', 'c', undefined])
  })

  it('refuses a text that is no list', () => {
    const list: unknown = '10.0.0.0/8'
    expect(() => new TrustedProxies(list as string[])).to.throw(ConfigurationError, 'trustedProxies must be a list')
  })

  for (const wrong of ['localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8x', ''])
    it(`refuses '${wrong}' in the list`, () => {
      expect(() => new TrustedProxies([wrong])).to.throw(ConfigurationError, 'trustedProxies')
    })
})
