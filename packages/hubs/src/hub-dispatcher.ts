import { type InvocationMessage, MessageType, type StreamInvocationMessage } from '@signalbox/protocol'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { errorMessage, type NamedException } from './error-message.js'
import { enterScope } from './hub.js'
import type { HubConnectionContext } from './hub-connection-context.js'
import type { AnyHub, HubMethodDescriptor } from './hub-descriptor.js'
import { HubException } from './hub-exception.js'
import type { ResolvedHubOptions } from './hub-options.js'
import type { HubRuntime } from './hub-runtime.js'

/** An argument list does not fit its method: that call fails, the connection lives. */
class BindingFailure extends Error implements NamedException {
  readonly exceptionType = 'InvalidDataException'
}

const cannotBind =
  'Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.'

/** Runs hub methods and answers calls. @source DefaultHubDispatcher */
export class HubDispatcher {
  readonly runtime: HubRuntime
  readonly options: Readonly<ResolvedHubOptions>

  constructor(runtime: HubRuntime, options: Readonly<ResolvedHubOptions>) {
    this.runtime = runtime
    this.options = options
  }

  /**
   * Finds the method and checks the number of arguments.
   * @returns undefined when the call has failed; the caller has been told then.
   */
  bind(
    connection: HubConnectionContext,
    message: InvocationMessage | StreamInvocationMessage,
  ): HubMethodDescriptor | undefined {
    const descriptor = this.runtime.descriptor.find(message.target)
    if (descriptor === undefined) {
      this.#failBinding(connection, message.invocationId, message.target, new HubException('Method does not exist.'))
      return undefined
    }
    if (message.arguments.length !== descriptor.argumentCount) {
      const text = `Invocation provides ${message.arguments.length} argument(s) but target expects ${descriptor.argumentCount}.`
      this.#failBinding(connection, message.invocationId, descriptor.name, new BindingFailure(text))
      return undefined
    }
    return descriptor
  }

  /** Runs a plain invocation in a slot; the slot is given back once its completion is written. */
  invoke(connection: HubConnectionContext, descriptor: HubMethodDescriptor, message: InvocationMessage): void {
    connection.runningInvocations++
    if (message.streamIds !== undefined && message.streamIds.length > 0) {
      const text = `Client sent ${message.streamIds.length} stream(s), Hub method expects 0.`
      this.#fail(connection, descriptor, message.invocationId, new HubException(text))
    } else if (descriptor.schemas === undefined) this.#run(connection, descriptor, message, message.arguments)
    else this.#validate(connection, descriptor, message, descriptor.schemas)
  }

  /** No method streams its results, so every stream invocation is a mistake of the caller. */
  refuseStream(
    connection: HubConnectionContext,
    descriptor: HubMethodDescriptor,
    message: StreamInvocationMessage,
  ): void {
    this.#complete(
      connection,
      message.invocationId,
      `The client attempted to invoke the non-streaming '${descriptor.name}' method with a streaming invocation.`,
    )
  }

  createHub(connection: HubConnectionContext): AnyHub {
    const hub = new this.runtime.hubClass()
    enterScope(hub, connection)
    return hub
  }

  #validate(
    connection: HubConnectionContext,
    descriptor: HubMethodDescriptor,
    message: InvocationMessage,
    schemas: readonly StandardSchemaV1[],
  ): void {
    const refuse = (error: unknown) => {
      if (!(error instanceof BindingFailure)) this.#logFailure(descriptor, error)
      const shown = error instanceof BindingFailure ? error : new BindingFailure(cannotBind)
      this.#failBinding(connection, message.invocationId, descriptor.name, shown)
      connection.releaseInvocation()
    }
    let bound: unknown[] | Promise<unknown[]>
    try {
      bound = validateArguments(schemas, message.arguments)
    } catch (error) {
      refuse(error)
      return
    }
    if (bound instanceof Promise) bound.then(args => this.#run(connection, descriptor, message, args), refuse)
    else this.#run(connection, descriptor, message, bound)
  }

  #run(
    connection: HubConnectionContext,
    descriptor: HubMethodDescriptor,
    message: InvocationMessage,
    args: readonly unknown[],
  ): void {
    const { invocationId } = message
    let result: unknown
    let pending: PromiseLike<unknown> | undefined
    try {
      const hub = this.createHub(connection)
      result = descriptor.method.apply(hub, args as never[])
      if (isPromiseLike(result)) pending = result
    } catch (error) {
      this.#fail(connection, descriptor, invocationId, error)
      return
    }
    if (pending === undefined) {
      this.#succeed(connection, invocationId, result)
      return
    }
    // Not `pending.then`: a foreign thenable may throw, or call back more than once.
    Promise.resolve(pending).then(
      value => this.#succeed(connection, invocationId, value),
      error => this.#fail(connection, descriptor, invocationId, error),
    )
  }

  #succeed(connection: HubConnectionContext, invocationId: string | undefined, result: unknown): void {
    if (invocationId !== undefined)
      connection.writeMessage({
        type: MessageType.Completion,
        headers: undefined,
        invocationId,
        error: undefined,
        result,
        hasResult: true,
      })
    connection.releaseInvocation()
  }

  #fail(
    connection: HubConnectionContext,
    descriptor: HubMethodDescriptor,
    invocationId: string | undefined,
    error: unknown,
  ): void {
    if (!(error instanceof HubException)) this.#logFailure(descriptor, error)
    const base = `An unexpected error occurred invoking '${descriptor.name}' on the server.`
    this.#complete(connection, invocationId, errorMessage(base, error, this.options.enableDetailedErrors))
    connection.releaseInvocation()
  }

  #failBinding(connection: HubConnectionContext, invocationId: string | undefined, name: string, error: Error): void {
    const base = `Failed to invoke '${name}' due to an error on the server.`
    this.#complete(connection, invocationId, errorMessage(base, error, this.options.enableDetailedErrors))
  }

  #complete(connection: HubConnectionContext, invocationId: string | undefined, error: string): void {
    if (invocationId === undefined) return
    connection.writeMessage({
      type: MessageType.Completion,
      headers: undefined,
      invocationId,
      error,
      result: undefined,
      hasResult: false,
    })
  }

  #logFailure(descriptor: HubMethodDescriptor, error: unknown): void {
    this.runtime.logger.error(`Hub method ${this.runtime.descriptor.name}.${descriptor.name} failed.`, error)
  }
}

/** Synchronous as long as every schema is. @throws BindingFailure, or what a schema throws. */
function validateArguments(
  schemas: readonly StandardSchemaV1[],
  args: readonly unknown[],
): unknown[] | Promise<unknown[]> {
  const results = schemas.map((schema, index) => schema['~standard'].validate(args[index]))
  if (results.some(result => result instanceof Promise)) return Promise.all(results).then(valuesOf)
  return valuesOf(results as StandardSchemaV1.Result<unknown>[])
}

const valuesOf = (results: readonly StandardSchemaV1.Result<unknown>[]): unknown[] =>
  results.map(result => {
    if (result.issues !== undefined) throw new BindingFailure(cannotBind)
    return result.value
  })

const isPromiseLike = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
