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

/**
 * Stands around what a hub does; every hook is optional. Filters nest in the order given, the server's outside the hub's.
 * Binding failures, unknown methods and refused calls never reach them. @source IHubFilter
 */
export interface HubFilter {
  /**
   * Around a hub method: what it returns is the result, what it throws the error. A streaming method is surrounded until it has returned its
   * stream. Not calling `next` gives a null result.
   */
  invokeMethod?(
    context: HubInvocationContext,
    next: (context: HubInvocationContext) => Promise<unknown>,
  ): Promise<unknown>
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
