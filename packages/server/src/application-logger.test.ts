import { silentLogger } from '@signalbox/abstractions'
import { expect } from 'chai'
import { consoleLogger, guardedLogger } from './application-logger.js'

describe('guardedLogger', () => {
  it('passes on what is logged', () => {
    const logged: unknown[] = []
    const logger = guardedLogger({ ...silentLogger, warn: (message, error) => logged.push(message, error) })
    logger.warn('careful', 'why')
    expect(logged).to.deep.equal(['careful', 'why'])
  })

  it('passes no error where there is none, which console would print', () => {
    const logged: unknown[][] = []
    const logger = guardedLogger({ ...silentLogger, warn: (...given) => logged.push(given) })
    logger.warn('careful')
    expect(logged).to.deep.equal([['careful']])
  })

  it('does not let the rejection of an async logger end the process', async () => {
    const unhandled: unknown[] = []
    const keep = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', keep)
    try {
      guardedLogger({ ...silentLogger, warn: () => Promise.reject(new Error('BOOM!')) }).warn('careful')
      await new Promise(setImmediate)
      expect(unhandled).to.deep.equal([])
    } finally {
      process.off('unhandledRejection', keep)
    }
  })

  it('does not throw when the logger does', () => {
    const logger = guardedLogger({
      ...silentLogger,
      error: () => {
        throw new Error('BOOM!')
      },
    })
    expect(() => logger.error('failed')).not.to.throw()
  })
})

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
