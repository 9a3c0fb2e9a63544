import { createNode } from '@signalbox/abstractions'
import { expect } from 'chai'
import fc from 'fast-check'
import { newConnectionId, newConnectionToken, nodeTagIn, nodeTagOf } from './connection-id.js'

describe('newConnectionId', () => {
  const ids = Array.from({ length: 2000 }, newConnectionId)

  it('makes 22 characters that need no escaping in a URL', () => {
    expect(ids.filter(id => !/^[A-Za-z0-9_-]{22}$/.test(id))).to.deep.equal([])
  })

  it('does not repeat itself', () => {
    expect(new Set(ids).size).to.equal(ids.length)
  })

  it('uses every character of its alphabet', () => {
    expect(new Set(ids.join('')).size).to.equal(64)
  })
})

describe('the token of a connection', () => {
  const tag = nodeTagOf(createNode())

  it('is an id where its node has no tag', () => {
    expect(newConnectionToken(undefined)).to.match(/^[A-Za-z0-9_-]{22}$/)
  })

  it('names its node by six characters that need no escaping in a URL', () => {
    const token = newConnectionToken(tag)

    expect(tag).to.match(/^[A-Za-z0-9_-]{6}$/)
    expect(token.slice(22)).to.equal(`.${tag}`)
    expect(nodeTagIn(token)).to.equal(tag)
  })

  it('has another tag after each start', () => {
    expect(new Set(Array.from({ length: 100 }, () => nodeTagOf(createNode()))).size).to.equal(100)
  })

  for (const [what, token] of [
    ['an id', newConnectionId()],
    ['nothing', ''],
    ['a tag alone', `.${tag}`],
    ['a tag that is too short', `${newConnectionId()}.abcde`],
    ['a tag that is too long', `${newConnectionId()}.${tag}a`],
    ['a tag with other characters', `${newConnectionId()}.abc/ef`],
    ['two tags', `${newConnectionId()}.${tag}.${tag}`],
    ['a line break behind it', `${newConnectionId()}.${tag}\n`],
    ['a short secret', `abc.${tag}`],
  ] as const)
    it(`names no node when it is ${what}`, () => {
      expect(nodeTagIn(token)).to.equal(undefined)
    })

  it('names a node in no other form, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), text => {
        const found = nodeTagIn(text)
        return found === undefined || (text.length === 29 && text.endsWith(`.${found}`))
      }),
      { numRuns: 2000 },
    )
  })
})
