import { silentLogger } from '@signalbox/abstractions'
import { expect } from 'chai'
import { guardedLogger } from './guarded-logger.js'

describe('guardedLogger', () => {
  it('passes on what is logged', () => {
    const logged: unknown[] = []
    const logger = guardedLogger({ ...silentLogger, warn: (message, error) => logged.push(message, error) })
    logger.warn('careful', 'why')
    expect(logged).to.deep.equal(['careful', 'why'])
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
