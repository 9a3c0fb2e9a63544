import { expect } from 'chai'
import { judge } from './known-failures.js'

describe('the list of known failures', () => {
  const passed = { name: 'WebSockets/json: a', failure: undefined }
  const failed = { name: 'WebSockets/json: a', failure: 'too late' }
  const listed = [{ scenario: 'WebSockets/json: a', reason: 'for the test' }]

  it('accepts the failure of a scenario that it names', () => {
    expect(judge([failed], listed)).to.deep.equal([])
  })

  it('accepts no other failure', () => {
    expect(judge([failed], [])).to.deep.equal(['FAIL WebSockets/json: a: too late'])
  })

  it('may name no scenario that passes', () => {
    expect(judge([passed], listed)).to.deep.equal([
      'passes now, though listed in known-failing.json: WebSockets/json: a',
    ])
    expect(judge([passed], [])).to.deep.equal([])
  })
})
