import type { ValidationIssue } from '../dispatch/argument-binding.js'
import type { HubCallerContext } from './hub-caller-context.js'
import type { AnyHub } from './hub-descriptor.js'

/** What a filter or a policy learns of a call. @source HubInvocationContext */
export interface HubInvocationContext {
  readonly context: HubCallerContext
  readonly hub: AnyHub
  /** The name of the method in the class, also when clients know it by another. */
  readonly hubMethodName: string
  /** What the client passed, checked and in place; streams and the `Invocation` parameter included. */
  readonly hubMethodArguments: readonly unknown[]
}

/** What a filter learns of a call that does not reach its method. */
export interface HubBindingFailureContext {
  readonly context: HubCallerContext
  /** The name the client called. */
  readonly target: string
  /** The name of the method in the class; undefined when there is no such method. */
  readonly hubMethodName: string | undefined
  /** What the client passed, unchecked and without streams; undefined when it could not be read. */
  readonly hubMethodArguments: readonly unknown[] | undefined
  /**
   * What a schema has against one of them; empty when their number is wrong, when they cannot be read, and when there
   * is no such method.
   */
  readonly issues: readonly ValidationIssue[]
  /** Says why, as the client is told when `enableDetailedErrors` is on. */
  readonly error: Error
}

/**
 * Stands around what a hub does; every hook is optional. Filters nest in the order given, the server's outside the
 * hub's. Calls that are refused for another reason than their arguments reach none. @source IHubFilter
 */
export interface HubFilter {
  /**
   * Around a hub method: what it returns is the result, what it throws the error. A streaming method is surrounded
   * until it has returned its stream. Not calling `next` gives a null result.
   */
  invokeMethod?(
    context: HubInvocationContext,
    next: (context: HubInvocationContext) => Promise<unknown>,
  ): Promise<unknown>
  /**
   * Before a call is refused because its arguments do not fit, or there is no such method; `invokeMethod` never hears
   * of it. Nothing more of the client is read before this is done. A HubException thrown here is what the client is
   * told instead; another error is logged.
   */
  onBindingFailure?(context: HubBindingFailureContext): void | Promise<void>
  /** Around `onConnected`; the connection goes on whether `next` is called or not, unless this throws. */
  onConnected?(context: HubCallerContext, next: () => Promise<void>): Promise<void>
  onDisconnected?(
    context: HubCallerContext,
    error: Error | undefined,
    next: (error: Error | undefined) => Promise<void>,
  ): Promise<void>
}

export function throughInvokeFilters(
  filters: readonly HubFilter[],
  context: HubInvocationContext,
  call: (context: HubInvocationContext) => unknown,
): Promise<unknown> {
  return filters.reduceRight<(context: HubInvocationContext) => Promise<unknown>>(
    (next, filter) => async inner =>
      filter.invokeMethod === undefined ? next(inner) : filter.invokeMethod(inner, next),
    async inner => call(inner),
  )(context)
}

/**
 * @returns undefined when no filter wants to know; rejects with what one of them throws: those behind it are not told.
 */
export function tellOfBindingFailure(
  filters: readonly HubFilter[],
  context: HubBindingFailureContext,
): Promise<void> | undefined {
  const listening = filters.filter(({ onBindingFailure }) => onBindingFailure !== undefined)
  return listening.length === 0 ? undefined : tellEach(listening, context)
}

async function tellEach(filters: readonly HubFilter[], context: HubBindingFailureContext): Promise<void> {
  for (const filter of filters) await filter.onBindingFailure?.(context)
}

export function throughConnectedFilters(
  filters: readonly HubFilter[],
  context: HubCallerContext,
  call: () => void | Promise<void>,
): Promise<void> {
  return filters.reduceRight<() => Promise<void>>(
    (next, filter) => async () => (filter.onConnected === undefined ? next() : filter.onConnected(context, next)),
    async () => call(),
  )()
}

export function throughDisconnectedFilters(
  filters: readonly HubFilter[],
  context: HubCallerContext,
  error: Error | undefined,
  call: (error: Error | undefined) => void | Promise<void>,
): Promise<void> {
  return filters.reduceRight<(error: Error | undefined) => Promise<void>>(
    (next, filter) => async inner =>
      filter.onDisconnected === undefined ? next(inner) : filter.onDisconnected(context, inner, next),
    async inner => call(inner),
  )(error)
}
