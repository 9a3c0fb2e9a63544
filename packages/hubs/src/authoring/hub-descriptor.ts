import { ConfigurationError, describeValue } from '@signalbox/abstractions'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { Hub } from './hub.js'
import {
  declarationOf,
  type HubMethodArguments,
  type HubMethodDeclaration,
  type HubMethodOptions,
} from './hub-method.js'
import type { StreamParameter } from './stream-parameter.js'

// biome-ignore lint/suspicious/noExplicitAny: a hub with whatever clients; `unknown` would refuse every typed one
export type AnyHub = Hub<any>

/** A class of hubs: it can be constructed without arguments. */
export interface HubClass<THub extends AnyHub = AnyHub> extends ActivatedHubClass<THub> {
  new (): THub
}

/** A class of hubs that only a `hubActivator` knows how to construct. */
export interface ActivatedHubClass<THub extends AnyHub = AnyHub> {
  new (...dependencies: never[]): THub
  /** Full CLR name of the hub on ASP.NET Core nodes of the same cluster; default the class's name. */
  readonly hubName?: string
  readonly hubMethods?: Readonly<Record<string, HubMethodDeclaration>>
  readonly prototype: THub
}

/** A method that clients may call. */
export interface HubMethodDescriptor {
  /** The registered name: error texts quote it whatever case the client used. */
  readonly name: string
  /** The method's name in the class. */
  readonly key: string
  readonly method: (this: AnyHub, ...args: never[]) => unknown
  /** Values a call has to bring; streams are not among them. */
  readonly argumentCount: number
  /** Checks, one per value; undefined where only the number is known. */
  readonly schemas: readonly StandardSchemaV1[] | undefined
  /** Streams from the client, each with the place of its parameter. */
  readonly streams: readonly { readonly index: number; readonly item: StandardSchemaV1 | undefined }[]
  readonly isStreaming: boolean
  readonly takesInvocation: boolean
  /** Who may call it: any authenticated user, or whom all of these policies let pass. */
  readonly authorize: true | readonly string[] | undefined
}

/**
 * What clients can call on a hub: declared methods only, found by name without regard to case.
 * @source HubReflectionHelper, DefaultHubDispatcher
 */
export class HubDescriptor {
  readonly name: string
  readonly #byExactName = new Map<string, HubMethodDescriptor>()
  readonly #byLowerName = new Map<string, HubMethodDescriptor>()
  readonly #hubClass: HubClass
  /** Methods that clients cannot call, by name in lower case. */
  #undeclared: ReadonlyMap<string, string> | undefined

  /**
   * @throws ConfigurationError for a declaration without method, a duplicate, or a method that cannot be a hub method.
   */
  constructor(hubClass: HubClass) {
    this.name = hubClass.hubName ?? hubClass.name
    this.#hubClass = hubClass
    for (const [key, options] of declarations(hubClass)) {
      this.#add(describe(this.name, key, methodOf(hubClass, this.name, key), options))
    }
  }

  get methods(): Iterable<HubMethodDescriptor> {
    return this.#byExactName.values()
  }

  find(target: string): HubMethodDescriptor | undefined {
    return this.#byExactName.get(target) ?? this.#byLowerName.get(target.toLowerCase())
  }

  /** @returns the name of the class's method that a client means and cannot call, since it is not declared. */
  findUndeclared(target: string): string | undefined {
    this.#undeclared ??= undeclaredMethods(this.#hubClass)
    return this.#undeclared.get(target.toLowerCase())
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
    for (const [key, declared] of Object.entries(checkedTable(type))) {
      if (!found.has(key)) found.set(key, optionsOf(type.name, key, declared))
    }
  }
  return found
}

/**
 * Methods that clients may have been meant to call, by their names in lower case. Members of every hub, such as
 * `onConnected`, are not among them; declared ones are, but are found before.
 */
function undeclaredMethods(hubClass: HubClass): Map<string, string> {
  const found = new Map<string, string>()
  for (let type: HubClass = hubClass; type.prototype instanceof Hub; type = Object.getPrototypeOf(type) as HubClass)
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type.prototype)))
      if (typeof value === 'function' && !(key in Hub.prototype)) found.set(key.toLowerCase(), key)
  return found
}

