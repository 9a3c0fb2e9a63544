import { ConfigurationError, type LogLevel, RecurringLog, silentLogger } from '@signalbox/abstractions'
import { requestWith } from '@signalbox/conformance'
import { expect } from 'chai'
import { type AllowedOrigins, createOriginRule } from './allowed-origins.js'

const request = requestWith({})

describe('allowedOrigins', () => {
  let lines: [level: LogLevel, message: string, error: unknown][]
  let log: RecurringLog

  beforeEach(() => {
    lines = []
    const keep = (level: LogLevel) => (message: string, error?: unknown) => void lines.push([level, message, error])
    log = new RecurringLog({ ...silentLogger, warn: keep('warn'), error: keep('error') })
  })
  afterEach(() => log.flush())

  const isListed = (allowed: AllowedOrigins, origin: string) => createOriginRule(allowed, log).isListed(origin, request)

  describe('as a list', () => {
    for (const [entry, origin] of [
      ['https://app.example.com:443', 'https://app.example.com'],
      ['http://app.example.com:80', 'http://app.example.com'],
      ['HTTPS://App.Example.COM', 'https://app.example.com'],
      ['https://bücher.example', 'https://xn--bcher-kva.example'],
      ['https://app.example.com:8443', 'https://app.example.com:8443'],
      ['http://app.example.com:443', 'http://app.example.com:443'],
      ['Capacitor://localhost', 'capacitor://localhost'],
    ] as const)
      it(`takes ${entry} for ${origin}, as browsers write it`, () => {
        expect(isListed([entry], origin)).to.equal(true)
      })

    for (const entry of [
      'app.example.com',
      'https://app.example.com/',
      'https://app.example.com/chat',
      'https://app.example.com?a',
      'https://user@app.example.com',
      'https://app.example.com:99999',
      'https://app example.com',
      'https://',
      'wss://app.example.com',
      'https://app.*.example.com',
      'https://app*.example.com',
      'http://localhost:*',
      'https://*',
      'https://*.',
      '*.example.com',
      42 as unknown as string,
    ])
      it(`refuses ${entry}, which could never match`, () => {
        expect(() => createOriginRule([entry], log))
          .to.throw(ConfigurationError, `allowedOrigins: '${entry}' is no origin`)
          .with.property('option', 'allowedOrigins')
      })
  })

  describe('with a star for subdomains', () => {
    const allowed = ['https://*.example.com', 'http://*.test.example:3000']

    for (const origin of [
      'https://app.example.com',
      'https://a.b.example.com',
      'https://my_app-1.example.com',
      'http://app.test.example:3000',
    ])
      it(`lets ${origin} in`, () => {
        expect(isListed(allowed, origin)).to.equal(true)
      })

    for (const origin of [
      'https://example.com',
      'https://.example.com',
      'https://a..example.com',
      'http://app.example.com',
      'https://app.example.com:8443',
      'https://evilexample.com',
      'https://app.example.com.evil.example',
      'https://evil.example/.example.com',
      'https://evil.example#.example.com',
      'https://evil.example\n.example.com',
      'http://app.test.example',
      'null',
    ])
      it(`does not let ${JSON.stringify(origin)} in`, () => {
        expect(isListed(allowed, origin)).to.equal(false)
      })

    it('says that answers differ by origin', () => {
      expect(createOriginRule(['https://*.example.com'], log).varies).to.equal(true)
    })
  })

  describe('as a function', () => {
    it('is asked with the origin and the request', () => {
      const asked: unknown[] = []

      const isAllowed = isListed((...details) => {
        asked.push(details)
        return true
      }, 'https://app.example.com')

      expect(isAllowed).to.equal(true)
      expect(asked).to.deep.equal([['https://app.example.com', request]])
    })

    it('may refuse', () => {
      expect(isListed(() => false, 'https://app.example.com')).to.equal(false)
      expect(lines).to.deep.equal([])
    })

    it('refuses by throwing, and the log names the option', () => {
      const error = new Error('no database')

      const isAllowed = isListed(() => {
        throw error
      }, 'https://app.example.com')

      expect(isAllowed).to.equal(false)
      expect(lines).to.deep.equal([['error', 'allowedOrigins failed.', error]])
    })

    for (const [name, answer, kind] of [
      ['a promise', () => Promise.resolve(true), 'a promise'],
      ['a promise that rejects', () => Promise.reject(new Error('no database')), 'a promise'],
      ['a text', () => 'yes', 'a text'],
      ['nothing', () => undefined, 'undefined'],
    ] as const)
      it(`refuses by returning ${name}, and the log names the option`, () => {
        expect(isListed(answer as unknown as () => boolean, 'https://app.example.com')).to.equal(false)
        expect(lines.map(([level, message, error]) => [level, message, String(error)])).to.deep.equal([
          [
            'error',
            'allowedOrigins failed.',
            `TypeError: allowedOrigins must return true or false, but returned ${kind}.`,
          ],
        ])
      })
  })
})
