import { expect } from 'chai'
import { Hub } from '../index.js'
import { createServer } from '../signalbox-server.js'

class ChatHub extends Hub {}

/** Names that an object answers to, its own and those it inherits, without those of every object. */
function namesOf(value: object): string[] {
  const names: (string | symbol)[] = []
  for (let part = value; part !== Object.prototype; part = Object.getPrototypeOf(part))
    names.push(...Reflect.ownKeys(part).filter(name => name !== 'constructor'))
  return names.map(String).sort()
}

describe('server.hub(ChatHub)', () => {
  const server = createServer()
  server.mapHub('/chat', ChatHub)
  const hub = server.hub(ChatHub)

  it('has what is documented, and nothing else', () => {
    expect(namesOf(hub)).to.deep.equal(['clients', 'groups', 'membership'])
  })

  for (const [part, names] of [
    ['clients', ['all', 'allExcept', 'client', 'clients', 'group', 'groupExcept', 'groups', 'user', 'users']],
    ['groups', ['addToGroup', 'removeFromGroup']],
    ['membership', ['connection', 'connections', 'count', 'disconnect', 'isComplete', 'users', 'watch']],
  ] as const)
    it(`has in ${part} what is documented, and nothing else`, () => {
      expect(namesOf(hub[part])).to.deep.equal(names)
    })

  it('cannot be changed', () => {
    expect(Object.isFrozen(hub)).to.equal(true)
  })
})
