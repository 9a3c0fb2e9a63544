import { ConfigurationError, RecurringLog, silentLogger } from '@signalbox/abstractions'
import { requestWith } from '@signalbox/conformance'
import { expect } from 'chai'
import type { AllowedOrigins } from './allowed-origins.js'
import { CorsPolicy } from './cors-policy.js'

const listed = 'https://app.example.com'
const other = 'https://admin.example.com'
const foreign = 'https://evil.example'

const from = (origin: string, host = 'chat.example.com', scheme: 'http' | 'https' = 'http') =>
  requestWith({
    scheme,
    headers: [
      ['Host', host],
      ['Origin', origin],
    ],
  })

const preflight = (origin: string, ...more: readonly (readonly [string, string])[]) =>
  requestWith({
    method: 'OPTIONS',
    headers: [['Origin', origin], ['Access-Control-Request-Method', 'DELETE'], ...more],
  })

const withCredentials = (origin: string) => ({
  'Access-Control-Allow-Origin': origin,
  'Access-Control-Allow-Credentials': 'true',
})

const policyFor = (allowedOrigins: AllowedOrigins | undefined) =>
  new CorsPolicy(allowedOrigins, new RecurringLog(silentLogger))

describe('CorsPolicy', () => {
  for (const origin of ['app.example.com', 'https://app.example.com/', 'https://app.example.com/chat', '']) {
    it(`refuses '${origin}', which no browser sends as an origin`, () => {
      expect(() => policyFor([origin]))
        .to.throw(ConfigurationError, `allowedOrigins: '${origin}' is no origin such as https://app.example.com.`)
        .with.property('option', 'allowedOrigins')
    })
  }

  it('refuses a text that is no list', () => {
    const origins = listed as '*'
    expect(() => policyFor(origins))
      .to.throw(ConfigurationError, `allowedOrigins: '${listed}' is neither a list, nor '*', nor a function.`)
      .with.property('option', 'allowedOrigins')
  })

  for (const origin of ['null', 'capacitor://localhost', 'http://localhost:3000', 'http://[::1]:3000']) {
    it(`takes ${origin}`, () => {
      expect(policyFor([origin]).isOriginAllowed(from(origin))).to.equal(true)
    })
  }

  describe('with a list', () => {
    const policy = policyFor([listed])

    it('names the origin of a listed page and allows credentials', () => {
      expect(policy.headersFor(from(listed))).to.deep.equal(withCredentials(listed))
    })

    it('says that the answer varies when there are several origins', () => {
      expect(policyFor([listed, other]).headersFor(from(other))).to.deep.equal({
        ...withCredentials(other),
        Vary: 'Origin',
      })
    })

    it('gives a foreign page no headers', () => {
      expect(policy.headersFor(from(foreign))).to.equal(undefined)
    })

    it('gives a request without an origin no headers', () => {
      expect(policy.headersFor(requestWith({}))).to.equal(undefined)
    })

    const origins = [
      { name: 'a listed page', request: from(listed), isAllowed: true },
      { name: 'a page of the same host', request: from('https://chat.example.com'), isAllowed: true },
      { name: 'a foreign page', request: from(foreign), isAllowed: false },
      { name: 'a sandboxed page', request: from('null'), isAllowed: false },
      { name: 'another port', request: from(`${listed}:8443`), isAllowed: false },
      { name: 'another scheme', request: from('http://app.example.com'), isAllowed: false },
      { name: 'a client that is no browser', request: requestWith({}), isAllowed: true },
      {
        name: 'an origin in capitals, which no browser sends',
        request: from('HTTPS://APP.EXAMPLE.COM'),
        isAllowed: false,
      },
    ]

    for (const { name, request, isAllowed } of origins) {
      it(`${isAllowed ? 'lets' : 'does not let'} ${name} open a WebSocket`, () => {
        expect(policy.isOriginAllowed(request)).to.equal(isAllowed)
      })
    }

    it('takes capitals in the list for small letters', () => {
      expect(policyFor(['HTTPS://App.Example.com']).isOriginAllowed(from(listed))).to.equal(true)
    })

    it('answers a preflight with 204 and what was asked for', () => {
      const asked = ['Access-Control-Request-Headers', 'x-requested-with,x-signalr-user-agent'] as const

      expect(policy.answerPreflight(preflight(listed, asked))).to.deep.equal({
        status: 204,
        headers: {
          'Access-Control-Allow-Methods': 'DELETE',
          'Access-Control-Allow-Headers': 'x-requested-with,x-signalr-user-agent',
        },
      })
    })

    it('allows no headers in a preflight that asks for none', () => {
      expect(policy.answerPreflight(preflight(listed))?.headers).to.deep.equal({
        'Access-Control-Allow-Methods': 'DELETE',
      })
    })

    it('answers the preflight of a foreign page with 204 and nothing else', () => {
      expect(policy.answerPreflight(preflight(foreign))).to.deep.equal({ status: 204 })
    })

    for (const [name, request] of [
      ['an OPTIONS without an asked method', requestWith({ method: 'OPTIONS', headers: [['Origin', listed]] })],
      [
        'an OPTIONS without an origin',
        requestWith({ method: 'OPTIONS', headers: [['Access-Control-Request-Method', 'GET']] }),
      ],
      ['a GET', from(listed)],
    ] as const) {
      it(`does not take ${name} for a preflight`, () => {
        expect(policy.answerPreflight(request)).to.equal(undefined)
      })
    }
  })

  describe('for any origin', () => {
    for (const allowed of ['*', ['*']] as const) {
      it(`names the origin rather than a star, which excludes credentials: ${JSON.stringify(allowed)}`, () => {
        expect(policyFor(allowed).headersFor(from(foreign))).to.deep.equal({
          ...withCredentials(foreign),
          Vary: 'Origin',
        })
      })
    }

    it('lets every page open a WebSocket', () => {
      expect(policyFor('*').isOriginAllowed(from(foreign))).to.equal(true)
    })
  })

  describe('without a list', () => {
    const policy = policyFor(undefined)

    it('sends no headers', () => {
      expect(policy.headersFor(from(foreign))).to.equal(undefined)
    })

    it('knows no preflight', () => {
      expect(policy.answerPreflight(preflight(foreign))).to.equal(undefined)
    })

    it('lets a page of the same host and port open a WebSocket', () => {
      expect(policy.isOriginAllowed(from('http://localhost:5000', 'localhost:5000'))).to.equal(true)
    })

    const pages = [
      {
        name: 'https without its port, Host with it',
        request: from('https://a.example', 'a.example:443'),
        isSame: true,
      },
      { name: 'https with its port, Host without', request: from('https://a.example:443', 'a.example'), isSame: true },
      { name: 'http without its port, Host with it', request: from('http://a.example', 'a.example:80'), isSame: true },
      { name: 'Host in capitals', request: from('http://a.example', 'A.Example'), isSame: true },
      { name: 'an address of IPv6', request: from('https://[::1]', '[::1]:443'), isSame: true },
      {
        name: 'https, where a proxy may have ended TLS',
        request: from('https://a.example', 'a.example'),
        isSame: true,
      },
      { name: 'https on https', request: from('https://a.example', 'a.example', 'https'), isSame: true },
      { name: 'http on https', request: from('http://a.example', 'a.example', 'https'), isSame: false },
      { name: 'http on the port of https', request: from('http://a.example', 'a.example:443'), isSame: false },
      { name: 'https on the port of http', request: from('https://a.example', 'a.example:80'), isSame: false },
      { name: 'another port', request: from('http://localhost:5001', 'localhost:5000'), isSame: false },
      { name: 'a subdomain', request: from('http://b.a.example', 'a.example'), isSame: false },
      { name: 'another scheme than that of pages', request: from('capacitor://localhost', 'localhost'), isSame: false },
    ]

    for (const { name, request, isSame } of pages)
      it(`${isSame ? 'takes' : 'does not take'} a page for one of the same origin: ${name}`, () => {
        expect(policy.isOriginAllowed(request)).to.equal(isSame)
      })

    it('lets no page connect to a request without a Host', () => {
      expect(policy.isOriginAllowed(requestWith({ headers: [['Origin', 'http://undefined']] }))).to.equal(false)
    })
  })
})
