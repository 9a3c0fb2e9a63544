import type { StandardSchemaV1 } from '@standard-schema/spec'

/** What a client may pass to a hub method: a schema per argument (zod, valibot, arktype, …), or only their number. */
export type HubMethodArguments = readonly StandardSchemaV1[] | number

/**
 * How a hub method is exposed. Without `arguments` the number is that of the method's parameters (those before the first default
 * or rest parameter), and they are not checked.
 */
export interface HubMethodOptions {
  /** Name clients call it by, in any case; default the method's own. @source HubMethodNameAttribute */
  readonly name?: string
  readonly arguments?: HubMethodArguments
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

/** Where the decorator leaves the declaration: on the function itself, which is all that both decorator dialects hand over. */
const declaration = Symbol('signalbox.hubMethod')

export const declarationOf = (method: unknown): HubMethodOptions | undefined =>
  typeof method === 'function' ? (method as { [declaration]?: HubMethodOptions })[declaration] : undefined

type MethodDecorator = <T extends AnyMethod>(
  method: T | object,
  context: ClassMethodDecoratorContext | string | symbol,
  descriptor?: TypedPropertyDescriptor<T>,
) => void

/**
 * Exposes a method to clients; a method without it cannot be called.
 * Use it bare (`@hubMethod`), with a schema per argument (`@hubMethod(z.string(), z.number())`) or with options
 * (`@hubMethod({ name: 'Send', arguments: [z.string()] })`). Works as a standard decorator and under `experimentalDecorators`.
 */
export function hubMethod<T extends AnyMethod>(method: T, context: ClassMethodDecoratorContext): void
export function hubMethod(prototype: object, name: string | symbol, descriptor: PropertyDescriptor): void
export function hubMethod(options: HubMethodOptions): MethodDecorator
export function hubMethod(...schemas: StandardSchemaV1[]): MethodDecorator
export function hubMethod(...input: unknown[]): MethodDecorator | undefined {
  if (isDecoratorCall(input)) {
    mark(input, {})
    return undefined
  }
  const [first] = input
  let options: HubMethodOptions = {}
  if (isOptions(first)) options = first
  else if (input.length > 0) options = { arguments: input as StandardSchemaV1[] }
  return (...call: unknown[]) => mark(call, options)
}

/** Standard: (function, context); `experimentalDecorators`: (prototype, name, descriptor). */
const isDecoratorCall = (input: unknown[]): boolean =>
  input.length === 3 || (input.length === 2 && typeof input[0] === 'function' && !isSchema(input[1]))

const isSchema = (value: unknown): boolean =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value

const isOptions = (value: unknown): value is HubMethodOptions =>
  typeof value === 'object' && value !== null && !isSchema(value)

function mark(call: unknown[], options: HubMethodOptions): void {
  const legacy = call[2] as PropertyDescriptor | undefined
  const method = (legacy === undefined ? call[0] : legacy.value) as { [declaration]?: HubMethodOptions }
  method[declaration] = options
}
