import { ConfigurationError } from '@signalbox/abstractions'
import { expect } from 'chai'
import { text, wholeNumber } from '../testing/standard-schema.js'
import { Hub } from './hub.js'
import { type HubClass, HubDescriptor } from './hub-descriptor.js'
import { type HubMethodDeclaration, hubMethod } from './hub-method.js'

class BaseHub extends Hub {
  @hubMethod({ name: 'Speak', arguments: [text] })
  speak(_text: string): string {
    return 'base'
  }

  @hubMethod
  ping(): string {
    return 'base'
  }
}

/** What a found method answers. */
function answer(hubClass: HubClass, target: string): unknown {
  return new HubDescriptor(hubClass).find(target)?.method.call(new hubClass())
}

/** A hub with one method for each declaration. */
function hubWith(hubMethods: Record<string, HubMethodDeclaration>, methods: object = {}): HubClass {
  class TableHub extends Hub {
    static readonly hubMethods = hubMethods
  }
  Object.defineProperties(TableHub.prototype, Object.getOwnPropertyDescriptors(methods))
  return TableHub
}

describe('HubDescriptor', () => {
  it('is named after the class', () => {
    expect(new HubDescriptor(BaseHub).name).to.equal('BaseHub')
  })

  it('is named as the class says', () => {
    class ChatHub extends Hub {
      static hubName = 'Chat.Hubs.ChatHub'
    }
    expect(new HubDescriptor(ChatHub).name).to.equal('Chat.Hubs.ChatHub')
  })

  describe('and inheritance', () => {
    class DerivedHub extends BaseHub {
      override speak(_text: string): string {
        return 'derived'
      }
    }

    it('exposes what a base class declares', () => {
      expect(answer(DerivedHub, 'ping')).to.equal('base')
    })

    it('runs the override of what a base class declares', () => {
      expect(answer(DerivedHub, 'speak')).to.equal('derived')
    })

    it('keeps name and schemas of what is overridden', () => {
      expect(new HubDescriptor(DerivedHub).find('speak')).to.include({ name: 'Speak', argumentCount: 1 })
    })

    it('prefers what an override declares', () => {
      class RedeclaringHub extends BaseHub {
        @hubMethod({ name: 'Say', arguments: [text, wholeNumber] })
        override speak(..._args: unknown[]): string {
          return 'derived'
        }
      }
      const descriptor = new HubDescriptor(RedeclaringHub)
      expect(descriptor.find('say')).to.include({ name: 'Say', argumentCount: 2 })
      expect(descriptor.find('speak')).to.equal(undefined)
    })

    it('leaves the base class as it was', () => {
      class RedeclaringHub extends BaseHub {
        @hubMethod({ name: 'Say' })
        override speak(_text: string): string {
          return 'derived'
        }
      }
      new HubDescriptor(RedeclaringHub)
      expect(answer(BaseHub, 'speak')).to.equal('base')
    })

    it('adds the table of a class to that of its base', () => {
      const Base = hubWith({ one: 0 }, { one: () => 1 })
      class Derived extends Base {
        static override readonly hubMethods = { two: 0 }

        two(): number {
          return 2
        }
      }
      expect([answer(Derived, 'one'), answer(Derived, 'two')]).to.deep.equal([1, 2])
    })

    it('prefers the table of a class to that of its base', () => {
      const Base = hubWith({ one: { name: 'First' } }, { one: () => 1 })
      class Derived extends Base {
        static override readonly hubMethods = { one: { name: 'Uno' } }
      }
      expect(new HubDescriptor(Derived).find('uno')?.name).to.equal('Uno')
      expect(new HubDescriptor(Derived).find('first')).to.equal(undefined)
    })

    it('prefers the table of a class to the decorators of its base', () => {
      class TableHub extends BaseHub {
        static hubMethods = { speak: { name: 'Say' } }
      }
      expect(new HubDescriptor(TableHub).find('say')?.name).to.equal('Say')
    })
  })

  describe('refuses', () => {
    const refuses = (hubClass: HubClass, message: string) =>
      expect(() => new HubDescriptor(hubClass))
        .to.throw(ConfigurationError, message)
        .with.property('option', 'hubMethods')

    for (const [hubMethods, message] of [
      [{ send: true }, 'TableHub.send is declared by true: write how many arguments it takes, { send: 2 }.'],
      [{ send: 'x' }, 'TableHub.send is declared by a text: write how many arguments it takes, { send: 2 }.'],
      [{ send: null }, 'TableHub.send is declared by null: write how many arguments it takes, { send: 2 }.'],
      [{ send: -1 }, 'TableHub.send must declare how many arguments it takes, or a list with a schema for each.'],
      [{ send: [1] }, 'TableHub.send must declare how many arguments it takes, or a list with a schema for each.'],
      [['send'], 'TableHub.hubMethods must be an object such as { send: 2 }, by how many arguments each method takes'],
      ['send', 'TableHub.hubMethods must be an object such as { send: 2 }, by how many arguments each method takes'],
    ] as const)
      it(`the table ${JSON.stringify(hubMethods)}, and says what to write`, () => {
        refuses(hubWith(hubMethods as never, { send: () => 1 }), message)
      })

    it('a declaration without a method', () => {
      refuses(hubWith({ gone: 0 }), "TableHub declares the hub method 'gone' but has no such method.")
    })

    it('a declaration of something that is no method', () => {
      refuses(hubWith({ five: 0 }, { five: 5 }), "TableHub declares the hub method 'five' but has no such method.")
    })

    it('two methods whose names differ only by case', () => {
      const hub = hubWith({ send: 0, Send: 0 }, { send() {}, Send() {} })
      refuses(hub, "Duplicate definitions of 'Send' in TableHub. Overloading is not supported.")
    })

    it('a method that is renamed to the name of another', () => {
      const hub = hubWith({ send: 0, other: { name: 'SEND' } }, { send() {}, other() {} })
      refuses(hub, "Duplicate definitions of 'SEND' in TableHub. Overloading is not supported.")
    })

    for (const name of ['onConnected', 'onDisconnected', 'constructor', 'toString', 'hasOwnProperty']) {
      it(`to expose ${name}, which belongs to every hub`, () => {
        refuses(hubWith({ [name]: 0 }), `TableHub cannot expose '${name}': it belongs to every hub.`)
      })

      it(`to expose ${name} by decorator, even when it is overridden`, () => {
        class OverridingHub extends Hub {}
        const override = () => {}
        hubMethod(override, {} as ClassMethodDecoratorContext)
        Object.defineProperty(OverridingHub.prototype, name, { value: override })
        refuses(OverridingHub, `OverridingHub cannot expose '${name}': it belongs to every hub.`)
      })
    }

    for (const name of ['context', 'clients', 'groups']) {
      it(`to expose the accessor ${name} of every hub`, () => {
        refuses(hubWith({ [name]: 0 }), `TableHub cannot expose '${name}': it belongs to every hub.`)
      })
    }

    it('to expose the prototype', () => {
      refuses(hubWith({ ['__proto__']: 0 }), "'__proto__'")
    })

    it('an accessor of the class, without running it', () => {
      let hasRun = false
      const accessor = {
        get secret() {
          hasRun = true
          return () => {}
        },
      }
      refuses(hubWith({ secret: 0 }, accessor), "TableHub declares the hub method 'secret' but has no such method.")
      expect(hasRun).to.equal(false)
    })

    it('a synchronous generator', () => {
      const hub = hubWith({ stream: 0 }, { *stream() {} })
      refuses(hub, "TableHub.stream is a synchronous generator: make it 'async *stream'.")
    })

    it('a schema in the place of a list of schemas, since nothing would be checked', () => {
      const declaration = text as unknown as HubMethodDeclaration
      refuses(hubWith({ send: declaration }, { send() {} }), 'TableHub')
    })
  })
})
