import { expect } from 'chai'
import { Calls } from './calls.js'

describe('the calls of a fault run', () => {
  let calls: Calls

  beforeEach(() => {
    calls = new Calls()
  })

  const wrongWhileDisturbed = () => calls.close(Number.POSITIVE_INFINITY)
  const wrongWhenAllIsWell = () => calls.close(0)

  it('may fail while something is broken, and not when all is well', async () => {
    await calls.make('a join', 1_000, async () => 'UNREACHABLE')
    expect(wrongWhileDisturbed()).to.deep.equal([])
    await calls.make('a join', 1_000, async () => 'UNREACHABLE')
    expect(wrongWhenAllIsWell()).to.deep.equal(['a join failed without a fault: UNREACHABLE'])
  })

  it('may never fail otherwise', async () => {
    await calls.make('a join', 1_000, () => Promise.reject(new Error('closed')))
    expect(wrongWhileDisturbed()).to.deep.equal(['a join failed: closed'])
  })

  it('must end in time, whatever comes of them', async () => {
    await calls.make('a join', -1, async () => undefined)
    expect(wrongWhileDisturbed()).to.deep.equal(['a join took 0 ms'])
  })
})
