import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { StreamParameter } from './stream-parameter.js'

/** What a client passes to one parameter: a value checked by a schema, or a stream of items. */
export type HubMethodParameter = StandardSchemaV1 | StreamParameter

/** What a client may pass to a hub method: a schema or `stream(…)` per parameter, or only the number of values. */
export type HubMethodArguments = readonly HubMethodParameter[] | number

/**
 * How a hub method is exposed. Without `arguments` the number is that of the method's parameters (those before the
 * first default or rest parameter), and they are not checked. A method with more parameters than `arguments` gets its
 * `Invocation` as the next one.
 */
export interface HubMethodOptions {
  /** Name clients call it by, in any case; default the method's own. @source HubMethodNameAttribute */
  readonly name?: string
  readonly arguments?: HubMethodArguments
  /** Whether its result is an async iterable to be streamed; default true for async generators only. */
  readonly streams?: boolean
  /** Who may call it: any authenticated user (true), or whom the named policies let pass. @source AuthorizeAttribute */
  readonly authorize?: true | string | readonly string[]
}

export type HubMethodDeclaration = HubMethodArguments | HubMethodOptions

/**
 * Hub methods without decorators: method name → declaration, as a static member of the class:
 * `static hubMethods = { send: [z.string()], ping: 0 } satisfies HubMethodTable<ChatHub>`.
 */
export type HubMethodTable<THub> = {
  readonly [K in keyof THub as THub[K] extends AnyMethod ? K : never]?: HubMethodDeclaration
}

// biome-ignore lint/suspicious/noExplicitAny: a method of any parameters; `unknown` would refuse them all
type AnyMethod = (this: any, ...args: any[]) => unknown

/** Decorators leave their declarations on the function itself: it is all that both decorator dialects hand over. */
const declaration = Symbol('signalbox.hubMethod')
const authorization = Symbol('signalbox.authorize')

interface Marked {
  [declaration]?: HubMethodOptions
  [authorization]?: true | string | readonly string[]
}

/** What a decorated method declares; undefined when it is no hub method. */
export function declarationOf(method: unknown): HubMethodOptions | undefined {
  if (typeof method !== 'function') return undefined
  const marked = method as Marked
  if (marked[declaration] === undefined || marked[authorization] === undefined) return marked[declaration]
  return { authorize: marked[authorization], ...marked[declaration] }
}

/** What `@authorize` left on a hub class. */
export const classAuthorizationOf = (hubClass: object): HubMethodOptions['authorize'] =>
  Object.hasOwn(hubClass, authorization) ? (hubClass as Marked)[authorization] : undefined

type MethodDecorator = <T extends AnyMethod>(
  method: T | object,
  context: ClassMethodDecoratorContext | string | symbol,
  descriptor?: PropertyDescriptor,
) => void

/**
 * Exposes a method to clients; a method without it cannot be called.
 * Use it bare (`@hubMethod`), with a parameter each (`@hubMethod(z.string(), stream(z.number()))`) or with options
 * (`@hubMethod({ name: 'Send', arguments: [z.string()] })`). Works as a standard decorator and under
 * `experimentalDecorators`.
 */
export function hubMethod<T extends AnyMethod>(method: T, context: ClassMethodDecoratorContext): void
export function hubMethod(prototype: object, name: string | symbol, descriptor: PropertyDescriptor): void
export function hubMethod(options: HubMethodOptions): MethodDecorator
export function hubMethod(...parameters: HubMethodParameter[]): MethodDecorator
export function hubMethod(...input: unknown[]): MethodDecorator | undefined {
  if (isDecoratorCall(input)) {
    mark(input, declaration, {})
    return undefined
  }
  const [first] = input
  let options: HubMethodOptions = {}
  if (isOptions(first)) options = first
  else if (input.length > 0) options = { arguments: input as HubMethodParameter[] }
  return (...call: unknown[]) => mark(call, declaration, options)
}

type AuthorizeDecorator = {
  // biome-ignore lint/suspicious/noExplicitAny: a class decorator takes classes of any constructor
  (hubClass: abstract new (...args: any[]) => unknown, context?: ClassDecoratorContext): void
  <T extends AnyMethod>(
    method: T | object,
    context: ClassMethodDecoratorContext | string | symbol,
    descriptor?: PropertyDescriptor,
  ): void
}

/**
 * Lets only authenticated users, or whom the named policies let pass, call a hub method; on a hub class, make any
 * request to the hub.
 * @source AuthorizeAttribute
 */
export const authorize =
  (...policies: string[]): AuthorizeDecorator =>
  (...call: unknown[]) =>
    mark(call, authorization, policies.length === 0 ? true : policies)

/**
 * Standard: (function, context); `experimentalDecorators`: (prototype, name, descriptor). Neither looks like a list of
 * schemas.
 */
const isDecoratorCall = (input: unknown[]): boolean =>
  (input.length === 3 && (typeof input[1] === 'string' || typeof input[1] === 'symbol')) ||
  (input.length === 2 && typeof input[0] === 'function' && !isSchema(input[1]))

const isSchema = (value: unknown): boolean =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value

const isOptions = (value: unknown): value is HubMethodOptions =>
  typeof value === 'object' && value !== null && !isSchema(value) && !('isStream' in value)

function mark<K extends keyof Marked>(call: unknown[], key: K, value: NonNullable<Marked[K]>): void {
  const legacy = call[2] as PropertyDescriptor | undefined
  const marked = (legacy === undefined ? call[0] : legacy.value) as Marked
  ;(marked as Record<K, unknown>)[key] = value
}
