import type { StreamResult } from './hub-connection-like.js'

/**
 * A contract without a hub class, for a server that is not in TypeScript or not at hand.
 * @typeParam TMethods - the hub's methods, as the server declares them.
 * @typeParam TClient - the methods a client offers.
 */
export type HubContract<TMethods extends object, TClient extends object> = TMethods & {
  readonly clients: { readonly caller: { readonly invoke: TClient } }
}

/**
 * The methods a hub calls on its clients. Read from `clients.caller.invoke`, the one place where `Hub<TClient>` still
 * shows what they return, so that this package need not know the class Hub.
 */
export type ClientMethodsOf<THub> = THub extends { readonly clients: { readonly caller: { readonly invoke: infer T } } }
  ? T
  : Record<never, never>

// biome-ignore lint/suspicious/noExplicitAny: matches a method of any parameters
export type AnyMethod = (...args: any[]) => unknown

/** Members every hub has, and the one name that would make a group of methods look like a promise. */
type NoMethodName =
  | 'onConnected'
  | 'onAuthenticationRefreshed'
  | 'onDisconnected'
  | 'context'
  | 'clients'
  | 'groups'
  | 'then'
  | symbol
  | number

/** Keeps the names of the hub methods that answer with a value, or those that answer with a stream. */
export type HubMethodName<THub, TKey extends keyof THub, TKind extends 'value' | 'stream'> = TKey extends NoMethodName
  ? never
  : THub[TKey] extends AnyMethod
    ? TKind extends KindOf<Awaited<ReturnType<THub[TKey]>>>
      ? TKey
      : never
    : never

type KindOf<TResult> = [TResult] extends [never] ? 'value' : TResult extends AsyncIterable<unknown> ? 'stream' : 'value'

/** What comes of a call: its result, or an item of its stream. */
export type HubMethodResult<TMethod> = TMethod extends AnyMethod ? ItemOf<Awaited<ReturnType<TMethod>>> : never

type ItemOf<TResult> = TResult extends AsyncIterable<infer TItem> ? TItem : TResult

/**
 * What a client passes: the method's parameters without the server's `Invocation`; a stream parameter takes any source
 * of items.
 */
export type HubMethodParameters<TMethod> = TMethod extends AnyMethod
  ? Uploadable<WithoutInvocation<Parameters<TMethod>>>
  : never

/** `Required`, since a parameter that may be missing is not seen as the last one otherwise. */
type WithoutInvocation<TParameters extends readonly unknown[]> =
  Required<TParameters> extends [...unknown[], infer TLast]
    ? IsInvocation<TLast> extends true
      ? TParameters extends [...infer THead, (TLast | undefined)?]
        ? THead
        : TParameters
      : TParameters
    : TParameters

/** By its signal, which no client could send. */
type IsInvocation<T> = 0 extends 1 & T // any
  ? false
  : [NonNullable<T>] extends [never]
    ? false
    : [NonNullable<T>] extends [{ readonly signal: { readonly aborted: boolean } }]
      ? true
      : false

type Uploadable<TParameters extends readonly unknown[]> = { [I in keyof TParameters]: UploadOf<TParameters[I]> }

type UploadOf<T> = 0 extends 1 & T // any
  ? T
  : T extends AsyncIterable<infer TItem>
    ? AsyncIterable<TItem> | StreamResult<TItem>
    : T
