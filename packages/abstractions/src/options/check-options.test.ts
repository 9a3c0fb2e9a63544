import { expect } from 'chai'
import { ConfigurationError } from '../signalr-error.js'
import { checkOptions } from './check-options.js'
import {
  aFunction,
  anObject,
  anObjectWithAny,
  either,
  instanceOf,
  listOf,
  membersOf,
  numberFrom,
  oneOf,
  recordOf,
  text,
} from './option-kinds.js'
import { withDefaults } from './option-table.js'

const table = {
  waitMs: { doc: 'Something.', takes: numberFrom(1, 1000), default: 10, dotNetName: 'Wait.Period' },
  prefix: { doc: 'Something.', takes: text(), otherNames: ['namespace'] },
  url: { doc: 'Something.', takes: either(text(), instanceOf('a URL', URL)) },
  rules: { doc: 'Something.', takes: recordOf('an object with rules', aFunction('a rule')) },
  filter: {
    doc: 'Something.',
    takes: anObjectWithAny<{ before?: unknown; after?: unknown }>('a filter', 'before', 'after'),
  },
  mode: { doc: 'Something.', takes: oneOf('fast', 'safe') },
  onEnd: { doc: 'Something.', takes: aFunction() },
  more: { doc: 'Something.', takes: anObject('an object with more') },
  nodes: {
    doc: 'Something.',
    takes: listOf(
      'a list of nodes',
      membersOf('connect', { port: { doc: 'Something.', takes: numberFrom(0), isRequired: true } }),
    ),
  },
}

describe('options as data', () => {
  const mistakes: readonly { readonly options: unknown; readonly option: string; readonly message: string }[] = [
    { options: { WaitMs: 1 }, option: 'WaitMs', message: "connect has no option 'WaitMs': did you mean 'waitMs'." },
    { options: { wait: 1 }, option: 'wait', message: "connect has no option 'wait': did you mean 'waitMs'." },
    { options: { Period: 1 }, option: 'Period', message: "connect has no option 'Period': did you mean 'waitMs'." },
    {
      options: { namespace: '' },
      option: 'namespace',
      message: "connect has no option 'namespace': did you mean 'prefix'.",
    },
    { options: { prefx: '' }, option: 'prefx', message: "connect has no option 'prefx': did you mean 'prefix'." },
    { options: { constructor: 1 }, option: 'constructor', message: "connect has no option 'constructor'." },
    { options: { waitMs: 0 }, option: 'waitMs', message: 'waitMs must be a number from 1 to 1,000, but is 0.' },
    { options: { waitMs: NaN }, option: 'waitMs', message: 'waitMs must be a number from 1 to 1,000, but is NaN.' },
    { options: { waitMs: null }, option: 'waitMs', message: 'waitMs must be a number from 1 to 1,000, but is null.' },
    { options: { prefix: class A {} }, option: 'prefix', message: 'prefix must be a text, but is the class A.' },
    { options: { url: 7 }, option: 'url', message: 'url must be a text or a URL, but is 7.' },
    { options: { mode: 'slow' }, option: 'mode', message: "mode must be 'fast' or 'safe', but is the text 'slow'." },
    { options: { onEnd: Promise.resolve() }, option: 'onEnd', message: 'onEnd must be a function, but is a promise.' },
    { options: { more: [] }, option: 'more', message: 'more must be an object with more, but is an array.' },
    { options: { nodes: {} }, option: 'nodes', message: 'nodes must be a list of nodes, but is an object.' },
    {
      options: { nodes: [{ port: 1 }, { port: -1 }] },
      option: 'nodes',
      message: 'nodes[1].port must be a number not below 0, but is -1.',
    },
    { options: { nodes: [{}] }, option: 'nodes', message: 'connect needs nodes[0].port, a number not below 0.' },
    { options: { rules: [] }, option: 'rules', message: 'rules must be an object with rules, but is an array.' },
    { options: { rules: { a() {}, b: 1 } }, option: 'rules', message: 'rules.b must be a rule, but is 1.' },
    { options: { filter: {} }, option: 'filter', message: 'filter must be a filter, but is an object.' },
    {
      options: { filter: { before() {}, after: 1 } },
      option: 'filter',
      message: 'filter must be a filter, but is an object.',
    },
    { options: { nodes: [{ host: 1 }] }, option: 'nodes', message: "connect has no option 'nodes[0].host'." },
    { options: null, option: 'options', message: 'connect takes an object with options, but got null.' },
    { options: ['a'], option: 'options', message: 'connect takes an object with options, but got an array.' },
  ]
  for (const { options, option, message } of mistakes)
    it(`say: ${message}`, () => {
      expect(() => checkOptions('connect', table, options))
        .to.throw(ConfigurationError, message)
        .with.property('option', option)
    })

  it('do not repeat a text that may be a secret', () => {
    const secret = { onEnd: 'redis://user:secret@host' }
    expect(() => checkOptions('connect', table, secret)).to.throw('onEnd must be a function, but is a text.')
  })

  it('let what is undefined pass, as if it were not there', () => {
    expect(() => checkOptions('connect', table, { waitMs: undefined, mode: 'fast' })).not.to.throw()
  })

  const few = {
    waitMs: table.waitMs,
    prefix: table.prefix,
    more: { doc: '', takes: either(anObject<object>('more'), oneOf(null)) },
  }
  const resolve = (options: { waitMs?: number; prefix?: string; more?: object | null }) =>
    withDefaults<typeof options, typeof few>(few, options)

  it('have their defaults where they are not given', () => {
    expect(resolve({ prefix: 'a' })).to.deep.equal({ waitMs: 10, prefix: 'a', more: undefined })
  })

  it('have no default for a null that is given', () => {
    expect(resolve({ more: null })).to.deep.equal({ waitMs: 10, prefix: undefined, more: null })
  })

  it('are taken from a larger object, and only when their values fit', () => {
    expect(resolve({ other: 1 } as object)).to.deep.equal({ waitMs: 10, prefix: undefined, more: undefined })
    expect(() => resolve({ waitMs: 0 })).to.throw(ConfigurationError, 'waitMs must be a number from 1 to 1,000')
  })
})
