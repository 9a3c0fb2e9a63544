import { text, wholeNumber } from '../testing/standard-schema.js'
import { Hub } from './hub.js'
import { type HubMethodTable, hubMethod } from './hub-method.js'

// The compiler is the test: an expectation that is not met is an error of the build.

interface ChatClient {
  receiveMessage(user: string, text: string): void
  left(user: string): void
}

export class ChatHub extends Hub<ChatClient> {
  @hubMethod(text)
  async send(message: string): Promise<void> {
    const { all, caller, others } = this.clients
    await all.receiveMessage('ann', message)
    // @ts-expect-error -- clients have no such event
    await all.recieveMessage('ann', message)
    // @ts-expect-error -- an argument is missing
    await all.receiveMessage('ann')
    // @ts-expect-error -- there is one argument too many
    await caller.receiveMessage('ann', message, 1)
    // @ts-expect-error -- the argument has another type
    await others.receiveMessage(1, message)
    // @ts-expect-error -- the argument may not be missing
    await others.left(undefined)
    // @ts-expect-error -- a send has no result
    await all.receiveMessage(await all.left('ann'), message)
  }

  @hubMethod
  async everyTarget(): Promise<void> {
    const { clients } = this
    // @ts-expect-error -- clients have no such event
    await clients.allExcept(['1']).nope()
    // @ts-expect-error -- clients have no such event
    await clients.client('1').nope()
    // @ts-expect-error -- clients have no such event
    await clients.clients(['1']).nope()
    // @ts-expect-error -- clients have no such event
    await clients.group('ops').nope()
    // @ts-expect-error -- clients have no such event
    await clients.groups(['ops']).nope()
    // @ts-expect-error -- clients have no such event
    await clients.groupExcept('ops', ['1']).nope()
    // @ts-expect-error -- clients have no such event
    await clients.othersInGroup('ops').nope()
    // @ts-expect-error -- clients have no such event
    await clients.user('ann').nope()
    // @ts-expect-error -- clients have no such event
    await clients.users(['ann']).nope()
  }
}

/** Without a client type any event with any arguments may be sent. */
export class UntypedHub extends Hub {
  @hubMethod
  async send(): Promise<void> {
    await this.clients.all['anything']!(1, 'a', null)
  }
}

export class TableHub extends Hub<ChatClient> {
  static hubMethods = { send: [text, wholeNumber], ping: 0 } satisfies HubMethodTable<TableHub>

  send(_text: string, _count: number): void {}

  ping(): void {}
}

export class MisspelledTableHub extends Hub {
  // @ts-expect-error -- the class has no such method
  static hubMethods = { sned: [text] } satisfies HubMethodTable<MisspelledTableHub>

  send(_text: string): void {}
}

export class FieldTableHub extends Hub {
  // @ts-expect-error -- it is not a method
  static hubMethods = { topic: 0 } satisfies HubMethodTable<FieldTableHub>

  readonly topic: string = ''
}

export class LooseSchemaHub extends Hub {
  // @ts-expect-error -- schemas stand in a list
  static hubMethods = { send: text } satisfies HubMethodTable<LooseSchemaHub>

  send(_text: string): void {}
}

export class FieldHub extends Hub {
  // @ts-expect-error -- only methods can be hub methods
  @hubMethod
  readonly topic: string = ''

  // @ts-expect-error -- options have no such member
  @hubMethod({ nmae: 'Send' })
  send(): void {}
}
