import { expect } from 'chai'
import { printable } from './printable.js'

describe('printable', () => {
  it('leaves ordinary text of any language as it is', () => {
    expect(printable('Grüße, 世界 👋')).to.equal('Grüße, 世界 👋')
  })

  it('escapes line breaks, so that a client cannot write log lines of its own', () => {
    expect(printable('a\r\nERROR b\u2028c\u0085')).to.equal('a\\u000d\\u000aERROR b\\u2028c\\u0085')
  })

  it('escapes what a terminal would obey or not show', () => {
    expect(printable('\u001b[31m\u202e\u200b\0\u{e0041}')).to.equal('\\u001b[31m\\u202e\\u200b\\u0000\\u{e0041}')
  })

  it('escapes the half of a pair that stands alone, also where the cut made it', () => {
    expect(printable('\ud83d')).to.equal('\\ud83d')
    expect(printable('a👋', 2)).to.equal('a\\ud83d…')
  })

  it('cuts what is longer than the caller has use for', () => {
    expect(printable('x'.repeat(101))).to.equal(`${'x'.repeat(100)}…`)
    expect(printable('abcdef', 3)).to.equal('abc…')
  })
})
