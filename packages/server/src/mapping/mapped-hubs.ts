import {
  ConfigurationError,
  type ConnectionContext,
  type ConnectionHandler,
  type Logger,
  type Node,
  type RecurringLog,
  systemClock,
} from '@signalbox/abstractions'
import {
  DefaultHubLifetimeManager,
  Hub,
  type HubClass,
  type HubContext,
  type HubLifetimeManager,
  HubRuntime,
} from '@signalbox/hubs'
import type { HubProtocol } from '@signalbox/protocol'
import type { Extensions } from '../extensions/extensions.js'
import type { MappedHub } from '../extensions/server-extension.js'

/** The hubs of a server, by class and by name; a class that is mapped to several paths is one hub. */
export class MappedHubs {
  readonly #node: Node
  readonly #protocols: readonly HubProtocol[]
  readonly #extensions: Extensions
  readonly #logger: Logger
  readonly #recurringLog: RecurringLog
  readonly #byClass = new Map<HubClass, HubMapping>()
  readonly #byName = new Map<string, MappedHub>()

  constructor(
    node: Node,
    protocols: readonly HubProtocol[],
    extensions: Extensions,
    logger: Logger,
    recurringLog: RecurringLog,
  ) {
    this.#node = node
    this.#protocols = protocols
    this.#extensions = extensions
    this.#logger = logger
    this.#recurringLog = recurringLog
  }

  /** Of two classes with one name, that which was mapped first. */
  get byName(): ReadonlyMap<string, MappedHub> {
    return this.#byName
  }

  /** @throws ConfigurationError when the class is not mapped. */
  contextOf(hubClass: HubClass): HubContext {
    const mapping = this.#byClass.get(hubClass)
    if (mapping === undefined) throw new ConfigurationError('hub', `${hubClass.name} is not mapped: call mapHub first.`)
    return mapping.context
  }

  /**
   * What a class that is not mapped yet would run on.
   * @throws ConfigurationError when it declares something that cannot be a hub method.
   */
  runtimeOf(hubClass: HubClass): HubRuntime {
    return this.#byClass.get(hubClass)?.runtime ?? this.#createRuntime(hubClass)
  }

  add(runtime: HubRuntime, path: string, handler: ConnectionHandler): void {
    const { hubClass, descriptor } = runtime
    const mapping = this.#byClass.get(hubClass) ?? new HubMapping(runtime, handler)
    mapping.paths.push(path)
    this.#byClass.set(hubClass, mapping)
    if (!this.#byName.has(descriptor.name)) this.#byName.set(descriptor.name, mapping)
  }

  #createRuntime(hubClass: HubClass): HubRuntime {
    return new HubRuntime(
      hubClass,
      this.#createLifetimeManager(hubClass),
      this.#protocols,
      this.#logger,
      systemClock,
      this.#extensions.hubs,
      this.#recurringLog,
      this.#extensions.list,
    )
  }

  #createLifetimeManager({ hubName, name }: HubClass): HubLifetimeManager {
    const { backplane } = this.#extensions
    if (backplane === undefined) return new DefaultHubLifetimeManager()
    if (hubName === undefined && name.length <= 2)
      this.#logger.warn(
        `A hub's class has the name '${name}', as minified code has: other nodes, which may be built anew or written in C#, will not` +
          " share its Redis channels. Give it a name that stays: static hubName = 'Chat.Hubs.ChatHub'.",
      )
    return backplane.createLifetimeManager({
      name: hubName ?? name,
      node: this.#node,
      protocols: this.#protocols,
      logger: this.#logger,
      recurringLog: this.#recurringLog,
    })
  }
}

class HubMapping implements MappedHub {
  readonly runtime: HubRuntime
  readonly paths: string[] = []
  readonly #handler: ConnectionHandler

  /** @param handler - of the first path. */
  constructor(runtime: HubRuntime, handler: ConnectionHandler) {
    this.runtime = runtime
    this.#handler = handler
  }

  get name(): string {
    return this.runtime.descriptor.name
  }

  get context(): HubContext {
    return this.runtime.context
  }

  hasMethod(name: string): boolean {
    return this.runtime.descriptor.find(name) !== undefined
  }

  accept(connection: ConnectionContext): void {
    void this.#handler(connection) // hubs begin at once
  }
}

/** JavaScript may pass anything; what is no hub would map without an error and fail at the first connection. */
export function checkedHubClass(taker: 'mapHub' | 'testHub', hubClass: unknown): HubClass {
  if (typeof hubClass === 'function' && hubClass.prototype instanceof Hub) return hubClass as HubClass
  const name = typeof hubClass === 'function' ? hubClass.name : String(hubClass)
  throw new ConfigurationError('hubClass', `${taker} needs a class that extends Hub of signalbox, but got ${name}.`)
}
