import { ConfigurationError } from '@signalbox/abstractions'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { Hub } from './hub.js'
import { declarationOf, type HubMethodDeclaration, type HubMethodOptions } from './hub-method.js'

// biome-ignore lint/suspicious/noExplicitAny: a hub with whatever clients; `unknown` would refuse every typed one
export type AnyHub = Hub<any>

/** A class of hubs: it can be constructed without arguments. */
export interface HubClass<THub extends AnyHub = AnyHub> {
  new (): THub
  /** Full CLR name of the hub on ASP.NET Core nodes of the same cluster; default the class's name. */
  readonly hubName?: string
  readonly hubMethods?: Readonly<Record<string, HubMethodDeclaration>>
  readonly prototype: THub
}

/** A method that clients may call. */
export interface HubMethodDescriptor {
  /** The registered name: error texts quote it whatever case the client used. */
  readonly name: string
  readonly method: (this: Hub, ...args: never[]) => unknown
  readonly argumentCount: number
  /** Checks, one per argument; undefined where only the number is known. */
  readonly schemas: readonly StandardSchemaV1[] | undefined
}

/** What clients can call on a hub: declared methods only, found by name without regard to case. @source HubReflectionHelper, DefaultHubDispatcher */
export class HubDescriptor {
  readonly name: string
  readonly #byExactName = new Map<string, HubMethodDescriptor>()
  readonly #byLowerName = new Map<string, HubMethodDescriptor>()

  /** @throws ConfigurationError for a declaration without method, a duplicate, or a method that cannot be a hub method. */
  constructor(hubClass: HubClass) {
    this.name = hubClass.hubName ?? hubClass.name
    for (const [key, options] of declarations(hubClass)) {
      const method = (hubClass.prototype as unknown as Record<string, unknown>)[key]
      if (typeof method !== 'function')
        throw new ConfigurationError(
          'hubMethods',
          `${this.name} declares the hub method '${key}' but has no such method.`,
        )
      this.#add(describe(this.name, key, method as HubMethodDescriptor['method'], options))
    }
  }

  find(target: string): HubMethodDescriptor | undefined {
    return this.#byExactName.get(target) ?? this.#byLowerName.get(target.toLowerCase())
  }

  #add(descriptor: HubMethodDescriptor): void {
    const lowerName = descriptor.name.toLowerCase()
    if (this.#byLowerName.has(lowerName))
      throw new ConfigurationError(
        'hubMethods',
        `Duplicate definitions of '${descriptor.name}' in ${this.name}. Overloading is not supported.`,
      )
    this.#byExactName.set(descriptor.name, descriptor)
    this.#byLowerName.set(lowerName, descriptor)
  }
}

/** Declarations of a class and its bases by method name; an override keeps what its base declared. */
function declarations(hubClass: HubClass): Map<string, HubMethodOptions> {
  const found = new Map<string, HubMethodOptions>()
  for (let type: HubClass = hubClass; type.prototype instanceof Hub; type = Object.getPrototypeOf(type) as HubClass) {
    for (const key of Object.getOwnPropertyNames(type.prototype)) {
      const options = declarationOf(Object.getOwnPropertyDescriptor(type.prototype, key)?.value)
      if (options !== undefined && !found.has(key)) found.set(key, options)
    }
    if (!Object.hasOwn(type, 'hubMethods')) continue
    for (const [key, declared] of Object.entries(type.hubMethods ?? {})) {
      if (!found.has(key)) found.set(key, isOptions(declared) ? declared : { arguments: declared })
    }
  }
  return found
}

const isOptions = (declared: HubMethodDeclaration): declared is HubMethodOptions =>
  typeof declared === 'object' && !Array.isArray(declared)

function describe(
  hubName: string,
  key: string,
  method: HubMethodDescriptor['method'],
  options: HubMethodOptions,
): HubMethodDescriptor {
  if (key in Hub.prototype)
    throw new ConfigurationError('hubMethods', `${hubName} cannot expose '${key}': it belongs to every hub.`)
  if (method.constructor.name.endsWith('GeneratorFunction'))
    throw new ConfigurationError('hubMethods', `${hubName}.${key} is a generator: streaming results are not supported.`)
  const declared = options.arguments ?? method.length
  return {
    name: options.name ?? key,
    method,
    argumentCount: typeof declared === 'number' ? declared : declared.length,
    schemas: typeof declared === 'number' || declared.length === 0 ? undefined : declared,
  }
}
