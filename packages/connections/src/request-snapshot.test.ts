import { expect } from 'chai'
import { requestWith } from './testing/request-with.js'

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
      { name: 'accept', value: 'text/plain, text/html', why: 'joins what was sent more than once' },
      { name: 'ACCEPT', value: 'text/plain, text/html', why: 'ignores the case of the name' },
      { name: 'x-accept', value: 'no', why: 'is not misled by a name that ends alike' },
      { name: 'referer', value: 'http://a/?x:1', why: 'keeps colons of a value' },
      { name: 'empty', value: '', why: 'tells an empty value' },
      { name: 'cookie', value: undefined, why: 'tells a missing one' },
    ]

    for (const { name, value, why } of vectors) {
      it(why, () => {
        expect(request.header(name)).to.equal(value)
      })
    }
  })

  describe('query', () => {
    const vectors = [
      { queryString: 'id=abc', value: 'abc', why: 'finds a value' },
      { queryString: 'ID=abc', value: 'abc', why: 'ignores the case of the key' },
      { queryString: 'a=1&id=abc&b=2', value: 'abc', why: 'finds a value among others' },
      { queryString: 'id=a&id=b', value: 'a,b', why: 'joins what was sent more than once' },
      { queryString: 'id=', value: '', why: 'tells an empty value' },
      { queryString: 'id', value: '', why: 'takes a key without a sign of equality for an empty value' },
      { queryString: 'id=a=b', value: 'a=b', why: 'keeps a sign of equality in a value' },
      { queryString: 'id=a%20b%C3%A4', value: 'a bä', why: 'decodes escapes' },
      { queryString: 'id=a+b', value: 'a b', why: 'takes a plus for a blank' },
      { queryString: '%69d=a', value: 'a', why: 'decodes escapes of the key' },
      { queryString: 'id=%zz', value: '%zz', why: 'keeps a broken escape' },
      { queryString: 'id=%41%zz', value: 'A%zz', why: 'decodes what is whole beside a broken escape' },
      { queryString: 'id=%ff', value: '%ff', why: 'keeps an escape that is not UTF-8' },
      { queryString: '', value: undefined, why: 'finds nothing in no query' },
      { queryString: 'ids=1', value: undefined, why: 'is not misled by a key that begins alike' },
    ]

    for (const { queryString, value, why } of vectors) {
      it(`${why}: ${queryString}`, () => {
        expect(requestWith({ queryString }).query('id')).to.equal(value)
      })
    }
  })

  describe('cookie', () => {
    const request = requestWith({
      headers: [
        ['Cookie', 'a=1; session=x=y%20z;  spaced = 2 ; xsession=no'],
        ['Cookie', 'second=3'],
      ],
    })

    const vectors = [
      { name: 'a', value: '1', why: 'finds the first' },
      { name: 'session', value: 'x=y%20z', why: 'keeps a value as it was sent' },
      { name: 'spaced', value: '2', why: 'ignores blanks around' },
      { name: 'xsession', value: 'no', why: 'finds the last of a header' },
      { name: 'second', value: '3', why: 'finds one of a second header' },
      { name: 'missing', value: undefined, why: 'tells a missing one' },
    ]

    for (const { name, value, why } of vectors) {
      it(why, () => {
        expect(request.cookie(name)).to.equal(value)
      })
    }
  })
})
