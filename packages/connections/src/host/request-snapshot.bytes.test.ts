import { requestWith } from '@signalbox/conformance'
import { expect } from 'chai'
import fc from 'fast-check'
import { RequestSnapshot } from './request-snapshot.js'

const line = fc.string({ maxLength: 40 }).map(text => text.replace(/[\r\n\0]/g, ' '))
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)
const request = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'DELETE', 'M-SEARCH'),
    path: line.map(text => `/${text}`),
    queryString: line,
    remoteAddress: fc.constantFrom('192.0.2.1', '2001:db8::1', 'fe80::1%eth0', ''),
    scheme: fc.constantFrom('http' as const, 'https' as const),
    headers: fc.array(fc.tuple(name, line), { maxLength: 8 }),
    params: fc.dictionary(name, line),
  })
  .map(({ params, ...parts }) => Object.assign(requestWith(parts), { params }))

const read = (bytes: Uint8Array) => RequestSnapshot.fromBytes(bytes)

/** What it has against one part that is not as it should be. */
function errorWith(change: Readonly<Record<string, unknown>>): string {
  const [version, parts] = JSON.parse(requestWith({}).toBytes().toString()) as [number, Record<string, unknown>]
  try {
    read(Buffer.from(JSON.stringify([version, { ...parts, ...change }])))
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}

describe('RequestSnapshot, in bytes', () => {
  it('is the same when it has been read back', () => {
    fc.assert(
      fc.property(request, before => {
        const after = read(before.toBytes())
        expect({ ...after }).to.deep.equal({ ...before })
        expect(after.toBytes()).to.deep.equal(before.toBytes())
      }),
    )
  })

  it('has the same headers, cookies and query', () => {
    const headers = [
      ['Cookie', 'a=1; b=2'],
      ['X-List', 'one'],
      ['X-List', 'two'],
    ] as const
    const after = read(requestWith({ queryString: 'id=x%2Fy', headers }).toBytes())

    expect([after.header('X-List'), after.cookie('b'), after.query('id')]).to.deep.equal(['one, two', '2', 'x/y'])
  })

  for (const [part, value] of [
    ['method', 'GET /'],
    ['method', 7],
    ['path', 'hub'],
    ['path', '/a\r\nX: y'],
    ['queryString', 'a\nb'],
    ['remoteAddress', 'evil\nhost'],
    ['scheme', 'ftp'],
    ['headers', 'host:a\n'],
    ['headers', '\nHost:a\n'],
    ['headers', '\nno colon\n'],
    ['headers', '\na:b\r\n'],
    ['params', ['a']],
    ['params', { a: 1 }],
    ['certificate', 'no base64!'],
    ['certificate', 'AAAA'],
  ] as const)
    it(`is refused with the ${part} ${JSON.stringify(value)}, which is not shown`, () => {
      expect(errorWith({ [part]: value })).to.equal(`The bytes are no request: its ${part} cannot be.`)
    })

  for (const [what, bytes] of [
    ['nothing', ''],
    ['no JSON', '{'],
    ['another version', '[2,{}]'],
    ['no parts', '[1]'],
    ['parts of another kind', '[1,[]]'],
    ['too much', `[1,"${'a'.repeat(200_000)}"]`],
  ] as const)
    it(`is refused when it is ${what}`, () => {
      expect(() => read(Buffer.from(bytes))).to.throw(/^(The bytes are no request|A request of 2\d{5} bytes)/)
    })

  it('is read or refused, and breaks nothing, with any byte changed', () => {
    const headers = [['Authorization', 'Bearer secret']] as const
    const bytes = requestWith({ path: '/hub', queryString: 'id=1', headers }).toBytes()
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = Buffer.from(bytes)
        changed[at] = byte
        try {
          read(changed)
        } catch (error) {
          expect((error as Error).message)
            .to.match(/^The bytes are no request/)
            .and.not.include('secret')
        }
      }),
      { numRuns: 1000 },
    )
  })
})
