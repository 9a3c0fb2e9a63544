import { expect } from 'chai'
import { Chain } from './chain.js'

const piece = (text: string): Uint8Array => Buffer.from(text)
const chainOf = (...pieces: Uint8Array[]): Chain =>
  pieces.reduce<Chain | undefined>((tail, one) => Chain.append(tail, one), undefined)!

describe('Chain', () => {
  const a = piece('a')
  const b = piece('bb')
  const c = piece('ccc')

  beforeEach(() => Chain.forgetBeginning())

  it('joins its pieces in order', () => {
    expect(Buffer.from(chainOf(a, b, c).bytes).toString()).to.equal('abbccc')
  })

  it('counts the bytes of all its pieces', () => {
    expect(chainOf(a, b, c).length).to.equal(6)
  })

  it('of one piece is that piece itself', () => {
    expect(chainOf(a).bytes).to.equal(a)
  })

  it('joins its bytes once', () => {
    const chain = chainOf(a, b)

    expect(chain.bytes).to.equal(chain.bytes)
  })

  it('joins on top of what has been joined before', () => {
    const beginning = chainOf(a, b)
    const longer = Chain.append(beginning, c)
    beginning.bytes

    expect(Buffer.from(longer.bytes).toString()).to.equal('abbccc')
  })

  it('is one for all that share a history, wherever they turn up', () => {
    const tails: (Chain | undefined)[] = Array.from({ length: 3 })
    for (const one of [a, b, c]) for (const index of tails.keys()) tails[index] = Chain.append(tails[index], one)

    expect(new Set(tails).size).to.equal(1)
  })

  it('differs where the histories differ', () => {
    const short = chainOf(b)
    const long = chainOf(a, b)

    expect([short, long].map(chain => Buffer.from(chain.bytes).toString())).to.deep.equal(['bb', 'abb'])
  })

  it('is not confused by a piece of equal bytes', () => {
    expect(chainOf(a, piece('x'))).not.to.equal(chainOf(a, piece('x')))
  })

  it('goes its own way behind a shared beginning', () => {
    const shared = chainOf(a)
    const one = Chain.append(shared, b)
    const other = Chain.append(shared, c)

    expect([one, other].map(chain => Buffer.from(chain.bytes).toString())).to.deep.equal(['abb', 'accc'])
  })

  it('is begun anew after the turn that began it', () => {
    const before = chainOf(a)
    Chain.forgetBeginning()

    expect(chainOf(a)).not.to.equal(before)
  })

  it('is encoded once for all who use one encoder', () => {
    let runs = 0
    const encoder = (bytes: Uint8Array): Uint8Array => {
      runs++
      return Buffer.from(bytes).reverse()
    }
    const chain = chainOf(a, b)

    expect(chain.encodedBy(encoder)).to.equal(chain.encodedBy(encoder))
    expect(runs).to.equal(1)
  })

  it('is encoded by the encoder it is asked for', () => {
    const chain = chainOf(a, b)
    chain.encodedBy(() => piece('first'))

    expect(Buffer.from(chain.encodedBy(bytes => Buffer.from(bytes).reverse())).toString()).to.equal('bba')
  })
})
