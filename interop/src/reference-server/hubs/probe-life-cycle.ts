import { Hub, HubException, hubMethod } from 'signalbox'
import { InvalidOperationException } from './clr-exceptions.js'
import { text } from './clr-types.js'
import { ProbeGates } from './probe-gates.js'
import { describeEnd, ProbeJournal } from './probe-journal.js'

interface ProbeClient {
  Message(message: number | string): void
  Ask(number: number): unknown
  Values(values: unknown): void
}

/** A hub instance lives for one call, what it tells has to last. */
export const journal = new ProbeJournal()
export const gates = new ProbeGates()

const keyItem = Symbol('key')

/** A connection's life, steered and recorded by the query: `?key=K&connect=…&aborted=…&disconnect=…`. */
export abstract class ProbeLifeCycle extends Hub<ProbeClient> {
  override async onConnected(): Promise<void> {
    const key = this.#query('key') ?? this.context.connectionId
    this.context.items.set(keyItem, key)
    this.#recordAbort(key, this.#query('aborted') === 'throw')

    journal.record(key, 'connecting')
    await this.#steerConnect(key)
    journal.record(key, 'connected')
  }

  override onDisconnected(error: Error | undefined): void {
    journal.record(this.context.items.get(keyItem) as string, describeEnd('disconnected', error))
    if (this.#query('disconnect') === 'throw') throw new InvalidOperationException('Hub OnDisconnected failed.')
  }

  @hubMethod(text)
  ReleaseConnect(key: string): void {
    gates.release(connectGate(key))
  }

  @hubMethod
  AbortTwice(): void {
    this.context.abort()
    this.context.abort()
  }

  async #steerConnect(key: string): Promise<void> {
    switch (this.#query('connect')) {
      case 'throw':
        throw new InvalidOperationException('Hub OnConnected failed.')
      case 'hubexception':
        throw new HubException('no')
      case 'block':
        await gates.wait(connectGate(key))
        break
      case 'abort':
        this.context.abort()
        break
      case 'send':
        await this.clients.caller.Message('from OnConnectedAsync')
        break
      case 'ask':
        await this.clients.caller.invoke.Ask(0)
        break
    }
  }

  #recordAbort(key: string, fail: boolean): void {
    this.context.connectionAborted.addEventListener('abort', () => {
      journal.record(key, 'aborted')
      if (fail) throw new InvalidOperationException('ConnectionAborted callback failed.')
    })
  }

  #query(name: string): string | undefined {
    return this.context.httpRequest.query(name)
  }
}

const connectGate = (key: string): string => `connect:${key}`
