import { once } from 'node:events'
import { warningsDuring } from '@signalbox/conformance'
import { expect } from 'chai'
import { createGuardedAbortController } from './guarded-abort-controller.js'

describe('a guarded AbortController', () => {
  let errors: unknown[]
  let controller: AbortController

  beforeEach(() => {
    errors = []
    controller = createGuardedAbortController(error => errors.push(error))
  })

  it('reports what a listener throws, and calls the others', () => {
    const calls: string[] = []
    controller.signal.addEventListener('abort', () => {
      throw new Error('BOOM!')
    })
    controller.signal.addEventListener('abort', () => calls.push('second'))
    controller.abort()
    expect(errors.map(String)).to.deep.equal(['Error: BOOM!'])
    expect(calls).to.deep.equal(['second'])
  })

  it('takes a listener off again', () => {
    const listener = () => expect.fail('it was taken off')
    controller.signal.addEventListener('abort', listener)
    controller.signal.removeEventListener('abort', listener)
    controller.abort()
    expect(errors).to.deep.equal([])
  })

  it('calls a listener once that asks for it', () => {
    let calls = 0
    controller.signal.addEventListener('abort', () => calls++, { once: true })
    controller.abort()
    controller.signal.dispatchEvent(new Event('abort'))
    expect(calls).to.equal(1)
  })

  it('works where Node listens', async () => {
    const waiting = once(new EventTarget(), 'never', { signal: controller.signal })
    controller.abort()
    let reason: unknown
    await waiting.catch(error => {
      reason = error
    })
    expect((reason as Error).name).to.equal('AbortError')
  })

  it('takes eleven listeners without a warning of a leak', async () => {
    const warnings = await warningsDuring(() => {
      for (let count = 0; count < 11; count++) controller.signal.addEventListener('abort', () => {})
    })
    expect(warnings).to.deep.equal([])
  })

  it('works as a part of AbortSignal.any', () => {
    const any = AbortSignal.any([controller.signal])
    controller.abort()
    expect(any.aborted).to.equal(true)
  })
})
