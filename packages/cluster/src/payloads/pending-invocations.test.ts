import { expect } from 'chai'
import { InvalidPayloadError } from './payload-reader.js'
import { readPendingInvocations, writePendingInvocations } from './pending-invocations.js'

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')

describe('A check of invocations', () => {
  it('comes out as it went in', () => {
    const invocations = Array.from({ length: 20 }, (_, index) => ({
      connectionId: `c${index}`,
      invocationId: `${index}`,
    }))
    for (const check of [
      { returnChannel: 'H:internal:return:S', invocations },
      { returnChannel: 'R', invocations: [] },
    ])
      expect(readPendingInvocations(writePendingInvocations(check))).to.deep.equal(check)
  })

  it('may be longer than is known today', () => {
    const check = readPendingInvocations(bytes('93 a152 92 a163 a131 a178'))
    expect(check).to.deep.equal({ returnChannel: 'R', invocations: [{ connectionId: 'c', invocationId: '1' }] })
  })

  it('says where results are wanted, or is none', () => {
    expect(() => readPendingInvocations(bytes('92 c0 92 a163 a131'))).to.throw(InvalidPayloadError)
  })
})
