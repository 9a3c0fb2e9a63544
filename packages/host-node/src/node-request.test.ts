import { expect } from 'chai'
import { splitTarget } from './node-request.js'

describe('the target of a request', () => {
  for (const [url, path, queryString] of [
    ['/hub', '/hub', ''],
    ['/hub?id=1', '/hub', 'id=1'],
    ['/hub?', '/hub', ''],
    ['/hub?a=?', '/hub', 'a=?'],
    ['http://a.example/hub?id=1', '/hub', 'id=1'],
    ['HTTP://a.example', '/', ''],
    ['https://a.example?id=1', '/', 'id=1'],
    ['*', '*', ''],
  ] as const)
    it(`'${url}' is the path '${path}' and the query '${queryString}'`, () => {
      expect(splitTarget(url)).to.deep.equal({ path, queryString })
    })
})
