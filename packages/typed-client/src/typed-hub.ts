import { HubCall } from './hub-call.js'
import type { HubConnectionLike } from './hub-connection-like.js'
import type { AnyMethod, ClientMethodsOf, HubMethodName, HubMethodParameters, HubMethodResult } from './hub-contract.js'
import { createHubStream, type HubStream } from './hub-stream.js'
import type { Received, WireFormat } from './wire-types.js'

/** A hub as its clients see it. Names go out as written; the server finds them whatever their case. */
export interface TypedHub<THub, TFormat extends WireFormat = 'json'> {
  /** Calls a hub method; the promise is its result, or rejects with its error. */
  readonly invoke: HubInvokes<THub, TFormat>
  /** Calls a hub method and wants no answer; the promise resolves once the call is on its way. */
  readonly send: HubSends<THub>
  /** Calls a streaming hub method. */
  readonly stream: HubStreams<THub, TFormat>
  /** Handles what the hub calls on its clients; the function returned takes the handler away again. */
  readonly on: ClientHandlers<ClientMethodsOf<THub>, TFormat>
}

export type HubInvokes<THub, TFormat extends WireFormat> = {
  readonly [K in keyof THub as HubMethodName<THub, K, 'value'>]: (
    ...args: HubMethodParameters<THub[K]>
  ) => Promise<Received<HubMethodResult<THub[K]>, TFormat>>
}

export type HubSends<THub> = {
  readonly [K in keyof THub as HubMethodName<THub, K, 'value'>]: (
    ...args: HubMethodParameters<THub[K]>
  ) => Promise<void>
}

export type HubStreams<THub, TFormat extends WireFormat> = {
  readonly [K in keyof THub as HubMethodName<THub, K, 'stream'>]: (
    ...args: HubMethodParameters<THub[K]>
  ) => HubStream<Received<HubMethodResult<THub[K]>, TFormat>>
}

export type ClientHandlers<TClient, TFormat extends WireFormat> = {
  readonly [K in keyof TClient as K extends 'then' ? never : K]: TClient[K] extends AnyMethod
    ? (handler: ClientHandler<TClient[K], TFormat>) => () => void
    : never
}

/** What the hub waits for has to be returned; other handlers may return what they like. */
type ClientHandler<TMethod extends AnyMethod, TFormat extends WireFormat> = (
  ...args: ReceivedArguments<Parameters<TMethod>, TFormat>
) => HandlerResult<Awaited<ReturnType<TMethod>>>

// biome-ignore lint/suspicious/noConfusingVoidType: it is the return type of a function
type HandlerResult<TResult> = [TResult] extends [void] ? void : TResult | PromiseLike<TResult>

type ReceivedArguments<TArgs extends readonly unknown[], TFormat extends WireFormat> = {
  [I in keyof TArgs]: Received<TArgs[I], TFormat>
}

/**
 * Types a connection of the official client by the hub it talks to. The connection stays the caller's: to start, to
 * stop, to ask for its state.
 * @typeParam THub - the hub's class, imported as a type only, or a `HubContract`.
 * @typeParam TFormat - `messagepack` for a connection built with that protocol: dates and bytes arrive as they are.
 * @example `const chat = typedHub<ChatHub>(connection); await chat.invoke.send('lobby', 'hi')`
 */
export function typedHub<THub, TFormat extends WireFormat = 'json'>(
  connection: HubConnectionLike,
): TypedHub<THub, TFormat> {
  const hub = {
    invoke: everyMethod(
      name =>
        async (...args) =>
          new HubCall(connection, name, args).invoke(),
    ),
    // The client's own `send` throws at once for what cannot be serialized; here every failure is a rejection.
    send: everyMethod(
      name =>
        async (...args) =>
          new HubCall(connection, name, args).send(),
    ),
    stream: everyMethod(
      name =>
        (...args) =>
          createHubStream(subscriber => new HubCall(connection, name, args).stream(subscriber)),
    ),
    on: everyMethod(name => handler => addHandler(connection, name, handler as AnyMethod)),
  }
  return hub as unknown as TypedHub<THub, TFormat>
}

/** The client counts a handler once per method, however often it is added. */
function addHandler(connection: HubConnectionLike, methodName: string, handler: AnyMethod): () => void {
  connection.on(methodName, handler)
  return () => connection.off(methodName, handler)
}

/** An object that has every method. */
function everyMethod(createMethod: (name: string) => (...args: unknown[]) => unknown): object {
  return new Proxy(
    {},
    {
      // A promise that resolves to it asks for `then`: it must not look like a promise itself.
      get: (_, name) => (typeof name === 'symbol' || name === 'then' ? undefined : createMethod(name)),
    },
  )
}
