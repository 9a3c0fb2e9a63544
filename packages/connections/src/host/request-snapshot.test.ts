import { requestWith } from '@signalbox/conformance'
import { expect } from 'chai'

interface Vector {
  /** What is asked for, or what the request has. */
  readonly input: string
  readonly value: string | undefined
  readonly why: string
}

function itReads(vectors: readonly Vector[], read: (input: string) => string | undefined): void {
  for (const { input, value, why } of vectors) {
    it(`${why}: ${input}`, () => {
      expect(read(input)).to.equal(value)
    })
  }
}

describe('RequestSnapshot', () => {
  describe('header', () => {
    const request = requestWith({
      headers: [
        ['Accept', 'text/plain'],
        ['X-Accept', 'no'],
        ['Accept', 'text/html'],
        ['Empty', ''],
        ['Referer', 'http://a/?x:1'],
      ],
    })

    const vectors = [
      { input: 'accept', value: 'text/plain, text/html', why: 'joins what was sent more than once' },
      { input: 'ACCEPT', value: 'text/plain, text/html', why: 'ignores the case of the name' },
      { input: 'x-accept', value: 'no', why: 'is not misled by a name that ends alike' },
      { input: 'referer', value: 'http://a/?x:1', why: 'keeps colons of a value' },
      { input: 'empty', value: '', why: 'tells an empty value' },
      { input: 'cookie', value: undefined, why: 'tells a missing one' },
    ]

    itReads(vectors, name => request.header(name))
  })

  describe('query', () => {
    const vectors = [
      { input: 'id=abc', value: 'abc', why: 'finds a value' },
      { input: 'ID=abc', value: 'abc', why: 'ignores the case of the key' },
      { input: 'a=1&id=abc&b=2', value: 'abc', why: 'finds a value among others' },
      { input: 'id=a&id=b', value: 'a,b', why: 'joins what was sent more than once' },
      { input: 'id=', value: '', why: 'tells an empty value' },
      { input: 'id', value: '', why: 'takes a key without a sign of equality for an empty value' },
      { input: 'id=a=b', value: 'a=b', why: 'keeps a sign of equality in a value' },
      { input: 'id=a%20b%C3%A4', value: 'a bä', why: 'decodes escapes' },
      { input: 'id=a+b', value: 'a b', why: 'takes a plus for a blank' },
      { input: '%69d=a', value: 'a', why: 'decodes escapes of the key' },
      { input: 'id=%zz', value: '%zz', why: 'keeps a broken escape' },
      { input: 'id=%41%zz', value: 'A%zz', why: 'decodes what is whole beside a broken escape' },
      { input: 'id=%ff', value: '%ff', why: 'keeps an escape that is not UTF-8' },
      { input: '', value: undefined, why: 'finds nothing in no query' },
      { input: 'ids=1', value: undefined, why: 'is not misled by a key that begins alike' },
    ]

    itReads(vectors, queryString => requestWith({ queryString }).query('id'))
  })

  describe('cookie', () => {
    const request = requestWith({
      headers: [
        ['Cookie', 'a=1; session=x=y%20z;  spaced = 2 ; xsession=no'],
        ['Cookie', 'second=3'],
      ],
    })

    const vectors = [
      { input: 'a', value: '1', why: 'finds the first' },
      { input: 'session', value: 'x=y%20z', why: 'keeps a value as it was sent' },
      { input: 'spaced', value: '2', why: 'ignores blanks around' },
      { input: 'xsession', value: 'no', why: 'finds the last of a header' },
      { input: 'second', value: '3', why: 'finds one of a second header' },
      { input: 'missing', value: undefined, why: 'tells a missing one' },
    ]

    itReads(vectors, name => request.cookie(name))
  })
})
