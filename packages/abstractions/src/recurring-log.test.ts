import { mock } from 'node:test'
import { expect } from 'chai'
import { RecurringLog } from './recurring-log.js'

describe('RecurringLog', () => {
  let lines: string[]
  let log: RecurringLog

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] })
    lines = []
    const keep = (level: string) => (message: string) => lines.push(`${level}: ${message}`)
    log = new RecurringLog({ debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') })
  })

  afterEach(() => mock.timers.reset())

  it('logs the first of a cause at once', () => {
    log.warn('origin', 'Origin a was refused.')
    expect(lines).to.deep.equal(['warn: Origin a was refused.'])
  })

  it('tells those that follow within a minute in one line with their number', () => {
    for (const origin of ['a', 'b', 'c']) log.warn('origin', `Origin ${origin} was refused.`)
    mock.timers.tick(60_000)
    expect(lines.filter(line => !line.startsWith('debug'))).to.deep.equal([
      'warn: Origin a was refused.',
      'warn: Origin c was refused. (2 more of this kind in the last 60 s)',
    ])
  })

  it('has each single one at debug', () => {
    log.warn('origin', 'Origin a was refused.')
    log.warn('origin', 'Origin b was refused.')
    expect(lines).to.include('debug: Origin b was refused.')
  })

  it('counts causes apart', () => {
    log.warn('origin', 'Origin a was refused.')
    log.error('redis', 'Redis is away.')
    expect(lines).to.deep.equal(['warn: Origin a was refused.', 'error: Redis is away.'])
  })

  it('has one line a minute of what goes on and on', () => {
    for (let second = 0; second < 180; second++) {
      log.warn('origin', 'Refused.')
      mock.timers.tick(1_000)
    }
    expect(lines.filter(line => line.startsWith('warn'))).to.have.length(4)
  })

  it('tells what it has counted when it is flushed, and no second time', () => {
    for (const origin of ['a', 'b']) log.warn('origin', `Origin ${origin} was refused.`)
    log.flush()
    mock.timers.tick(60_000)
    expect(lines.filter(line => line.startsWith('warn'))).to.deep.equal([
      'warn: Origin a was refused.',
      'warn: Origin b was refused. (1 more of this kind in the last 60 s)',
    ])
  })

  it('counts each cause from the start', () => {
    log.warn('origin', 'Refused.')
    mock.timers.tick(60_000)
    log.warn('origin', 'Refused.')
    log.error('redis', 'Redis is away.')
    expect([...log.counts]).to.deep.equal([
      ['origin', 2],
      ['redis', 1],
    ])
  })

  it('logs at once again after a minute without any', () => {
    log.warn('origin', 'Refused.')
    mock.timers.tick(60_000)
    log.warn('origin', 'Refused again.')
    expect(lines).to.deep.equal(['warn: Refused.', 'warn: Refused again.'])
  })
})