/** A list of names would expose methods called 0, 1, 2. */
function checkedTable({ name, hubMethods = {} }: HubClass): Readonly<Record<string, HubMethodDeclaration>> {
  if (typeof hubMethods === 'object' && hubMethods !== null && !Array.isArray(hubMethods)) return hubMethods
  throw new ConfigurationError(
    'hubMethods',
    `${name}.hubMethods must be an object such as { send: 2 }, by how many arguments each method takes, but is ${describeValue(hubMethods)}.`,
  )
}

function optionsOf(hubName: string, key: string, declared: HubMethodDeclaration): HubMethodOptions {
  if (typeof declared === 'number' || Array.isArray(declared)) return { arguments: declared as HubMethodArguments }
  if (typeof declared === 'object' && declared !== null && !('~standard' in declared))
    return declared as HubMethodOptions
  const isSchema = declared !== null && ['object', 'function'].includes(typeof declared)
  const found = isSchema
    ? 'one schema: a list is needed'
    : `${describeValue(declared)}: write how many arguments it takes`
  throw new ConfigurationError(
    'hubMethods',
    `${hubName}.${key} is declared by ${found}, { ${key}: ${isSchema ? '[schema]' : '2'} }.`,
  )
}

/** Looks without running anything: an accessor is no method. */
function methodOf(hubClass: HubClass, hubName: string, key: string): HubMethodDescriptor['method'] {
  if (key in Hub.prototype)
    throw new ConfigurationError('hubMethods', `${hubName} cannot expose '${key}': it belongs to every hub.`)
  let type: object | null = hubClass.prototype
  while (type !== null && !Object.hasOwn(type, key)) type = Object.getPrototypeOf(type)
  const method: unknown = type === null ? undefined : Object.getOwnPropertyDescriptor(type, key)?.value
  if (typeof method !== 'function')
    throw new ConfigurationError('hubMethods', `${hubName} declares the hub method '${key}' but has no such method.`)
  return method as HubMethodDescriptor['method']
}

function describe(
  hubName: string,
  key: string,
  method: HubMethodDescriptor['method'],
  options: HubMethodOptions,
): HubMethodDescriptor {
  if (method.constructor.name === 'GeneratorFunction')
    throw new ConfigurationError('hubMethods', `${hubName}.${key} is a synchronous generator: make it 'async *${key}'.`)
  const declared = checkedArguments(hubName, key, options.arguments ?? method.length)
  const parameters = typeof declared === 'number' ? [] : declared
  const schemas = parameters.filter((parameter): parameter is StandardSchemaV1 => !isStream(parameter))
  const streams = parameters.flatMap((parameter, index) =>
    isStream(parameter) ? [{ index, item: parameter.item }] : [],
  )
  return {
    name: options.name ?? key,
    key,
    method,
    argumentCount: typeof declared === 'number' ? declared : schemas.length,
    schemas: schemas.length === 0 ? undefined : schemas,
    streams,
    isStreaming: options.streams ?? method.constructor.name === 'AsyncGeneratorFunction',
    takesInvocation: method.length > (typeof declared === 'number' ? declared : declared.length),
    authorize:
      options.authorize === undefined || options.authorize === true ? options.authorize : [options.authorize].flat(),
  }
}

/** @throws ConfigurationError for what is neither a number of arguments nor a list of schemas. */
function checkedArguments(hubName: string, key: string, declared: HubMethodArguments): HubMethodArguments {
  if (typeof declared === 'number' && Number.isInteger(declared) && declared >= 0) return declared
  if (Array.isArray(declared) && declared.every(isParameter)) return declared
  throw new ConfigurationError(
    'hubMethods',
    `${hubName}.${key} must declare how many arguments it takes, or a list with a schema for each.`,
  )
}

const isParameter = (parameter: unknown): boolean =>
  ['object', 'function'].includes(typeof parameter) &&
  parameter !== null &&
  ('~standard' in (parameter as object) || 'isStream' in (parameter as object))

const isStream = (parameter: StandardSchemaV1 | StreamParameter): parameter is StreamParameter =>
  'isStream' in parameter
