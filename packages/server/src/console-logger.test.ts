import { expect } from 'chai'
import { consoleLogger } from './console-logger.js'

describe('the console logger', () => {
  const { debug, info, warn, error } = console
  let written: unknown[][]

  beforeEach(() => {
    written = []
    for (const level of ['debug', 'info', 'warn', 'error'] as const)
      console[level] = (...args: unknown[]) => {
        written.push([level, ...args])
      }
  })

  afterEach(() => {
    Object.assign(console, { debug, info, warn, error })
  })

  it('writes errors with what they are about', () => {
    const cause = new Error('no')
    consoleLogger.error('It failed.', cause)
    expect(written).to.deep.equal([['error', 'It failed.', cause]])
  })

  it('writes warnings', () => {
    consoleLogger.warn('Beware.')
    expect(written).to.deep.equal([['warn', 'Beware.']])
  })

  it('writes nothing else', () => {
    consoleLogger.debug('detail')
    consoleLogger.info('news')
    expect(written).to.deep.equal([])
  })
})
