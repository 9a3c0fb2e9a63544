import { ConfigurationError } from '@signalbox/abstractions'
import { expect } from 'chai'
import { TrustedProxies } from './trusted-proxies.js'

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
      name: 'ignores a scheme it does not know',
      trusted: ['10.0.0.1'],
      headers: { 'x-forwarded-proto': 'gopher' },
      remoteAddress: '10.0.0.1',
    },
  ] as const

  for (const { name, trusted, headers, ...expected } of vectors)
    it(name, () => {
      const read = new TrustedProxies(trusted).read('10.0.0.1', headers)

      expect(read).to.deep.equal({ scheme: undefined, host: undefined, ...expected })
    })

  for (const wrong of ['localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8x', ''])
    it(`refuses '${wrong}' in the list`, () => {
      expect(() => new TrustedProxies([wrong])).to.throw(ConfigurationError, 'trustedProxies')
    })
})
